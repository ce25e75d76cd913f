# @summary The command `puppet_database`, which backs the database up and restores it.
#
# @api private
class puppet::database::command {
  assert_private()

  puppet::scripts::package { 'database':
    commands => ['puppet_database'],
    require  => Class['puppet::scripts'],
  }

  # When it was backed up last.
  file { '/var/lib/puppet-database':
    ensure => directory,
    owner  => 'root',
    group  => 'root',
    mode   => '0755',
  }
}
