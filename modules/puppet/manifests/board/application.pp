# @summary Puppetboard, its settings, and the user that it runs as, which may write nowhere.
#
# @api private
class puppet::board::application {
  assert_private()

  # Where its package comes from, if the node's record says so.
  Exec <| title == 'fetch the package lists for hadoop' |> -> Package[$puppet::board::package]

  package { $puppet::board::package:
    ensure          => installed,
    install_options => ['--no-install-recommends'],
  }

  group { $puppet::board::user:
    ensure => present,
    system => true,
  }
  -> user { $puppet::board::user:
    ensure => present,
    system => true,
    gid    => $puppet::board::user,
    home   => '/nonexistent',
    shell  => '/usr/sbin/nologin',
  }

  # What sessions and forms are signed with: made here, known nowhere else.
  $secret = "${puppet::board::confdir}/secret"
  file {
    default:
      owner => 'root',
      group => 'root',
      mode  => '0644',
      ;
    [$puppet::board::confdir, $puppet::board::approot, "${puppet::board::approot}/public", "${puppet::board::approot}/tmp"]:
      ensure => directory,
      mode   => '0755',
      ;
    "${puppet::board::confdir}/settings.py":
      ensure  => file,
      content => epp('puppet/board/settings.py.epp', {
          'secret'             => $secret,
          'reader_port'        => $puppet::board::reader_port,
          'environment'        => $puppet::board::environment,
          'unresponsive_hours' => $puppet::board::unresponsive_hours,
      }),
      ;
    "${puppet::board::approot}/passenger_wsgi.py":
      ensure  => file,
      content => epp('puppet/board/passenger_wsgi.py.epp', {
          'library'  => $puppet::board::library,
          'settings' => "${puppet::board::confdir}/settings.py",
      }),
      ;
  }
  exec { 'make the secret of the board':
    command => "python3 -c 'import secrets; print(secrets.token_hex(32))' > ${secret}.new && mv ${secret}.new ${secret}",
    path    => ['/usr/bin', '/bin'],
    umask   => '0077',
    creates => $secret,
    require => File[$puppet::board::confdir],
  }
  -> file { $secret:
    owner     => 'root',
    group     => $puppet::board::user,
    mode      => '0640',
    show_diff => false,
    require   => Group[$puppet::board::user],
  }

  exec { 'restart the board':
    command     => "/usr/bin/touch ${puppet::board::approot}/tmp/restart.txt",
    refreshonly => true,
    subscribe   => [
      Package[$puppet::board::package],
      File["${puppet::board::confdir}/settings.py", "${puppet::board::approot}/passenger_wsgi.py", $secret],
    ],
    require     => File["${puppet::board::approot}/tmp"],
  }
}
