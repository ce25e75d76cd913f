# @summary The certificate authority, the only one of a site
#
# It has a port and a user of its own. It signs for nodes that have a record in the node bucket, revokes those
# that were terminated, publishes its CRL, and compiles nothing.
#
# @param node_bucket
#   URL of the bucket with one record per node.
# @param port
#   Port of its virtual host.
# @param server
#   Name under which nodes reach this host.
# @param master
#   One name and port under which nodes reach all masters, such as a load balancer's. Without it nodes are
#   told the names of the masters that were launched.
# @param dns_alt_names
#   Names besides its certname in this host's own certificate.
# @param auth_role
#   What this host's own certificate grants as pp_auth_role: puppet-master where it is a master too. Both
#   roles may talk to PuppetDB.
# @param puppetdb_url
#   PuppetDB in which terminated nodes are deactivated; none: nowhere.
# @param notify_queue
#   Queue of SQS by which the conductor tells of what it has written into the bucket, so that nobody waits for the
#   next look. This host's role must let it be read; that it is silent does no harm.
# @param import
#   Directory of a puppetserver's CA on this host, such as /var/lib/puppet/ssl/ca, that is taken over, once,
#   where there is no CA yet; it is left as it is. That puppetserver must not run any more.
# @param restore
#   Whether this CA comes from a backup: none is made here, and the first run waits for `puppet_ca restore`, which
#   somebody who has the backup calls on this host. Where there is a CA it says nothing.
# @param settings
#   Key type, life times, how many requests wait and how long, and the like.
#
# @example The whole configuration of a CA host
#   class { 'puppet::ca': node_bucket => 'https://BUCKET.s3.amazonaws.com' }
class puppet::ca (
  Puppet::Store_url $node_bucket,
  Stdlib::Port $port,
  Stdlib::Fqdn $server,
  Array[Stdlib::Fqdn] $dns_alt_names,
  Optional[Stdlib::HTTPSUrl] $puppetdb_url = undef,
  Enum['puppet-ca', 'puppet-master'] $auth_role = 'puppet-ca',
  Optional[Struct[{ 'server' => Stdlib::Fqdn, 'port' => Stdlib::Port }]] $master = undef,
  Optional[Puppet::Queue_url] $notify_queue = undef,
  Optional[Stdlib::Absolutepath] $import = undef,
  Boolean $restore = false,
  Puppet::Ca_settings $settings = {},
) {
  # One home for each path: every private class and the template take them from here.
  $cadir = '/var/lib/puppet-ca'
  $confdir = '/etc/puppet-ca'
  $approot = '/usr/share/puppet-ca'
  $user = 'puppet-ca'

  puppet::assert_facts('puppet::ca', 'apache', '10.0.0')

  ensure_resource('class', 'puppet::servers', { 'node_bucket' => $node_bucket })

  contain puppet::scripts
  contain puppet::servers
  contain puppet::apache
  contain puppet::apache::passenger
  contain puppet::crl
  contain puppet::ca::install
  contain puppet::ca::config
  contain puppet::ca::setup
  contain puppet::ca::vhost
  contain puppet::ca::sweep
  contain puppet::ca::listen

  Class['puppet::scripts']
  -> Class['puppet::ca::install']
  -> Class['puppet::ca::config']
  -> Class['puppet::ca::setup']
  -> Class['puppet::ca::vhost']
  -> Class['puppet::ca::sweep']
  -> Class['puppet::ca::listen']

  # Apache needs this host's certificate before it starts.
  Class['puppet::ca::setup'] -> Class['apache::service']

  # Objects that are read over HTTPS are put there by other ways.
  unless $node_bucket =~ /\Ahttps:/ {
    contain puppet::ca::publish
    [Class['apache::service'], Class['puppet::metadata']] -> Class['puppet::ca::publish']
  }
}
