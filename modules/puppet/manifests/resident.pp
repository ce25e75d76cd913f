# A command that stays as a service of systemd, and looks again and again by itself: where it must look so often
# that starting it each time would cost more than all the looking. What it is given as `subscribe` starts it anew.
#
# systemd ends a look that hangs, and starts the command again whenever it has ended.
#
# @param description
#   What it is for, as `systemctl status` shows it.
# @param command
#   Command line, with an absolute path; `--every` is added to it.
# @param seconds
#   Time from one look to the next.
# @param timeout
#   Seconds after which a look that hangs is ended.
# @param after
#   Units that it waits for at boot. It does not start them.
#
# @api private
define puppet::resident (
  String[1] $description,
  Pattern[/\A\//] $command,
  Integer[1] $seconds,
  Integer[1] $timeout = 60,
  Array[String[1]] $after = ['network-online.target'],
) {
  assert_private()

  file { "/etc/systemd/system/${name}.service":
    ensure  => file,
    mode    => '0644',
    content => epp('puppet/resident/service.epp', {
        'description' => $description,
        'command'     => "${command} --every ${seconds}",
        'seconds'     => $seconds,
        'timeout'     => $timeout,
        'after'       => $after,
    }),
  }
  ~> exec { "systemd reads ${name}.service":
    command     => '/usr/bin/systemctl daemon-reload',
    refreshonly => true,
  }
  ~> service { "${name}.service":
    ensure => running,
    enable => true,
  }
}
