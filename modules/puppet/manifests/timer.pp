# @summary A command that systemd runs again and again, each time so long after the last began
#
# @param description
#   What it is for, as `systemctl list-timers` shows it.
# @param command
#   Command line, with an absolute path.
# @param seconds
#   Time from one start to the next.
# @param user
#   Whom it runs as.
# @param timeout
#   Seconds after which a run that hangs is ended.
# @param after
#   Units that it waits for at boot. It does not start them.
#
# @api private
define puppet::timer (
  String[1] $description,
  Pattern[/\A\//] $command,
  Integer[1] $seconds,
  String[1] $user    = 'root',
  Integer[1] $timeout = 60,
  Array[String[1]] $after = ['network-online.target'],
) {
  assert_private()

  file { "/etc/systemd/system/${name}.service":
    ensure  => file,
    mode    => '0644',
    content => epp('puppet/timer/service.epp', {
        'description' => $description,
        'command'     => $command,
        'user'        => $user,
        'timeout'     => $timeout,
        'after'       => $after,
    }),
  }
  # Puppet asks systemd whether the timer's own file has changed, and not whether this one has.
  ~> exec { "systemd reads ${name}.service":
    command     => '/usr/bin/systemctl daemon-reload',
    refreshonly => true,
  }
  -> file { "/etc/systemd/system/${name}.timer":
    ensure  => file,
    mode    => '0644',
    content => epp('puppet/timer/timer.epp', { 'description' => $description, 'seconds' => $seconds }),
  }
  ~> service { "${name}.timer":
    ensure => running,
    enable => true,
  }
}
