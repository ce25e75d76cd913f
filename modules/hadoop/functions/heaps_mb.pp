# @summary Heap of each daemon of a node
#
# A host of masters alone shares 7/10 of the memory out among them evenly, to 8 GiB each. Beside containers a daemon
# gets a sixteenth, to 1 GiB each. Never less than 256 MiB. What is set by hand stands.
#
# @param memory_mb Memory that Hadoop may use on this node
# @param daemons The daemons that this node runs
# @param set Heaps that are set by hand
# @return MiB by daemon
# @api private
function hadoop::heaps_mb(
  Integer $memory_mb,
  Array[Hadoop::Daemon] $daemons,
  Hash[Hadoop::Daemon, Hadoop::Megabytes] $set,
) >> Hash[Hadoop::Daemon, Hadoop::Megabytes] {
  $heap = 'nodemanager' in $daemons ? {
    true    => hadoop::clamp($memory_mb / 16, 256, 1024),
    default => hadoop::clamp($memory_mb * 7 / 10 / [$daemons.length, 1].max, 256, 8192),
  }
  Hash($daemons.map |$daemon| { [$daemon, $heap] }) + $set.filter |$daemon, $_heap| { $daemon in $daemons }
}
