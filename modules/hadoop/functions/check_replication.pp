# @summary Fail if hadoop::replication is beyond the bounds that the properties set: the NameNode would not start
#
# @return Nothing
# @api private
function hadoop::check_replication() {
  $set = pick($hadoop::properties['hdfs-site'], {})
  $least = Integer(pick($set['dfs.namenode.replication.min'], 1))
  $most = Integer(pick($set['dfs.replication.max'], 512))
  if $hadoop::replication < $least or $hadoop::replication > $most {
    fail("hadoop::replication: ${hadoop::replication} is not within dfs.namenode.replication.min and dfs.replication.max of \
hadoop::properties, ${least} and ${most}")
  }
}
