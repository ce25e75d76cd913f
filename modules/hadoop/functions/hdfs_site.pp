# @summary What the module sets in hdfs-site.xml
# @api private
function hadoop::hdfs_site(Hadoop::Partner $namenode) >> Hadoop::Properties {
  $common = {
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
  }
  $of_namenode = defined(Class['hadoop::namenode']) ? {
    true    => {
      'dfs.namenode.name.dir'       => hadoop::uris($hadoop::namenode::name_dirs),
      'dfs.namenode.rpc-bind-host'  => $hadoop::bind_host,
      'dfs.namenode.http-bind-host' => $hadoop::bind_host,
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
  $common + $of_namenode + $of_worker
}
