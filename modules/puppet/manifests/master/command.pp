# @summary The command `puppet_master` and its configuration.
#
# @api private
class puppet::master::command {
  assert_private()

  $paths = $facts['puppet_settings']
  $library = "${puppet::scripts::library}/master"
  $state = '/var/lib/puppet-master'

  file {
    default:
      owner => 'root',
      group => 'root',
      mode  => '0644',
      ;
    $library:
      ensure  => directory,
      source  => 'puppet:///modules/puppet/scripts/master',
      recurse => true,
      purge   => true,
      force   => true,
      ignore  => ['__pycache__', '*.pyc'],
      ;
    $puppet::master::command:
      ensure => file,
      source => 'puppet:///modules/puppet/scripts/puppet_master',
      mode   => '0755',
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
