# @summary The command, its configuration, and the first list in force.
#
# @api private
class puppet::crl::files {
  assert_private()

  $paths = $facts['puppet_settings']
  $config = $puppet::crl::config

  ensure_resource('package', ['openssl'], { 'ensure' => 'installed' })

  puppet::scripts::package { 'crl':
    commands => ['puppet_crl'],
    require  => Class['puppet::scripts'],
  }

  file {
    default:
      owner => 'root',
      group => 'root',
      mode  => '0644',
      ;
    $config:
      ensure  => file,
      content => epp('puppet/crl/crl.yaml.epp', {
          'url'     => "https://${puppet::crl::ca_server}:${puppet::crl::ca_port}/puppet-ca/v1/certificate_revocation_list/ca",
          'ca_cert' => $paths['localcacert'],
          'crl'     => $paths['hostcrl'],
          'folder'  => $puppet::crl::folder,
          'state'   => $puppet::crl::state,
      }),
      ;
    [$puppet::crl::state, $puppet::crl::folder]:
      ensure => directory,
      mode   => '0755',
      ;
    "${puppet::apache::dropins}/puppet-crl.conf":
      ensure  => file,
      content => epp('puppet/crl/apache2.conf.epp', { 'command' => $puppet::crl::command }),
      notify  => Class['apache::service'],
      ;
  }

  exec { 'puppet_crl restore':
    command => "${puppet::crl::command} --config ${config} restore",
    unless  => "${puppet::crl::command} --config ${config} restore --check",
    require => [
      Package['openssl'], Puppet::Scripts::Package['crl'], File[$config], File[$puppet::crl::state], File[$puppet::crl::folder],
    ],
  }

  # Where the host is the CA, the list comes from there.
  Exec <| title == 'puppet_ca setup' |> -> Exec['puppet_crl restore']
}
