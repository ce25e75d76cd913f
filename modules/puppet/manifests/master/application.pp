# @summary The Rack application's root
#
# New code or settings make Passenger start new workers; requests that are under way are finished by the old
# ones.
#
# @api private
class puppet::master::application {
  assert_private()

  $paths = $facts['puppet_settings']
  $approot = $puppet::master::approot
  $names = ['confdir', 'codedir', 'vardir', 'rundir', 'logdir', 'ssldir']

  file {
    default:
      owner => 'root',
      group => 'root',
      mode  => '0644',
      ;
    [$approot, "${approot}/public", "${approot}/tmp"]:
      ensure => directory,
      mode   => '0755',
      ;
    "${approot}/lib":
      ensure  => directory,
      source  => 'puppet:///modules/puppet/rack',
      recurse => true,
      purge   => true,
      force   => true,
      ;
    "${approot}/config.ru":
      ensure  => file,
      content => epp('puppet/master/config.ru.epp', {
          'directories'    => $paths.filter |$name, $path| { $name in $names },
          'crl'            => $paths['hostcrl'],
          'ca_cert'        => $paths['localcacert'],
          'catalog_errors' => $puppet::master::catalog_errors,
          'classifier'     => { 'command' => $puppet::master::classifier, 'socket' => $puppet::master::helper },
          'code'           => { 'id' => $puppet::master::code_id_command, 'content' => $puppet::master::code_content_command },
      }),
      ;
  }
  ~> exec { 'restart the master workers':
    command     => "${puppet::master::command} refresh --no-wait",
    refreshonly => true,
  }
}
