# @summary Replaces workers that have grown over the limit, and keeps an eye on the master.
#
# @api private
class puppet::master::timer {
  assert_private()

  puppet::timer { 'puppet-master-recycle':
    description  => 'Keep the master within its memory',
    command      => "${puppet::master::command} recycle",
    seconds      => 60,
    timeout      => 120,
    # It asks Passenger by its sockets, and as the host itself, with the host's key.
    writes       => [$puppet::master::command::state, '/run/passenger-instreg'],
    capabilities => ['CAP_DAC_OVERRIDE'],
    after        => ['network-online.target', 'apache2.service'],
  }
}
