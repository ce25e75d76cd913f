# @summary Checkpoints: the NameNode's edits merged into its image, and a copy of the names on another host
#
# Its last checkpoint is what a lost namenode can be brought back from (`hdfs namenode -importCheckpoint`), so it belongs on another host
# than the NameNode. It needs about as much heap as the NameNode.
#
# @param checkpoint_dirs
#   Where checkpoints are kept, a full copy in each.
# @param checkpoint_period
#   Seconds from one checkpoint to the next.
# @param mountpoints
#   Directories that must be mounted, or nothing is written to `checkpoint_dirs`.
class hadoop::secondarynamenode (
  Array[Hadoop::Directory, 1] $checkpoint_dirs = ['/var/lib/hadoop-hdfs/namesecondary'],
  Integer[60] $checkpoint_period               = 3600,
  Array[Hadoop::Directory] $mountpoints        = [],
) {
  include hadoop
  hadoop::check_directories('hadoop::secondarynamenode', { 'checkpoint_dirs' => $checkpoint_dirs }, $mountpoints)
  ensure_resource('hadoop::mountpoint', $mountpoints)

  file { $checkpoint_dirs:
    ensure  => directory,
    owner   => 'hdfs',
    group   => 'hdfs',
    mode    => '0700',
    require => $mountpoints.map |$path| { Hadoop::Mountpoint[$path] },
  }
  -> hadoop::service { 'hadoop-hdfs-secondarynamenode':
    daemon      => 'secondarynamenode',
    needs       => ['namenode'],
    reads       => ['core-site.xml', 'hdfs-site.xml', 'hadoop-env.sh', 'log4j.properties'],
    mountpoints => $mountpoints,
  }

  hadoop::health { 'secondarynamenode':
    needs   => ['namenode'],
    daemons => ['hadoop-hdfs-secondarynamenode'],
  }
}
