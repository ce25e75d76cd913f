# @summary The CA certificate and the names of the servers, put into the node bucket for the conductor.
#
# @api private
class puppet::ca::publish {
  assert_private()

  $master = $puppet::ca::master ? {
    undef   => [],
    default => ['--server', $puppet::ca::master['server'], '--port', $puppet::ca::master['port']],
  }
  $command = [
    '/usr/local/bin/puppet_ca', 'publish',
    '--ca-server', $puppet::ca::server,
    '--ca-port', $puppet::ca::port,
    *$master,
  ].join(' ')

  exec { 'puppet_ca publish':
    command   => $command,
    unless    => "${command} --check",
    user      => $puppet::ca::user,
    tries     => 3,
    try_sleep => 5,
  }

  # Where the database is here too: what is published has nodes launched, and none gets a catalog before it answers.
  Service <| title == 'puppetdb' |> -> Exec['puppet_ca publish']
}
