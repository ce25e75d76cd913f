# @summary A command that stays as a service of systemd, and looks again and again by itself
#
# For what must look so often that starting it each time would cost more than all the looking. What it is
# given as `subscribe` starts it anew.
#
# systemd ends a look that hangs, and starts the command again whenever it has ended.
#
# @param ensure
#   `absent`: a service of this name is stopped and taken away.
# @param description
#   What it is for, as `systemctl status` shows it.
# @param command
#   Command line, with an absolute path.
# @param seconds
#   Time from one look to the next: `--every` is added to the command. Without it the command itself knows when to look.
# @param timeout
#   Seconds after which a look that hangs is ended.
# @param after
#   Units that it waits for at boot. It does not start them.
# @param writes
#   Files and folders that it changes, besides its own /tmp. What is not there is passed over.
# @param capabilities
#   What it needs of root's rights: by default to read what belongs to others, and to become the user whose files it
#   writes.
#
# @api private
define puppet::resident (
  String[1] $description,
  Pattern[/\A\//] $command,
  Optional[Integer[1]] $seconds = undef,
  Integer[1] $timeout = 60,
  Enum['present', 'absent'] $ensure = 'present',
  Array[String[1]] $after = ['network-online.target'],
  Array[Stdlib::Absolutepath] $writes = [],
  Array[Pattern[/\ACAP_[A-Z_]+\z/]] $capabilities = ['CAP_DAC_READ_SEARCH', 'CAP_SETGID', 'CAP_SETUID'],
) {
  assert_private()

  $hardening = epp('puppet/systemd/hardening.epp', { 'writes' => $writes, 'capabilities' => $capabilities })

  $unit = "/etc/systemd/system/${name}.service"
  $every = $seconds ? {
    undef   => '',
    default => " --every ${seconds}",
  }

  exec { "systemd reads ${name}.service":
    command     => '/usr/bin/systemctl daemon-reload',
    refreshonly => true,
  }

  if $ensure == 'present' {
    file { $unit:
      ensure  => file,
      mode    => '0644',
      content => epp('puppet/resident/service.epp', {
          'description' => $description,
          'command'     => "${command}${every}",
          'seconds'     => $seconds,
          'timeout'     => $timeout,
          'after'       => $after,
          'hardening'   => $hardening,
      }),
    }
    ~> Exec["systemd reads ${name}.service"]
    ~> service { "${name}.service":
      ensure => running,
      enable => true,
    }
  } else {
    service { "${name}.service":
      ensure => stopped,
      enable => false,
    }
    -> file { $unit:
      ensure => absent,
    }
    ~> Exec["systemd reads ${name}.service"]
  }
}
