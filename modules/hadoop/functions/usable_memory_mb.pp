# @summary Memory that Hadoop may use of a machine's total
#
# A tenth, and 512 MiB at the least, is left to the system.
#
# @param total_mb Memory of the machine
# @return MiB
# @api private
function hadoop::usable_memory_mb(Integer $total_mb) >> Integer {
  Integer([$total_mb - [512, $total_mb / 10].max, 512].max)
}
