# @summary What the module sets in yarn-site.xml
#
# @param jobtracker Where it is
# @param containers_mb Memory for containers
# @return Properties of the file
# @api private
function hadoop::yarn_site(Hadoop::Partner $jobtracker, Integer $containers_mb) >> Hadoop::Properties {
  # As in mapred-site.xml: the packages' layout.
  $classpath = ['hadoop', 'hadoop-hdfs', 'hadoop-yarn'].map |$part| { ["/usr/lib/${part}/*", "/usr/lib/${part}/lib/*"] }
  # What a container takes over from the NodeManager: Hadoop's default, and where MapReduce is.
  $inherited = [
    'JAVA_HOME', 'HADOOP_COMMON_HOME', 'HADOOP_HDFS_HOME', 'HADOOP_CONF_DIR', 'CLASSPATH_PREPEND_DISTCACHE', 'HADOOP_YARN_HOME',
    'HADOOP_HOME', 'HADOOP_MAPRED_HOME', 'PATH', 'LANG', 'TZ',
  ]
  $common = {
    'yarn.resourcemanager.hostname'            => $jobtracker['address'],
    'yarn.resourcemanager.address'             => "${jobtracker['address']}:${jobtracker['port']}",
    'yarn.resourcemanager.bind-host'           => $hadoop::bind_host,
    # As in hdfs-site.xml, for a host that has no datanode.
    'puppet.hadoop.rack'                       => $hadoop::rack,
    'yarn.application.classpath'               => (['$HADOOP_CONF_DIR'] + $classpath).flatten.join(','),
    # Containers are multiples of it.
    'yarn.scheduler.minimum-allocation-mb'     => 128,
    # Hadoop's default, or a task's container would be refused.
    'yarn.scheduler.maximum-allocation-mb'     => [8192, $hadoop::container_mb].max,
    'yarn.log-aggregation-enable'              => true,
    'yarn.log-aggregation.retain-seconds'      => 604800,
    'yarn.nodemanager.remote-app-log-dir'      => '/var/log/hadoop-yarn/apps',
    'yarn.log.server.url'                      => "http://${jobtracker['address']}:19888/jobhistory/logs",
  }
  $of_jobtracker = defined(Class['hadoop::jobtracker']) ? {
    true    => {
      # Applications outlive a restart. On its own disk: in HDFS the ResourceManager could not start before the NameNode serves, and
      # applications end with this host anyway, for they know it by its address.
      'yarn.resourcemanager.recovery.enabled'    => true,
      'yarn.resourcemanager.store.class'         => 'org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore',
      'yarn.resourcemanager.fs.state-store.uri'  => 'file:///var/lib/hadoop-yarn/rm-state',
      'yarn.resourcemanager.nodes.exclude-path'  => "${hadoop::base::directory}/yarn.exclude",
    },
    default => {},
  }
  $of_worker = defined(Class['hadoop::worker']) ? {
    true    => {
      'yarn.nodemanager.hostname'              => $facts['networking']['fqdn'],
      'yarn.nodemanager.bind-host'             => $hadoop::bind_host,
      # A NodeManager that has restarted is the same one only with the same port.
      'yarn.nodemanager.address'               => "${facts['networking']['fqdn']}:8041",
      'yarn.nodemanager.recovery.enabled'      => $hadoop::worker::recovery,
      'yarn.nodemanager.recovery.supervised'   => $hadoop::worker::recovery,
      'yarn.nodemanager.recovery.dir'          => '/var/lib/hadoop-yarn/nm-recovery',
      'yarn.nodemanager.resource.memory-mb'    => $containers_mb,
      'yarn.nodemanager.resource.cpu-vcores'   => pick($hadoop::vcores, Integer($facts['processors']['count'])),
      # A JVM reserves many times the address space that it uses, so a limit on it kills sound tasks. The limit on real memory stays.
      'yarn.nodemanager.vmem-check-enabled'    => false,
      'yarn.nodemanager.aux-services'          => 'mapreduce_shuffle',
      'yarn.nodemanager.env-whitelist'         => $inherited.join(','),
      'yarn.nodemanager.local-dirs'            => $hadoop::worker::local_dirs.join(','),
      'yarn.nodemanager.log-dirs'              => $hadoop::worker::log_dirs.join(','),
    },
    default => {},
  }
  $common + $of_jobtracker + $of_worker
}
