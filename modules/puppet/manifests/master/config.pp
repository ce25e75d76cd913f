# @summary The server's part of Puppet's configuration.
#
# @api private
class puppet::master::config {
  assert_private()

  $paths = $facts['puppet_settings']
  $confdir = $paths['confdir']
  $stored = !$puppet::master::puppetdb_urls.empty

  # `ca` is for readers: today's Puppet has no such setting, and no CA in it. A PuppetDB whose host drops
  # packets holds a worker for that long at each command: three times in the run of a node.
  $settings = {
    'ca'                   => false,
    'node_terminus'        => 'exec',
    'external_nodes'       => $puppet::master::classifier,
    'environment_timeout'  => $puppet::master::environment_timeout,
    'http_connect_timeout' => '5s',
    'storeconfigs'         => $stored,
    'reports'              => bool2str($stored, 'puppetdb', 'none'),
  } + ($stored ? { true => { 'storeconfigs_backend' => 'puppetdb' }, default => {} }) + $puppet::master::settings

  $settings.each |$name, $value| {
    ini_setting { "puppet.conf [server] ${name}":
      ensure  => present,
      path    => "${confdir}/puppet.conf",
      section => 'server',
      setting => $name,
      value   => String($value),
    }
  }

  file {
    default:
      ensure => file,
      owner  => 'root',
      group  => 'root',
      mode   => '0644',
      ;
    "${confdir}/node_classifier.yaml":
      content => epp('puppet/master/node_classifier.yaml.epp', {
          'node_bucket' => $puppet::master::node_bucket,
          'unknown'     => $puppet::master::unknown_nodes,
          'cache_dir'   => "${paths['vardir']}/node_classifier",
          'helper'      => $puppet::master::helper,
      }),
      ;
  }

  # A `puppet apply` as root may have made some of them before, as its own: the workers would not start.
  $folders = ['bucket', 'metrics', 'node_classifier', 'reports', 'server_data', 'yaml']
  file { $folders.map |$name| { "${paths['vardir']}/${name}" }:
    ensure => directory,
    owner  => $puppet::master::user,
    group  => $puppet::master::user,
    mode   => '0750',
  }

  if $stored {
    file {
      default:
        ensure => file,
        owner  => 'root',
        group  => 'root',
        mode   => '0644',
        ;
      "${confdir}/puppetdb.conf":
        content => epp('puppet/master/puppetdb.conf.epp', { 'urls' => $puppet::master::puppetdb_urls }),
        ;
      "${confdir}/routes.yaml":
        content => epp('puppet/master/routes.yaml.epp'),
        ;
    }
  }

  # The workers are clients of PuppetDB, with the host's certificate.
  file { $paths['hostprivkey']:
    owner => $puppet::master::user,
    group => $puppet::master::user,
    mode  => '0640',
  }
  Exec <| title == 'puppet_ca setup' |> -> File[$paths['hostprivkey']]
}
