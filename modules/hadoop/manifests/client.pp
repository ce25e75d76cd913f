# @summary A host that works with a cluster without being part of it: commands, jars and configuration, no daemon
#
# @example A gateway of cluster wordcount
#   hadoop::cluster: wordcount
class hadoop::client {
  include hadoop

  hadoop::health { 'client':
    needs => ['namenode', 'jobtracker'],
  }
}
