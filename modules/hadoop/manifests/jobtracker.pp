# @summary YARN's ResourceManager and MapReduce's JobHistory server: where jobs are submitted
#
# @param port
#   The ResourceManager's RPC port.
# @param drain_timeout
#   Seconds that the containers of an excluded worker, and the applications whose map output it holds, get to end.
class hadoop::jobtracker (
  Stdlib::Port $port        = 8032,
  Integer[1] $drain_timeout = 3600,
) {
  include hadoop
  hadoop::claim_role('jobtracker')

  @@hadoop::endpoint { "jobtracker of ${hadoop::cluster} on ${trusted['certname']}":
    cluster => $hadoop::cluster,
    role    => 'jobtracker',
    address => $facts['networking']['fqdn'],
    port    => $port,
  }

  hadoop::service { 'hadoop-yarn-resourcemanager':
    daemon => 'resourcemanager',
    needs  => ['namenode'],
    reads  => ['core-site.xml', 'yarn-site.xml', 'capacity-scheduler.xml', 'hadoop-env.sh', 'log4j.properties'],
  }
  hadoop::exclusion { 'yarn.exclude':
    role    => 'jobtracker',
    working => 'RUNNING',
    unit    => 'hadoop-yarn-resourcemanager',
    user    => 'yarn',
    command => "yarn rmadmin -refreshNodes -g ${drain_timeout} -server",
  }
  hadoop::service { 'hadoop-mapreduce-historyserver':
    daemon => 'historyserver',
    needs  => ['namenode'],
    reads  => ['core-site.xml', 'hdfs-site.xml', 'mapred-site.xml', 'yarn-site.xml', 'hadoop-env.sh', 'log4j.properties'],
  }

  hadoop::health { 'jobtracker':
    needs   => ['namenode'],
    daemons => ['hadoop-yarn-resourcemanager', 'hadoop-mapreduce-historyserver'],
  }
}
