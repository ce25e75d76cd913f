# @summary The listener for load balancers, which cannot show a certificate
#
# Plain HTTP on a port of its own, a process of its own without any right, and nothing behind it but this
# master's health.
#
# @api private
class puppet::master::health {
  assert_private()

  $approot = '/usr/share/puppet-health'
  $public = "${approot}/public"

  file {
    default:
      owner => 'root',
      group => 'root',
      mode  => '0644',
      ;
    [$approot, $public, "${approot}/tmp"]:
      ensure => directory,
      mode   => '0755',
      ;
    "${approot}/passenger_wsgi.py":
      ensure  => file,
      content => epp('puppet/master/health_wsgi.py.epp', { 'library' => $puppet::scripts::library }),
      ;
  }

  # Passenger looks at the time of this file.
  exec { 'restart the health listener':
    command     => "/usr/bin/touch ${approot}/tmp/restart.txt",
    refreshonly => true,
    subscribe   => [File["${approot}/passenger_wsgi.py"], Class['puppet::master::command'], Class['puppet::crl::files']],
    require     => File["${approot}/tmp"],
  }

  apache::vhost { 'puppet-health':
    servername        => $puppet::master::server,
    port              => $puppet::master::health_port,
    docroot           => $public,
    manage_docroot    => false,
    access_log_format => 'puppet',
    directories       => [
      {
        'path'           => $public,
        'options'        => ['None'],
        'allow_override' => ['None'],
        'require'        => 'all denied',
      },
      {
        'path'     => '^/(health|status/v1/simple)$',
        'provider' => 'locationmatch',
        'require'  => 'method GET',
      },
    ],
    custom_fragment   => epp('puppet/master/health.epp', { 'approot' => $approot }),
  }
}
