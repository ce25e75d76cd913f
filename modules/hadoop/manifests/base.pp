# @summary Java, the common packages and all configuration, before any daemon is installed
#
# @param packages
#   The packages without daemons: users, commands and jars of a node that can do work and submit it.
# @api private
class hadoop::base (
  Array[String[1], 1] $packages,
) {
  assert_private()

  # Of its own, so that the packages' files stay theirs; an alternative of hadoop-conf.
  $directory = '/etc/hadoop/conf.puppet'

  if $hadoop::manage_own_name {
    contain hadoop::own_name
  }

  package { $hadoop::java_package:
    ensure => installed,
  }
  -> package { $packages:
    ensure => $hadoop::package_ensure,
  }

  hadoop::configuration { $hadoop::cluster:
    require => Package[$packages],
  }
  hadoop::topology { $hadoop::cluster:
    require => Package[$packages],
  }
  contain hadoop::commands

  # Outlives what PuppetDB says: files come and change, but are not purged.
  file { '/etc/hadoop/partners.d':
    ensure  => directory,
    owner   => 'root',
    group   => 'root',
    mode    => '0755',
    require => Package[$packages],
  }
}
