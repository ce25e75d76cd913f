# @summary The CA's configuration and its application root.
#
# @api private
class puppet::ca::config {
  assert_private()

  $settings = $puppet::ca::settings + {
    'cadir'       => $puppet::ca::cadir,
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
