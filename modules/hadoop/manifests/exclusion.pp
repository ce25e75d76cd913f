# @summary The file that names the excluded nodes to one daemon, and the daemon told of it, until that has succeeded
#
# The title is the file's name. It is there from the start, so that the first drain restarts no daemon. A daemon that has started since
# the file changed has read it; another is told by an administrator's command, again in the next run if that failed, or if the daemon
# still counts an excluded node among those that work (its resolver may not have known the name): the fact hadoop_drain says so.
#
# @param role
#   Of the fact hadoop_drain.
# @param working
#   The state there of a node that the daemon has not excluded.
# @param unit
#   The daemon.
# @param user
#   Its user.
# @param command
#   What makes it read the file.
# @api private
define hadoop::exclusion (
  Hadoop::Role $role,
  String[1] $working,
  String[1] $unit,
  String[1] $user,
  String[1] $command,
) {
  $file = "${hadoop::base::directory}/${name}"
  # Gone with a reboot, after which the daemon has read the file.
  $told = "/run/hadoop-${user}/${name}-told"

  file { $file:
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
    content => (['# Written by Puppet (module hadoop, Hiera key hadoop::excluded).'] + $hadoop::excluded.sort + ['']).join("\n"),
    before  => Hadoop::Service[$unit],
  }

  $states = pick(getvar("facts.hadoop_drain.${role}"), {})
  $pending = $hadoop::excluded.any |$node| { $states[$node.downcase] and $states[$node.downcase]['state'] == $working }
  $news = $pending ? {
    true    => 'true',
    default => "find ${file} -newermt \"\$started\" | grep -q . && ! test ${told} -nt ${file}",
  }
  exec { "tell ${unit} of ${name}":
    command     => "${command} && touch ${told}",
    onlyif      => "started=$(systemctl show --timestamp=us --property=ExecMainStartTimestamp --value ${unit}) && \
test -n \"\$started\" && ${news}",
    user        => $user,
    path        => ['/usr/sbin', '/usr/bin', '/sbin', '/bin'],
    environment => ['HADOOP_CONF_DIR=/etc/hadoop/conf'],
    provider    => 'shell',
    logoutput   => 'on_failure',
    # The commands wait a quarter of an hour for a daemon that is down; the next run tries again.
    timeout     => 120,
    require     => Hadoop::Service[$unit],
  }
}
