# @summary A failed resource while nothing is mounted there; what is to be written beneath requires it
#
# A daemon that runs is left alone. Its unit does not start without the mount either: see hadoop::service.
#
# @api private
define hadoop::mountpoint {
  $message = "${name} (mountpoints of this node's Hadoop roles) is not mounted: nothing is written beneath it, and its daemons are not \
started. Mount its disk, or take it out of mountpoints and of the directories."

  exec { "refuse to write to ${name} while it is not mounted":
    command   => "echo ${shellquote($message)} >&2; exit 1",
    unless    => "mountpoint -q ${name}",
    path      => ['/usr/bin', '/bin'],
    provider  => 'shell',
    logoutput => 'on_failure',
  }
}
