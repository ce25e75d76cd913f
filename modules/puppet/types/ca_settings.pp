# What an operator may change about the certificate authority; times in seconds. The defaults are the
# command `puppet_ca`'s own.
type Puppet::Ca_settings = Struct[{
  Optional['ca_name']          => Pattern[/\A[^"\\\n]{1,64}\z/],
  Optional['ca_ttl']           => Integer[3600],
  Optional['cert_ttl']         => Integer[60],
  Optional['crl_ttl']          => Integer[60],
  Optional['key_type']         => Enum['rsa', 'ec'],
  Optional['key_bits']         => Integer[256, 8192],
  Optional['autosign']         => Boolean,
  Optional['allow_unenrolled'] => Boolean,
  Optional['max_waiting']      => Integer[1],
  Optional['store_timeout']    => Variant[Integer[1], Float[0.1]],
  Optional['terminated_limit'] => Integer[1],
}]
