# @summary What the module sets in hdfs-site.xml
#
# @param namenode Where it is
# @return Properties of the file
# @api private
function hadoop::hdfs_site(Hadoop::Partner $namenode) >> Hadoop::Properties {
  $common = {
    # Ours, for the fact hadoop_cluster_ids.
    'puppet.hadoop.cluster'                => $hadoop::cluster,
    'dfs.replication'                      => $hadoop::replication,
    'dfs.permissions.enabled'              => true,
    # hdfs, yarn and mapred are its members: JobHistory and log aggregation make their directories themselves, should they come first.
    'dfs.permissions.superusergroup'       => 'hadoop',
    'dfs.namenode.http-address'            => "${namenode['address']}:9870",
    # Ride over a NameNode that starts: every 2 s for a minute, every 10 s for ten. The JobHistory server would exit, and jobs fail.
    'dfs.client.retry.policy.enabled'      => true,
    'dfs.client.retry.policy.spec'         => '2000,30,10000,60',
    # By names, which mean the same to every node: an address of a datanode is what its own host made of its name.
    'dfs.client.use.datanode.hostname'     => true,
    'dfs.datanode.use.datanode.hostname'   => true,
    # Ours, for hadoop_topology: what this host's daemons say of themselves.
    'puppet.hadoop.rack'                   => $hadoop::rack,
  }
  $of_namenode = defined(Class['hadoop::namenode']) ? {
    true    => {
      'dfs.namenode.name.dir'       => hadoop::uris($hadoop::namenode::name_dirs),
      'dfs.namenode.rpc-bind-host'  => $hadoop::bind_host,
      'dfs.namenode.http-bind-host' => $hadoop::bind_host,
      # Where there are racks, a datanode whose rack cannot be found out in time tries again, and does not get a wrong one for good.
      'dfs.namenode.reject-unresolved-dn-topology-mapping' => $hadoop::rack != '/default-rack' or !$hadoop::racks.empty,
      'dfs.hosts.exclude'           => "${hadoop::base::directory}/dfs.exclude",
    },
    default => {},
  }
  $of_secondarynamenode = defined(Class['hadoop::secondarynamenode']) ? {
    true    => {
      'dfs.namenode.secondary.http-address' => "${hadoop::bind_host}:9868",
      'dfs.namenode.checkpoint.dir'         => hadoop::uris($hadoop::secondarynamenode::checkpoint_dirs),
      'dfs.namenode.checkpoint.period'      => $hadoop::secondarynamenode::checkpoint_period,
    },
    default => {},
  }
  $of_worker = defined(Class['hadoop::worker']) ? {
    true    => {
      'dfs.datanode.data.dir' => hadoop::uris($hadoop::worker::data_dirs),
      'dfs.datanode.hostname' => $facts['networking']['fqdn'],
    },
    default => {},
  }
  $common + $of_namenode + $of_secondarynamenode + $of_worker
}
