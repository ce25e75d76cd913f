# @summary A node that keeps blocks (DataNode) and runs containers (NodeManager)
#
# @param data_dirs
#   Where blocks are kept, one directory a disk.
# @param local_dirs
#   Where containers find their files and leave intermediate output.
# @param log_dirs
#   Where containers log until the logs are aggregated.
# @param mountpoints
#   Directories that must be mounted, or nothing is written to any of the others.
# @param recovery
#   Whether containers outlive a restart of the NodeManager. Its store is LevelDB, which Hadoop has for amd64 only.
class hadoop::worker (
  Boolean $recovery,
  Array[Hadoop::Directory, 1] $data_dirs  = ['/var/lib/hadoop-hdfs/data'],
  Array[Hadoop::Directory, 1] $local_dirs = ['/var/lib/hadoop-yarn/local'],
  Array[Hadoop::Directory, 1] $log_dirs   = ['/var/log/hadoop-yarn/containers'],
  Array[Hadoop::Directory] $mountpoints   = [],
) {
  include hadoop
  $directories = { 'data_dirs' => $data_dirs, 'local_dirs' => $local_dirs, 'log_dirs' => $log_dirs }
  hadoop::check_directories('hadoop::worker', $directories, $mountpoints)
  ensure_resource('hadoop::mountpoint', $mountpoints)

  file { $data_dirs:
    ensure  => directory,
    owner   => 'hdfs',
    group   => 'hdfs',
    mode    => '0700',
    require => $mountpoints.map |$path| { Hadoop::Mountpoint[$path] },
  }
  -> hadoop::service { 'hadoop-hdfs-datanode':
    daemon      => 'datanode',
    needs       => ['namenode'],
    reads       => ['core-site.xml', 'hdfs-site.xml', 'hadoop-env.sh', 'log4j.properties'],
    mountpoints => $mountpoints,
  }

  file { $local_dirs + $log_dirs:
    ensure  => directory,
    owner   => 'yarn',
    group   => 'yarn',
    mode    => '0755',
    require => $mountpoints.map |$path| { Hadoop::Mountpoint[$path] },
  }
  # It is a client of HDFS too: it fetches the files of its containers, and takes their logs there.
  -> hadoop::service { 'hadoop-yarn-nodemanager':
    daemon         => 'nodemanager',
    needs          => ['namenode', 'jobtracker'],
    reads          => ['core-site.xml', 'hdfs-site.xml', 'mapred-site.xml', 'yarn-site.xml', 'hadoop-env.sh', 'log4j.properties'],
    mountpoints    => $mountpoints,
    keeps_children => $recovery,
  }

  hadoop::health { 'worker':
    needs   => ['namenode', 'jobtracker'],
    daemons => ['hadoop-hdfs-datanode', 'hadoop-yarn-nodemanager'],
  }
}
