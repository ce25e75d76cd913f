# @summary PuppetDB on PostgreSQL, from the distribution, behind Apache, which decides who may talk to it
#
# Those are this host, those in `allow`, and whoever has a certificate in which the CA has written that it is
# a master or a CA, or (reading only) the board; not revoked, and never just any node. PuppetDB itself listens
# on loopback and answers this host's certificate alone, which Apache shows, so a new master changes nothing
# here.
#
# @param node_bucket
#   URL of the bucket in which the state of each node is kept.
# @param allow
#   Certnames besides this host's, the masters' and the CA's that may read and write.
# @param heap
#   Size of PuppetDB's heap.
# @param jvm_options
#   More options of its JVM. PuppetDB compiles its own code at each start: `-XX:+UseSerialGC` and
#   `-XX:TieredStopAtLevel=1` take more than half of that time, and make it slower under much load.
# @param port
#   Port of the virtual host in front of it.
# @param backend_port
#   Port of PuppetDB itself, on loopback.
# @param postgresql_version
#   Version of PostgreSQL that the distribution carries.
#
# @example A host of the site's own that may ask too
#   class { 'puppet::database':
#     node_bucket => 's3://BUCKET',
#     allow       => ['backup-1'],
#   }
class puppet::database (
  Puppet::Store_url $node_bucket,
  Puppet::Heap $heap,
  Stdlib::Port $port,
  Stdlib::Port $backend_port,
  String[1] $postgresql_version,
  Array[Puppet::Certname] $allow                    = [],
  Array[Pattern[/\A-[^\s"$`\\]+\z/]] $jvm_options = [],
) {
  # One home for each path and name.
  $confdir = '/etc/puppetdb'
  $user = 'puppetdb'
  $proxy_certificate = '/etc/puppetdb-proxy.pem'

  puppet::assert_facts('puppet::database', 'apache', '10.0.0')
  puppet::assert_packaged('puppet::database', 'puppetdb', 'take Debian 12 or 13 for the database')

  ensure_resource('class', 'puppet::servers', { 'node_bucket' => $node_bucket })

  contain puppet::scripts
  contain puppet::servers
  contain puppet::apache
  contain puppet::crl
  contain puppet::database::postgresql
  contain puppet::database::install
  contain puppet::database::config
  contain puppet::database::service
  contain puppet::database::vhost
  contain puppet::database::status
  contain puppet::database::command

  Class['puppet::database::postgresql']
  -> Class['puppet::database::install']
  -> Class['puppet::database::config']
  -> Class['puppet::database::service']
  -> Class['puppet::database::status']

  Class['puppet::scripts'] -> Class['puppet::database::status']
  Class['puppet::database::vhost'] -> Class['apache::service'] -> Class['puppet::database::status']
}
