# PuppetDB on PostgreSQL, from the distribution. It listens with TLS only and answers an allow-list:
# this host and those in `allow`, never just any node with a certificate.
#
# @param node_bucket
#   URL of the bucket in which the state of each node is kept.
# @param allow
#   Certnames besides this host's that may read and write: masters, the board.
# @param heap
#   Size of PuppetDB's heap.
# @param port
#   Port of its listener.
# @param listen_address
#   Address of its listener.
# @param postgresql_version
#   Version of PostgreSQL that the distribution carries.
#
# @example
#   class { 'puppet::database': allow => ['master-1', 'master-2'] }
class puppet::database (
  Puppet::Store_url $node_bucket,
  Puppet::Heap $heap,
  Stdlib::Port $port,
  Stdlib::IP::Address $listen_address,
  String[1] $postgresql_version,
  Array[Puppet::Certname] $allow = [],
) {
  # One home for each path and name.
  $confdir = '/etc/puppetdb'
  $user = 'puppetdb'
  $allowed = unique([$facts['puppet_settings']['certname']] + $allow)

  contain puppet::scripts
  contain puppet::database::postgresql
  contain puppet::database::install
  contain puppet::database::config
  contain puppet::database::service
  contain puppet::database::status

  Class['puppet::database::postgresql']
  -> Class['puppet::database::install']
  -> Class['puppet::database::config']
  -> Class['puppet::database::service']
  -> Class['puppet::database::status']

  Class['puppet::scripts'] -> Class['puppet::database::status']
}
