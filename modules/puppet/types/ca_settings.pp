# @summary What an operator may change about the certificate authority
#
# For its key and the life times under the names that puppetserver has for them. The defaults are the command
# `puppet_ca`'s own.
type Puppet::Ca_settings = Struct[{
  Optional['ca_name']                 => Pattern[/\A[^"\\\n]{1,64}\z/],
  Optional['ca_ttl']                  => Puppet::Life_time,
  Optional['cert_ttl']                => Puppet::Life_time,
  Optional['crl_ttl']                 => Puppet::Life_time,
  Optional['allow_auto_renewal']      => Boolean,
  Optional['auto_renewal_cert_ttl']   => Puppet::Life_time,
  Optional['key_type']                => Enum['rsa', 'ec'],
  Optional['key_bits']                => Integer[256, 8192],
  Optional['autosign']                => Boolean,
  Optional['allow_unenrolled']        => Boolean,
  Optional['max_waiting']             => Integer[1],
  Optional['max_waiting_per_address'] => Integer[1],
  Optional['waiting_ttl']             => Puppet::Life_time,
  Optional['requests_per_minute']     => Integer[0],
  Optional['store_timeout']           => Variant[Integer[1], Float[0.1]],
  Optional['terminated_limit']        => Integer[1],
}]
