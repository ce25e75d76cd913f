# @summary YARN's ResourceManager and MapReduce's JobHistory server: where jobs are submitted
#
# @param port
#   The ResourceManager's RPC port.
class hadoop::jobtracker (
  Stdlib::Port $port = 8032,
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
  hadoop::service { 'hadoop-mapreduce-historyserver':
    daemon => 'historyserver',
    needs  => ['namenode'],
    reads  => ['core-site.xml', 'hdfs-site.xml', 'mapred-site.xml', 'yarn-site.xml', 'hadoop-env.sh', 'log4j.properties'],
  }
}
