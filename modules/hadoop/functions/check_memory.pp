# @summary Fail if what this node shall run cannot fit into its memory, with the parameters' names
#
# @param memory_mb Memory that Hadoop may use on this node
# @param heaps_mb Heaps of the daemons of this node
# @return Nothing
# @api private
function hadoop::check_memory(Integer $memory_mb, Hash[Hadoop::Daemon, Hadoop::Megabytes] $heaps_mb) {
  $sum = $heaps_mb.values.reduce(0) |$total, $heap| { $total + $heap }
  if $sum > $memory_mb {
    $each = $heaps_mb.map |$daemon, $heap| { "${daemon} ${heap}" }.join(', ')
    fail("hadoop::heap_mb: the heaps of this node's daemons (${each}) take more than its hadoop::memory_mb of ${memory_mb}")
  }
  if 'nodemanager' in $heaps_mb and $hadoop::container_mb > $memory_mb {
    fail("hadoop::container_mb: a container of ${hadoop::container_mb} does not fit into this worker's hadoop::memory_mb of ${memory_mb}")
  }
}
