# @summary Replaces workers that have grown over the limit, and keeps an eye on the master.
#
# @api private
class puppet::master::timer {
  assert_private()

  puppet::timer { 'puppet-master-recycle':
    description => 'Keep the master within its memory',
    command     => "${puppet::master::command} recycle",
    seconds     => 60,
    timeout     => 120,
    after       => ['network-online.target', 'apache2.service'],
  }
}
