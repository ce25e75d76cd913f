# @summary Fail if a port that is set is taken by another daemon of this node
#
# @param daemons The daemons that this node runs
# @return Nothing
# @api private
function hadoop::check_ports(Array[Hadoop::Daemon] $daemons) {
  $fixed = {
    'namenode'          => [9870],
    'secondarynamenode' => [9868],
    'datanode'          => [9864, 9866, 9867],
    'resourcemanager'   => [8030, 8031, 8033, 8088],
    'nodemanager'       => [8040, 8041, 8042, 13562],
    'historyserver'     => [10020, 10033, 19888],
  }
  $taken = $fixed.filter |$daemon, $_ports| { $daemon in $daemons }
  $set = { 'namenode' => 'hadoop::namenode::port', 'resourcemanager' => 'hadoop::jobtracker::port' }.filter |$daemon, $_parameter| {
    $daemon in $daemons
  }
  $set.each |$daemon, $parameter| {
    $port = getvar($parameter)
    $others = $taken + Hash(($set - [$daemon]).map |$other, $name| { [$name, [getvar($name)]] })
    $others.each |$other, $ports| {
      if $port in $ports {
        fail("${parameter}: ${port} is taken by ${other} on this node")
      }
    }
  }
}
