# @summary Memory that the NodeManager may hand out to containers
#
# What the daemons leave: a JVM takes a quarter and 64 MiB more than its heap. At least one container always fits.
#
# @api private
function hadoop::containers_mb(
  Integer $memory_mb,
  Hash[Hadoop::Daemon, Hadoop::Megabytes] $heaps_mb,
  Hadoop::Megabytes $container_mb,
) >> Integer {
  $daemons_mb = $heaps_mb.values.reduce(0) |$sum, $heap| { $sum + $heap * 5 / 4 + 64 }
  [$memory_mb - $daemons_mb, $container_mb].max
}
