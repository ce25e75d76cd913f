# @summary PuppetDB's package, which starts nothing before there is a configuration.
#
# @api private
class puppet::database::install {
  assert_private()

  $dropins = '/etc/systemd/system/puppetdb.service.d'

  file { $dropins:
    ensure => directory,
    mode   => '0755',
  }
  -> file { "${dropins}/configured.conf":
    ensure  => file,
    mode    => '0644',
    content => epp('puppet/database/unit.epp', { 'confdir' => $puppet::database::confdir }),
  }
  # The package would make a database of its own through dbconfig-pgsql.
  -> package { ['dbconfig-no-thanks', 'puppetdb']:
    ensure => installed,
  }
  Package['dbconfig-no-thanks'] -> Package['puppetdb']
}
