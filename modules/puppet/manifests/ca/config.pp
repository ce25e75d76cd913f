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
      content => epp('puppet/ca/ca.yaml.epp', { 'settings' => $settings }),
      ;
    [$puppet::ca::approot, "${puppet::ca::approot}/public"]:
      ensure => directory,
      mode   => '0755',
      ;
    "${puppet::ca::approot}/passenger_wsgi.py":
      ensure  => file,
      content => epp('puppet/ca/passenger_wsgi.py.epp', { 'library' => $puppet::scripts::library }),
  }
}
