# @summary The agent: keeps running, knows its masters and its CA, and closes what only the first boot needs
#
# A parameter without a value leaves puppet.conf's own (cloud-init has written server, ca_server and certname
# there before Puppet ever ran).
#
# @param server
#   Master to ask for catalogs.
# @param server_list
#   Masters to ask, `NAME:PORT`: the first that answers counts, so the agent goes on when one dies. Without a
#   value, and without `server`, all that the compiling host knows: this host itself first if it is one, the
#   others in an order that spreads agents over them. With `[]` puppet.conf's own stays.
# @param ca_server
#   Host of the certificate authority.
# @param ca_port
#   Port of the certificate authority.
# @param certname
#   Name in the certificate.
# @param environment
#   Environment to ask for, where the ENC names none.
# @param runinterval
#   Time between runs.
# @param http_connect_timeout
#   How long to wait for a host that drops packets.
# @param settings
#   Further settings of puppet.conf's section [agent].
# @param package
#   Name of the agent's package.
# @param service
#   Name of the agent's service.
# @param close_metadata
#   Whether the metadata service is closed to users other than root.
#
# @example Runs that come more often
#   class { 'puppet::agent': runinterval => '10m' }
class puppet::agent (
  String[1] $package,
  String[1] $service,
  Boolean $close_metadata,
  Puppet::Duration $runinterval,
  Puppet::Duration $http_connect_timeout,
  Hash[Pattern[/\A[a-z_0-9]+\z/], Scalar] $settings = {},
  Optional[Stdlib::Host] $server = undef,
  Optional[Array[Pattern[/\A[A-Za-z0-9.-]+(:\d{1,5})?\z/]]] $server_list = undef,
  Optional[Stdlib::Host] $ca_server = undef,
  Optional[Stdlib::Port] $ca_port = undef,
  Optional[Puppet::Certname] $certname = undef,
  Optional[Pattern[/\A\w+\z/]] $environment = undef,
) {
  $known = $server ? {
    undef   => puppet::masters_for($facts['networking']['fqdn']),
    default => [],
  }
  $masters = pick($server_list, $known)

  contain puppet::agent::config
  contain puppet::agent::service

  if $close_metadata {
    contain puppet::metadata
  }

  Class['puppet::agent::config'] -> Class['puppet::agent::service']
}
