# @summary Passenger, which runs the applications of this host's roles, each as a user of its own.
# @param body_memory
#   Bytes of a request's body that Passenger keeps in memory, before it writes to a file. Passenger 6.2 with
#   libuv 1.53 (Debian 14) hangs when it does: there it must be more than any application takes.
#
# @api private
class puppet::apache::passenger (
  Optional[Integer[1]] $body_memory = undef,
) {
  assert_private()

  include puppet::apache
  contain apache::mod::passenger

  # The class of mod_passenger in Debian 12 does not know all of these.
  apache::custom_config { 'puppet':
    priority      => 10,
    verify_config => false,
    content       => epp('puppet/apache/puppet.conf.epp', { 'workers' => $puppet::apache::workers, 'body_memory' => $body_memory }),
  }

  # The default registry directory is inside PrivateTmp, where `passenger-status` cannot find it; here it
  # looks by itself. It must be there before Apache starts, at each boot.
  file { "${puppet::apache::dropins}/passenger.conf":
    ensure  => file,
    mode    => '0644',
    content => "[Service]\nRuntimeDirectory=passenger-instreg\n",
    notify  => Class['apache::service'],
  }
}
