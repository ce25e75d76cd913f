# @summary PuppetDB's service
#
# It counts as running when it answers (its unit waits for that), which takes most of a minute: it is started
# first, and waited for when the rest of the host is done.
#
# @api private
class puppet::database::service {
  assert_private()

  exec { 'start or restart PuppetDB':
    command     => [
      '/usr/bin/systemctl daemon-reload',
      '/usr/bin/systemctl stop puppetdb.service',
      '/usr/bin/systemctl start --no-block puppetdb.service',
    ].join(' && '),
    provider    => shell,
    refreshonly => true,
    subscribe   => [
      Class['puppet::database::install'],
      Class['puppet::database::config'],
    ],
  }
  -> service { 'puppetdb':
    ensure => running,
    enable => true,
  }

  # Stopped first: Apache listens where an older configuration may have PuppetDB itself listen.
  Exec['start or restart PuppetDB'] -> Class['apache::service'] -> Service['puppetdb']

  # Two processors: what comes with Apache is installed while PuppetDB starts.
  Exec['start or restart PuppetDB'] -> Package['httpd']
}
