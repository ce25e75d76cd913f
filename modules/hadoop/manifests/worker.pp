# @summary A node that keeps blocks (DataNode) and runs containers (NodeManager)
#
# @param data_dirs
#   Where blocks are kept, one directory a disk.
# @param local_dirs
#   Where containers find their files and leave intermediate output.
# @param log_dirs
#   Where containers log until the logs are aggregated.
class hadoop::worker (
  Array[Stdlib::Absolutepath, 1] $data_dirs  = ['/var/lib/hadoop-hdfs/data'],
  Array[Stdlib::Absolutepath, 1] $local_dirs = ['/var/lib/hadoop-yarn/local'],
  Array[Stdlib::Absolutepath, 1] $log_dirs   = ['/var/log/hadoop-yarn/containers'],
) {
  include hadoop

  file { $data_dirs:
    ensure => directory,
    owner  => 'hdfs',
    group  => 'hdfs',
    mode   => '0700',
  }
  -> hadoop::service { 'hadoop-hdfs-datanode':
    daemon => 'datanode',
    needs  => ['namenode'],
    reads  => ['core-site.xml', 'hdfs-site.xml', 'hadoop-env.sh', 'log4j.properties'],
  }

  file { $local_dirs + $log_dirs:
    ensure => directory,
    owner  => 'yarn',
    group  => 'yarn',
    mode   => '0755',
  }
  -> hadoop::service { 'hadoop-yarn-nodemanager':
    daemon => 'nodemanager',
    needs  => ['namenode', 'jobtracker'],
    reads  => ['core-site.xml', 'mapred-site.xml', 'yarn-site.xml', 'hadoop-env.sh', 'log4j.properties'],
  }
}
