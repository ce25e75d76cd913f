# @summary What hadoop_topology knows besides what hosts say of themselves
#
# A define, since these are evaluated after all classes: the masters, which a node registers with, must hear its rack from the node
# itself; the others may ask the ResourceManager about one that is gone.
#
# @api private
define hadoop::topology {
  $depths = ($hadoop::racks.values + $hadoop::rack).map |$rack| { $rack.split('/').length }.unique
  if $depths.length > 1 {
    fail("hadoop::racks and hadoop::rack: racks are ${depths.map |$depth| { $depth - 1 }.sort.join(' and ')} switches deep, but HDFS \
takes those of one depth only")
  }

  $jobtracker = hadoop::partner('jobtracker')
  $resourcemanager = ['namenode', 'jobtracker'].any |$role| { defined(Class["hadoop::${role}"]) } ? {
    true    => undef,
    default => $jobtracker.then |$partner| { "http://${partner['address']}:8088" },
  }

  file { "${hadoop::base::directory}/topology.json":
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
    content => epp('hadoop/topology.json.epp', { 'racks' => $hadoop::racks, 'resourcemanager' => $resourcemanager }),
  }
}
