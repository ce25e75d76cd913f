# @summary What the module sets in mapred-site.xml
#
# @param jobtracker Where it is
# @return Properties of the file
# @api private
function hadoop::mapred_site(Hadoop::Partner $jobtracker) >> Hadoop::Properties {
  {
    'mapreduce.framework.name'                    => 'yarn',
    # The layout of Bigtop's packages; Hadoop's own default is that of its tarball.
    'mapreduce.application.classpath'             => '/usr/lib/hadoop-mapreduce/*,/usr/lib/hadoop-mapreduce/lib/*',
    'mapreduce.jobhistory.address'                => "${jobtracker['address']}:10020",
    'mapreduce.jobhistory.webapp.address'         => "${jobtracker['address']}:19888",
    'mapreduce.jobhistory.bind-host'              => $hadoop::bind_host,
    'mapreduce.jobhistory.intermediate-done-dir'  => '/user/history/done_intermediate',
    'mapreduce.jobhistory.done-dir'               => '/user/history/done',
    'yarn.app.mapreduce.am.staging-dir'           => '/tmp/hadoop-yarn/staging',
    # A task's heap follows from its container: mapreduce.job.heap.memory-mb.ratio. The application master's does not.
    'mapreduce.map.memory.mb'                     => $hadoop::container_mb,
    'mapreduce.reduce.memory.mb'                  => $hadoop::container_mb,
    'yarn.app.mapreduce.am.resource.mb'           => $hadoop::container_mb,
    'yarn.app.mapreduce.am.command-opts'          => "-Xmx${$hadoop::container_mb * 8 / 10}m",
    # The sort buffer is part of the heap: a quarter, to Hadoop's own 100 MiB.
    'mapreduce.task.io.sort.mb'                   => hadoop::clamp($hadoop::container_mb / 4, 16, 100),
  }
}
