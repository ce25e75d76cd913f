# @summary What the module sets in yarn-site.xml
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
    'yarn.application.classpath'               => (['$HADOOP_CONF_DIR'] + $classpath).flatten.join(','),
    # Containers are multiples of it.
    'yarn.scheduler.minimum-allocation-mb'     => 128,
    'yarn.log-aggregation-enable'              => true,
    'yarn.log-aggregation.retain-seconds'      => 604800,
    'yarn.nodemanager.remote-app-log-dir'      => '/var/log/hadoop-yarn/apps',
    'yarn.log.server.url'                      => "http://${jobtracker['address']}:19888/jobhistory/logs",
  }
  $of_worker = defined(Class['hadoop::worker']) ? {
    true    => {
      'yarn.nodemanager.hostname'              => $facts['networking']['fqdn'],
      'yarn.nodemanager.bind-host'             => $hadoop::bind_host,
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
  $common + $of_worker
}
