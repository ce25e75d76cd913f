# @summary The agent's part of puppet.conf.
#
# @api private
class puppet::agent::config {
  assert_private()

  $paths = $facts['puppet_settings']

  ensure_resource('package', [$puppet::agent::package], { 'ensure' => 'installed' })

  $main = { 'certname' => $puppet::agent::certname }
  $server_list = $puppet::agent::masters ? {
    []      => undef,
    default => $puppet::agent::masters.join(','),
  }
  $agent = $puppet::agent::settings + {
    'server'               => $puppet::agent::server,
    'server_list'          => $server_list,
    'ca_server'            => $puppet::agent::ca_server,
    'ca_port'              => $puppet::agent::ca_port,
    'environment'          => $puppet::agent::environment,
    'runinterval'          => $puppet::agent::runinterval,
    'http_connect_timeout' => $puppet::agent::http_connect_timeout,
  }

  $sections = { 'main' => $main, 'agent' => $agent }
  $sections.each |$section, $settings| {
    $settings.filter |$name, $value| { $value =~ NotUndef }.each |$name, $value| {
      ini_setting { "puppet.conf [${section}] ${name}":
        ensure  => present,
        path    => "${paths['confdir']}/puppet.conf",
        section => $section,
        setting => $name,
        value   => String($value),
        require => Package[$puppet::agent::package],
      }
    }
  }

  # It holds the secret of the launch, and its work is done once there is a certificate.
  file { $paths['csr_attributes']:
    ensure    => absent,
    backup    => false,
    show_diff => false,
  }
}
