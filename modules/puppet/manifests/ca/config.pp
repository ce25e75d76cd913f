# @summary The CA's configuration and its application root.
#
# @api private
class puppet::ca::config {
  assert_private()

  $paths = $facts['puppet_settings']
  $puppetdb = $puppet::ca::puppetdb_url ? {
    undef   => {},
    default => {
      'puppetdb_url'    => $puppet::ca::puppetdb_url,
      'puppetdb_cert'   => $paths['hostcert'],
      'puppetdb_key'    => $paths['hostprivkey'],
      'puppetdb_cacert' => $paths['localcacert'],
    },
  }
  $settings = $puppet::ca::settings + $puppetdb + {
    'cadir'       => $puppet::ca::cadir,
    'user'        => $puppet::ca::user,
    'node_bucket' => $puppet::ca::node_bucket,
  }

  file {
    default:
      owner => 'root',
      group => 'root',
      mode  => '0644',
      ;
    $puppet::ca::confdir:
      ensure => directory,
      mode   => '0755',
      ;
    "${puppet::ca::confdir}/ca.yaml":
      ensure  => file,
      content => epp('puppet/settings.yaml.epp', { 'class' => 'puppet::ca', 'command' => 'puppet_ca', 'settings' => $settings }),
      ;
    [$puppet::ca::approot, "${puppet::ca::approot}/public", "${puppet::ca::approot}/tmp"]:
      ensure => directory,
      mode   => '0755',
      ;
    "${puppet::ca::approot}/passenger_wsgi.py":
      ensure  => file,
      content => epp('puppet/ca/passenger_wsgi.py.epp', { 'library' => $puppet::scripts::library }),
  }

  # Passenger starts workers anew after that; requests under way are finished by the old ones.
  exec { 'restart the CA workers':
    command     => "/usr/bin/touch ${puppet::ca::approot}/tmp/restart.txt",
    refreshonly => true,
    subscribe   => [
      Class['puppet::scripts'],
      File["${puppet::ca::confdir}/ca.yaml", "${puppet::ca::approot}/passenger_wsgi.py"],
    ],
    require     => File["${puppet::ca::approot}/tmp"],
  }
}
