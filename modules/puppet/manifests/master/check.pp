# @summary Asks the master, as its own host, whether it runs
#
# A master that does not come up is a failure here, and one that does has its workers started before the first
# node asks.
#
# @api private
class puppet::master::check {
  assert_private()

  $paths = $facts['puppet_settings']
  $command = [
    '/usr/bin/curl --silent --show-error --fail --max-time 60',
    "--cacert ${paths['localcacert']} --cert ${paths['hostcert']} --key ${paths['hostprivkey']}",
    "--connect-to ::127.0.0.1:${puppet::master::port}",
    "--output /dev/null https://${paths['certname']}:${puppet::master::port}/status/v1/simple",
  ].join(' ')

  exec { 'the master answers':
    command   => $command,
    unless    => $command,
    tries     => 3,
    try_sleep => 2,
  }
}
