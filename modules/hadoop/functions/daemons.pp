# @summary Daemons of this node; call it from a define, as hadoop::partner
#
# @return Their names
# @api private
function hadoop::daemons() >> Array[Hadoop::Daemon] {
  $daemons = {
    'namenode'          => ['namenode'],
    'secondarynamenode' => ['secondarynamenode'],
    'jobtracker'        => ['resourcemanager', 'historyserver'],
    'worker'            => ['datanode', 'nodemanager'],
  }
  $daemons.filter |$role, $_daemons| { defined(Class["hadoop::${role}"]) }.values.flatten
}
