# @summary Serves Hadoop's package repository from the node bucket to apt on the cluster's nodes
#
# `start_instance.py publish-packages` has put it there; it is at http://HOST:PORT/hadoop. Plain HTTP, since
# apt checks the signature. A bucket without packages is served as nothing.
#
# @param node_bucket
#   URL of the bucket.
# @param port
#   Port of its virtual host.
# @param seconds
#   Time between two questions to the bucket.
#
# @example Of the bucket that has the records, too
#   class { 'puppet::packages': node_bucket => 's3://BUCKET' }
class puppet::packages (
  Puppet::Store_url $node_bucket,
  Stdlib::Port $port  = 8143,
  Integer[1] $seconds = 60,
) {
  # One home for each path.
  $folder = '/var/lib/puppet-packages'
  $config = "${facts['puppet_settings']['confdir']}/packages.yaml"
  $command = '/usr/local/bin/puppet_packages'

  puppet::assert_facts('puppet::packages', 'apache', '10.0.0')

  ensure_resource('puppet::store', $node_bucket)

  contain puppet::scripts
  contain puppet::apache

  puppet::scripts::package { 'packages':
    commands => ['puppet_packages'],
    require  => [Class['puppet::scripts'], Puppet::Store[$node_bucket]],
  }
  -> file {
    default:
      owner => 'root',
      group => 'root',
      ;
    $folder:
      ensure => directory,
      mode   => '0755',
      ;
    $config:
      ensure  => file,
      mode    => '0644',
      content => epp('puppet/settings.yaml.epp', {
          'class'    => 'puppet::packages',
          'command'  => 'puppet_packages',
          'settings' => { 'node_bucket' => $node_bucket, 'folder' => $folder },
      }),
      ;
  }
  # The first time a hundred megabytes are fetched; a run that is ended goes on in the next.
  -> puppet::timer { 'puppet-packages':
    description => "Hadoop's packages, from the node bucket",
    command     => "${command} --config ${config}",
    seconds     => $seconds,
    timeout     => 900,
    writes      => [$folder],
  }

  apache::vhost { 'puppet-packages':
    servername        => $facts['networking']['fqdn'],
    port              => $port,
    docroot           => $folder,
    manage_docroot    => false,
    access_log_format => 'puppet',
    directories       => [],
    custom_fragment   => epp('puppet/packages/vhost.epp', { 'folder' => $folder }),
    require           => File[$folder],
  }
}
