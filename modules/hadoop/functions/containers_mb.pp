# @summary Memory that the NodeManager may hand out to containers
#
# What the daemons leave: a JVM takes a quarter and 64 MiB more than its heap. Two containers always fit, for a cluster of one worker
# must be able to run an application master and a task.
#
# @param memory_mb Memory that Hadoop may use on this node
# @param heaps_mb Heaps of the daemons of this node
# @param container_mb Memory of one container
# @return MiB
# @api private
function hadoop::containers_mb(
  Integer $memory_mb,
  Hash[Hadoop::Daemon, Hadoop::Megabytes] $heaps_mb,
  Hadoop::Megabytes $container_mb,
) >> Integer {
  $daemons_mb = $heaps_mb.values.reduce(0) |$sum, $heap| { $sum + $heap * 5 / 4 + 64 }
  [$memory_mb - $daemons_mb, 2 * $container_mb].max
}
