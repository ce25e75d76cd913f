# @summary Says to Prometheus how this host's part of the infrastructure is
#
# A file for the textfile collector of a node exporter, which is the site's own: requests that wait, the age of the
# revocation list, the last sweep, outages of the ENC, catalogs that were not given, the last backups. For hosts with
# one of `puppet::ca`, `puppet::database` and `puppet::master`; what a host does not have, the file does not speak of.
#
# @param directory
#   The folder in which `puppet.prom` is written: the exporter's, as a rule.
# @param manage_directory
#   Whether the folder is made here. Without it: where it is not the exporter's own.
# @param seconds
#   Time from one writing to the next.
#
# @example For Debian's prometheus-node-exporter
#   class { 'puppet::metrics': directory => '/var/lib/prometheus/node-exporter' }
class puppet::metrics (
  Stdlib::Absolutepath $directory     = '/var/lib/puppet-metrics',
  Optional[Boolean] $manage_directory = undef,
  Integer[1] $seconds                 = 15,
) {
  $paths = $facts['puppet_settings']
  $config = "${paths['confdir']}/metrics.yaml"

  contain puppet::scripts

  puppet::scripts::package { 'metrics':
    commands => ['puppet_metrics'],
    require  => Class['puppet::scripts'],
  }
  -> file { $config:
    ensure  => file,
    mode    => '0644',
    content => epp('puppet/settings.yaml.epp', {
        'class'    => 'puppet::metrics',
        'command'  => 'puppet_metrics',
        'settings' => {
          'directory'      => $directory,
          'confdir'        => $paths['confdir'],
          'catalog_errors' => "${paths['vardir']}/metrics/catalog_errors",
        },
    }),
  }
  ~> puppet::resident { 'puppet-metrics':
    description  => 'How this host is, for Prometheus',
    command      => "/usr/local/bin/puppet_metrics --config ${config}",
    seconds      => $seconds,
    writes       => [$directory],
    capabilities => ['CAP_DAC_READ_SEARCH'],
    subscribe    => [Class['puppet::scripts'], Puppet::Scripts::Package['metrics']],
  }

  if pick($manage_directory, $directory == '/var/lib/puppet-metrics') {
    file { $directory:
      ensure => directory,
      owner  => 'root',
      group  => 'root',
      mode   => '0755',
      before => Puppet::Resident['puppet-metrics'],
    }
  }
}
