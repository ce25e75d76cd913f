# @summary A timer that runs the agent every 30 s while this node waits for a partner or drains workers; gone once it waits no more
#
# `Service[puppet-agent-assembly.timer]` is in the catalog exactly as long as the node waits. The timer goes at the end of the first
# complete run, so that one that is cut short is repeated. The service's unit stays: without it the very run that removes it would
# have systemd's 90 s for all that is left to do.
#
# @api private
define hadoop::assembly {
  $roles = ['namenode', 'jobtracker']
  # A drain moves on with each run: its end frees the workers, its fact shows how far it is.
  $drains = !$hadoop::excluded.empty and $roles.any |$role| { defined(Class["hadoop::${role}"]) }
  $waiting = $drains or $roles.any |$role| { hadoop::partner($role) =~ Undef }
  $service = '/etc/systemd/system/puppet-agent-assembly.service'
  $timer = '/etc/systemd/system/puppet-agent-assembly.timer'

  # By `puppet apply` there is no agent to run, and nothing to collect.
  if $waiting and $trusted['authenticated'] == 'remote' {
    file { [$service, $timer]:
      owner  => 'root',
      group  => 'root',
      mode   => '0644',
      notify => Exec['reload systemd for puppet-agent-assembly'],
    }
    File[$service] { content => file('hadoop/puppet-agent-assembly.service') }
    File[$timer] { content => file('hadoop/puppet-agent-assembly.timer') }

    exec { 'reload systemd for puppet-agent-assembly':
      command     => 'systemctl daemon-reload',
      path        => ['/usr/bin', '/bin'],
      refreshonly => true,
    }
    -> service { 'puppet-agent-assembly.timer':
      ensure => running,
      enable => true,
    }
  } elsif !$waiting {
    exec { 'remove the timer puppet-agent-assembly':
      command  => "systemctl disable --now puppet-agent-assembly.timer && rm -f ${timer} && systemctl daemon-reload",
      onlyif   => "test -e ${timer}",
      path     => ['/usr/bin', '/bin'],
      provider => 'shell',
    }
    Hadoop::Service <| |> -> Exec['remove the timer puppet-agent-assembly']
  }
}
