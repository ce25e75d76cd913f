# @summary The NameNode of a cluster
#
# Formats its directories once in the cluster's life, before the daemon is installed, and makes HDFS's directories once it is up. Its
# address reaches the other nodes as an exported resource; it needs nobody itself.
#
# @param name_dirs
#   Where it keeps the names, a full copy in each.
# @param mountpoints
#   Directories that must be mounted, or nothing is written to `name_dirs`.
# @param abandon
#   The cluster id of a file system whose names are lost and whose files are given up: a new one gets this id, so that the workers
#   join it. It serves once; take it away after.
# @param port
#   Its RPC port.
# @param users
#   Who gets a home under /user.
class hadoop::namenode (
  Array[Hadoop::Directory, 1] $name_dirs = ['/var/lib/hadoop-hdfs/name'],
  Array[Hadoop::Directory] $mountpoints  = [],
  Optional[Hadoop::Cluster_id] $abandon  = undef,
  Stdlib::Port $port                     = 8020,
  Array[Pattern[/\A[a-z_][a-z0-9_.-]*\z/]] $users = [],
) {
  include hadoop
  hadoop::claim_role('namenode')
  hadoop::check_directories('hadoop::namenode', { 'name_dirs' => $name_dirs }, $mountpoints)

  @@hadoop::endpoint { "namenode of ${hadoop::cluster} on ${trusted['certname']}":
    cluster => $hadoop::cluster,
    role    => 'namenode',
    address => $facts['networking']['fqdn'],
    port    => $port,
  }

  contain hadoop::namenode::format
  ensure_resource('hadoop::mountpoint', $mountpoints)

  file { $name_dirs:
    ensure  => directory,
    owner   => 'hdfs',
    group   => 'hdfs',
    mode    => '0700',
    require => $mountpoints.map |$path| { Hadoop::Mountpoint[$path] },
  }
  -> Class['hadoop::namenode::format']
  -> hadoop::service { 'hadoop-hdfs-namenode':
    daemon      => 'namenode',
    needs       => [],
    reads       => ['core-site.xml', 'hdfs-site.xml', 'hadoop-env.sh', 'log4j.properties'],
    mountpoints => $mountpoints,
  }

  hadoop::exclusion { 'dfs.exclude':
    role    => 'namenode',
    working => 'live',
    unit    => 'hadoop-hdfs-namenode',
    user    => 'hdfs',
    command => 'hdfs dfsadmin -refreshNodes',
  }

  $directories = {
    '/'                               => ['hdfs', 'hadoop', '0755'],
    '/tmp'                            => ['hdfs', 'hadoop', '1777'],
    # TestDFSIO's, as Bigtop makes it.
    '/benchmarks'                     => ['hdfs', 'hadoop', '1777'],
    '/tmp/hadoop-yarn'                => ['mapred', 'hadoop', '0755'],
    '/tmp/hadoop-yarn/staging'        => ['mapred', 'hadoop', '1777'],
    '/user'                           => ['hdfs', 'hadoop', '0755'],
    '/user/history'                   => ['mapred', 'hadoop', '0755'],
    '/user/history/done'              => ['mapred', 'hadoop', '0770'],
    '/user/history/done_intermediate' => ['mapred', 'hadoop', '1777'],
    '/var'                            => ['hdfs', 'hadoop', '0755'],
    '/var/log'                        => ['hdfs', 'hadoop', '0755'],
    '/var/log/hadoop-yarn'            => ['yarn', 'hadoop', '0755'],
    '/var/log/hadoop-yarn/apps'       => ['yarn', 'hadoop', '1777'],
  } + Hash($users.map |$user| { ["/user/${user}", [$user, $user, '0700']] })

  $directories.each |$path, $access| {
    hdfs_directory { $path:
      owner   => $access[0],
      group   => $access[1],
      mode    => $access[2],
      url     => "http://${facts['networking']['fqdn']}:9870",
      require => Hadoop::Service['hadoop-hdfs-namenode'],
    }
  }

  hadoop::health { 'namenode':
    daemons => ['hadoop-hdfs-namenode'],
  }
}
