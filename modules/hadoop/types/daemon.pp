# @summary Hadoop's daemons, by the names that hadoop-env.sh gives them
type Hadoop::Daemon = Enum['namenode', 'secondarynamenode', 'datanode', 'resourcemanager', 'nodemanager', 'historyserver']
