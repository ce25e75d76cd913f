# @summary The last thing of a run: a role that is complete is healthy within some time, or the run fails and says why
#
# The title is the role. While the node waits for a partner of the role, or is drained, there is nothing to check.
#
# @param needs
#   Roles that must be known before this one is complete.
# @param daemons
#   Its daemons.
# @api private
define hadoop::health (
  Array[Hadoop::Role] $needs       = [],
  Array[String[1]] $daemons        = [],
) {
  $complete = $needs.all |$role| { hadoop::partner($role) =~ NotUndef }
  $drained = $name == 'worker' and $facts['networking']['fqdn'] in $hadoop::excluded

  if $hadoop::health_wait > 0 and $complete and !$drained {
    exec { "hadoop_health ${name}":
      command     => "hadoop_health --wait ${hadoop::health_wait} ${name}",
      unless      => "hadoop_health ${name}",
      path        => ['/usr/local/sbin', '/usr/bin', '/bin'],
      environment => ['HADOOP_CONF_DIR=/etc/hadoop/conf'],
      logoutput   => 'on_failure',
      # An answer may take as long as the command's own limits allow, after the wait.
      timeout     => $hadoop::health_wait + 120,
      require     => $daemons.map |$daemon| { Hadoop::Service[$daemon] },
    }
    # After all daemons of the node, of other roles too: none is to wait for this one to become healthy.
    Hadoop::Service <| |> -> Exec["hadoop_health ${name}"]
    # A node that has just found its partners, and is not healthy yet, is looked at again in 30 s.
    Exec["hadoop_health ${name}"] -> Exec <| title == 'remove the timer puppet-agent-assembly' |>
  }
}
