# What an operator may change about the certificate authority; times in seconds. The defaults are the
# command `puppet_ca`'s own.
type Puppet::Ca_settings = Struct[{
  Optional['ca_name']          => Pattern[/\A[^"\\\n]{1,64}\z/],
  Optional['ca_ttl']           => Integer[3600],
  Optional['cert_ttl']         => Integer[60],
  Optional['crl_ttl']          => Integer[60],
  Optional['key_type']         => Enum['rsa', 'ec'],
  Optional['key_bits']         => Enum['2048', '3072', '4096'],
  Optional['allow_unenrolled'] => Boolean,
}]
