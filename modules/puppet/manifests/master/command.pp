# @summary The command `puppet_master` and its configuration.
#
# @api private
class puppet::master::command {
  assert_private()

  $paths = $facts['puppet_settings']
  $state = '/var/lib/puppet-master'

  puppet::scripts::package { 'master':
    commands => ['puppet_master'],
  }

  file {
    default:
      owner => 'root',
      group => 'root',
      mode  => '0644',
      ;
    $state:
      ensure => directory,
      mode   => '0755',
      ;
    "${paths['confdir']}/master.yaml":
      ensure  => file,
      content => epp('puppet/master/master.yaml.epp', {
          'approot'         => $puppet::master::approot,
          'certname'        => $paths['certname'],
          'cert'            => $paths['hostcert'],
          'key'             => $paths['hostprivkey'],
          'ca_cert'         => $paths['localcacert'],
          'port'            => $puppet::master::port,
          'memory_limit'    => $puppet::master::memory_limit,
          'environmentpath' => pick($puppet::master::settings['environmentpath'], "${paths['codedir']}/environments"),
          'crl'             => $puppet::crl::config,
          'crl_state'       => $puppet::crl::state,
          'state'           => "${state}/state.json",
      }),
      ;
  }

  # It reads the revocation list by the package of the command `puppet_crl`.
  Class['puppet::crl::files'] -> Class['puppet::master::command']
}
