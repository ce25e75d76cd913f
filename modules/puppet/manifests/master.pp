# A master that compiles, and only that: Apache and Passenger running Puppet's own code behind our Rack
# application, which decides who may have what. It lets in certificates of the site's CA and nothing else,
# and has no route of the CA's API. Any number of masters may serve a site.
#
# @param node_bucket
#   URL of the bucket with one record per node, which the ENC reads.
# @param server
#   Name of the virtual host.
# @param port
#   Port of the virtual host.
# @param puppetdb_urls
#   PuppetDB's, for exported resources, facts and reports; none: no stored configuration.
# @param unknown_nodes
#   What the ENC says to a node without a record: an error, or a node without classes.
# @param environment_timeout
#   How long a worker may keep parsed manifests. With 0 a change of the code counts from the next catalog.
# @param max_body
#   Largest request body, in bytes.
# @param settings
#   Further settings of puppet.conf's section [server].
#
# @example A master of its own
#   class { 'puppet::master':
#     node_bucket   => 's3://BUCKET',
#     puppetdb_urls => ['https://puppetdb.example.com:8081'],
#   }
class puppet::master (
  Puppet::Store_url $node_bucket,
  Stdlib::Fqdn $server                                            = $facts['networking']['fqdn'],
  Stdlib::Port $port                                              = 8140,
  Array[Stdlib::HTTPSUrl] $puppetdb_urls                          = ["https://${facts['networking']['fqdn']}:8081"],
  Enum['fail', 'empty'] $unknown_nodes                            = 'fail',
  Variant[Puppet::Duration, Enum['unlimited']] $environment_timeout = 0,
  Integer[1024] $max_body                                         = 33554432,
  Hash[Pattern[/\A[a-z_0-9]+\z/], Scalar] $settings               = {},
) {
  # One home for each path and name: the private classes take them from here.
  $approot = '/usr/share/puppet-master'
  $user = 'puppet'

  include puppet::scripts
  contain puppet::apache
  contain puppet::crl
  contain puppet::master::install
  contain puppet::master::config
  contain puppet::master::application
  contain puppet::master::vhost
  contain puppet::master::check

  Class['puppet::scripts'] -> Class['puppet::master::config']
  Class['puppet::master::install']
  -> Class['puppet::master::config']
  ~> Class['puppet::master::application']
  -> Class['puppet::master::vhost']
  -> Class['apache::service']
  -> Class['puppet::master::check']
}
