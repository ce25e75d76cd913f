# @summary The CA's user, its folders and what it needs from the distribution.
#
# @api private
class puppet::ca::install {
  assert_private()

  $readers = $facts['puppet_settings']['group']
  $folder = $puppet::ca::node_bucket ? {
    /\Afile:\/\/(.+)\z/ => $1,
    default              => undef,
  }
  $groups = $folder ? {
    undef   => undef,
    default => $readers,
  }

  ensure_resource('puppet::store', $puppet::ca::node_bucket)
  # Its recommendation is a mail server.
  ensure_resource('package', ['cron'], { 'ensure' => 'installed', 'install_options' => ['--no-install-recommends'] })

  group { $puppet::ca::user:
    ensure => present,
    system => true,
  }
  -> user { $puppet::ca::user:
    ensure => present,
    system => true,
    gid    => $puppet::ca::user,
    groups => $groups,
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

  # The bucket as a folder: files in it take its group, whose members are the CA and the master's workers.
  if $folder {
    file { [$folder, "${folder}/terminated"]:
      ensure  => directory,
      owner   => $puppet::ca::user,
      group   => $readers,
      mode    => '2750',
      require => User[$puppet::ca::user],
    }
  }
}
