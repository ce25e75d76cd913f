# shellcheck shell=bash
# Read by hadoop, hdfs, yarn and mapred. Variables that matter:
#   JAVA_HOME                  found when unset (17 or later)
#   HADOOP_HEAPSIZE_MAX        -Xmx of every JVM, in MB or with a unit
#   HADOOP_CLIENT_OPTS         JVM options of commands that are no daemons
#   HADOOP_OPTS                JVM options of everything
#   HDFS_NAMENODE_OPTS, HDFS_DATANODE_OPTS, HDFS_SECONDARYNAMENODE_OPTS,
#   YARN_RESOURCEMANAGER_OPTS, YARN_NODEMANAGER_OPTS, MAPRED_HISTORYSERVER_OPTS
#   HADOOP_CLASSPATH           jars and directories of this site's own
#   HADOOP_LOG_DIR             /var/log/hadoop-hdfs, /var/log/hadoop-yarn, /var/log/hadoop-mapreduce when unset
