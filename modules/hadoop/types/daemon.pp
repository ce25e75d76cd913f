# @summary Hadoop's daemons, by the names that hadoop-env.sh gives them
type Hadoop::Daemon = Enum['namenode', 'datanode', 'resourcemanager', 'nodemanager', 'historyserver']
