# @summary Apache takes up this host's certificate when it was renewed
#
# It reads it only when it starts, and the agent renews it by itself where the CA allows that.
#
# @api private
class puppet::apache::certificate {
  assert_private()

  # What Apache has read, to compare with.
  file { '/etc/apache2/puppet-hostcert.pem':
    ensure => file,
    source => $facts['puppet_settings']['hostcert'],
    owner  => 'root',
    group  => 'root',
    mode   => '0644',
  }
  ~> exec { 'reload Apache for its certificate':
    command     => '/usr/bin/systemctl try-reload-or-restart apache2.service',
    refreshonly => true,
  }
}
