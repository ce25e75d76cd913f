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
# @param writes
#   Files and folders that it changes, besides its own /tmp. What is not there is passed over.
# @param capabilities
#   What it needs of root's rights: by default to read what belongs to others, and to become the user whose files it
#   writes.
#
# @api private
define puppet::timer (
  String[1] $description,
  Pattern[/\A\//] $command,
  Integer[1] $seconds,
  String[1] $user    = 'root',
  Integer[1] $timeout = 60,
  Array[String[1]] $after = ['network-online.target'],
  Array[Stdlib::Absolutepath] $writes = [],
  Array[Pattern[/\ACAP_[A-Z_]+\z/]] $capabilities = ['CAP_DAC_READ_SEARCH', 'CAP_SETGID', 'CAP_SETUID'],
) {
  assert_private()

  $hardening = epp('puppet/systemd/hardening.epp', { 'writes' => $writes, 'capabilities' => $capabilities })

  file { "/etc/systemd/system/${name}.service":
    ensure  => file,
    mode    => '0644',
    content => epp('puppet/timer/service.epp', {
        'description' => $description,
        'command'     => $command,
        'user'        => $user,
        'timeout'     => $timeout,
        'after'       => $after,
        'hardening'   => $hardening,
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
