# @summary The files under /etc/hadoop/conf, each as soon as the roles that it names are known
#
# A define, since these are evaluated after all classes: what it writes depends on the roles that this node has, in whatever order an
# ENC names them.
#
# @api private
define hadoop::configuration {
  $directory = $hadoop::base::directory
  $daemons = hadoop::daemons()
  $memory_mb = pick($hadoop::memory_mb, hadoop::usable_memory_mb(Integer($facts['memory']['system']['total_bytes']) / 1048576))
  $heaps_mb = hadoop::heaps_mb($memory_mb, $daemons, $hadoop::heap_mb)
  hadoop::check_memory($memory_mb, $heaps_mb)
  hadoop::check_replication()
  hadoop::check_ports($daemons)
  $namenode = hadoop::partner('namenode')
  $jobtracker = hadoop::partner('jobtracker')

  File {
    owner => 'root',
    group => 'root',
    mode  => '0644',
  }

  file { $directory:
    ensure => directory,
    mode   => '0755',
  }
  -> exec { 'make Puppet\'s the Hadoop configuration in use':
    command  => "update-alternatives --install /etc/hadoop/conf hadoop-conf ${directory} 50 && \
update-alternatives --set hadoop-conf ${directory}",
    unless   => "test \"$(readlink /etc/alternatives/hadoop-conf)\" = ${directory}",
    path     => ['/usr/sbin', '/usr/bin', '/sbin', '/bin'],
    provider => 'shell',
  }

  file { "${directory}/hadoop-env.sh":
    content => epp('hadoop/hadoop-env.sh.epp', {
        'java_home'   => $hadoop::java_home,
        'heaps_mb'    => $heaps_mb,
        'environment' => $hadoop::environment,
    }),
  }
  file { "${directory}/log4j.properties":
    content => epp('hadoop/log4j.properties.epp', { 'lines' => $hadoop::log4j }),
  }

  $namenode_files = $namenode ? {
    undef   => {},
    default => { 'core-site' => hadoop::core_site($namenode), 'hdfs-site' => hadoop::hdfs_site($namenode) },
  }
  $jobtracker_files = $jobtracker ? {
    undef   => {},
    default => {
      'mapred-site'        => hadoop::mapred_site($jobtracker),
      'yarn-site'          => hadoop::yarn_site($jobtracker, hadoop::containers_mb($memory_mb, $heaps_mb, $hadoop::container_mb)),
      'capacity-scheduler' => hadoop::capacity_scheduler(),
    },
  }
  ($namenode_files + $jobtracker_files).each |$file, $properties| {
    file { "${directory}/${file}.xml":
      content => epp('hadoop/site.xml.epp', { 'properties' => $properties + pick($hadoop::properties[$file], {}) }),
    }
  }
}
