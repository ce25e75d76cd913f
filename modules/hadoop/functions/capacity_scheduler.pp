# @summary What the module sets in capacity-scheduler.xml: one queue that may use everything
#
# @return Properties of the file
# @api private
function hadoop::capacity_scheduler() >> Hadoop::Properties {
  {
    'yarn.scheduler.capacity.root.queues'                   => 'default',
    'yarn.scheduler.capacity.root.default.capacity'         => 100,
    'yarn.scheduler.capacity.root.default.maximum-capacity' => 100,
    'yarn.scheduler.capacity.root.default.state'            => 'RUNNING',
    # Half of a small cluster may be application masters, or two jobs would wait for one another.
    'yarn.scheduler.capacity.maximum-am-resource-percent'   => 0.5,
    # Without it vcores count for nothing.
    'yarn.scheduler.capacity.resource-calculator'           => 'org.apache.hadoop.yarn.util.resource.DominantResourceCalculator',
    # Scheduling opportunities that a task waits for a node that holds its data: about the number of nodes of a rack.
    'yarn.scheduler.capacity.node-locality-delay'           => 40,
  }
}
