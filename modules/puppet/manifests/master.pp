# @summary A master that compiles, and only that; any number of them may serve a site
#
# Apache and Passenger run Puppet's own code behind our Rack application, which decides who may have what. It
# lets in certificates of the site's CA and nothing else, and has no route of the CA's API.
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
#   How long a worker may keep parsed manifests. `unlimited`: until `puppet_master refresh`, which whoever
#   deploys code has to call (r10k's postrun). 0: a change counts from the next catalog, and each compiles slower.
# @param memory_limit
#   MB of resident memory over which a worker is replaced, once it has finished what it does.
# @param health_port
#   Port of the listener for load balancers: plain HTTP, and nothing but this master's health; or none.
# @param code_id_command
#   Program that is called with an environment and prints the id of its code. With it, and the next, nodes
#   get static catalogs, and the files of the very version that their catalog was compiled from.
# @param code_content_command
#   Program that is called with an environment, a code id and a file's path, and prints that file.
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
  Variant[Puppet::Duration, Enum['unlimited']] $environment_timeout = 'unlimited',
  Integer[64] $memory_limit                                       = 768,
  Variant[Stdlib::Port, Enum['none']] $health_port                = 8142,
  Optional[Stdlib::Absolutepath] $code_id_command                 = undef,
  Optional[Stdlib::Absolutepath] $code_content_command            = undef,
  Integer[1024] $max_body                                         = 33554432,
  Hash[Pattern[/\A[a-z_0-9]+\z/], Scalar] $settings               = {},
) {
  # One home for each path and name: the private classes take them from here.
  $approot = '/usr/share/puppet-master'
  $user = 'puppet'
  $command = '/usr/local/bin/puppet_master'
  $classifier = '/usr/local/bin/node_classifier'
  $helper = '/run/puppet-node-classifier.sock'
  $catalog_errors = "${facts['puppet_settings']['vardir']}/metrics/catalog_errors"

  unless $code_id_command =~ NotUndef == $code_content_command =~ NotUndef {
    fail('puppet::master: code_id_command and code_content_command belong together: give both or neither')
  }
  puppet::assert_facts('puppet::master', 'apache', '10.0.0')
  unless $puppetdb_urls.empty {
    $advice = 'set puppetdb_urls to [] for a master without stored configuration, or take Debian 12 or 13'
    puppet::assert_packaged('puppet::master', 'puppet-terminus-puppetdb', $advice)
  }

  ensure_resource('class', 'puppet::servers', { 'node_bucket' => $node_bucket })

  include puppet::scripts
  contain puppet::servers
  contain puppet::apache
  contain puppet::apache::passenger
  contain puppet::crl
  contain puppet::master::install
  contain puppet::master::config
  contain puppet::master::classifier
  contain puppet::master::command
  contain puppet::master::application
  contain puppet::master::vhost
  contain puppet::master::check
  contain puppet::master::timer

  Class['puppet::scripts'] -> Class['puppet::master::config'] -> Class['puppet::master::classifier']
  Class['puppet::master::install']
  ~> Class['puppet::master::config']
  ~> Class['puppet::master::application']
  -> Class['puppet::master::vhost']
  -> Class['apache::service']
  -> Class['puppet::master::check']
  -> Class['puppet::master::timer']

  Class['puppet::scripts'] -> Class['puppet::master::command'] -> Class['puppet::master::application']
  # The command asks Passenger.
  Class['puppet::apache::passenger'] -> Class['puppet::master::application']

  unless $health_port == 'none' {
    contain puppet::master::health
    Class['puppet::master::command'] -> Class['puppet::master::health'] -> Class['apache::service']
  }
}
