# @summary The CA's user, its folders and what it needs from the distribution.
#
# @api private
class puppet::ca::install {
  assert_private()

  ensure_resource('puppet::store', $puppet::ca::node_bucket)
  ensure_resource('package', ['cron'], { 'ensure' => 'installed' })

  group { $puppet::ca::user:
    ensure => present,
    system => true,
  }
  -> user { $puppet::ca::user:
    ensure => present,
    system => true,
    gid    => $puppet::ca::user,
    home   => $puppet::ca::cadir,
    shell  => '/usr/sbin/nologin',
  }
  -> file { $puppet::ca::cadir:
    ensure => directory,
    owner  => $puppet::ca::user,
    group  => $puppet::ca::user,
    mode   => '0750',
  }

  puppet::metadata_access { $puppet::ca::user: }

  if $puppet::ca::node_bucket =~ /\Afile:\/\/(.+)\z/ {
    file { $1:
      ensure  => directory,
      owner   => $puppet::ca::user,
      group   => $puppet::ca::user,
      mode    => '0755',
      require => User[$puppet::ca::user],
    }
  }
}
