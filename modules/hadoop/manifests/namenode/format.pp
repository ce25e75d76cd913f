# @summary Makes the file system of a new cluster, once in the cluster's life
#
# A namenode whose directories are empty is new, or has lost its names: then a format would make the blocks of all workers worthless.
# So it is refused while anybody knows an id of the cluster: this node's other directories, the marker that a format leaves on the root
# disk, the workers and the secondary namenode (the fact hadoop_cluster_ids, through PuppetDB). The marker is looked at in the run
# itself, for a catalog may be a cached one.
#
# @api private
class hadoop::namenode::format {
  assert_private()

  $cluster = $hadoop::cluster
  $abandon = $hadoop::namenode::abandon
  $versions = $hadoop::namenode::name_dirs.map |$directory| { "${directory}/current/VERSION" }
  $folder = '/etc/hadoop/formatted'
  $marker = "${folder}/${cluster}.yaml"

  $known = hadoop::cluster_ids($cluster)
  $abandoned = $abandon and ($known.empty or $abandon in $known)
  $knowledge = $known.empty ? {
    true    => "${marker} is there",
    default => $known.map |$id, $where| { "${id}, known from ${where.sort.join(', ')}" }.join('; '),
  }
  $way_out = $abandon ? {
    undef   => 'hadoop::namenode::abandon with that id',
    default => "hadoop::namenode::abandon with that id; ${abandon} is none of these, or was used for a format already (${marker})",
  }
  $message = "Cluster ${cluster} is not formatted again: it has been (${knowledge}), but \
${hadoop::namenode::name_dirs.join(' and ')} of this host holds no names. Bring the disk back; or restore the secondary namenode's \
checkpoint (hdfs namenode -importCheckpoint); or give all files of the cluster up by ${way_out}."

  # With the id abandoned, the marker must be of that id, and not of a format that abandoned it.
  $by_marker = "test -e ${marker}"
  $refused = [$abandoned, $known.empty] ? {
    [true, Boolean] => "${by_marker} && { ! grep -qx 'cluster_id: ${abandon}' ${marker} || grep -qx 'abandoned: ${abandon}' ${marker}; }",
    [false, true]   => $by_marker,
    default         => 'true',
  }
  $clusterid = $abandon ? { undef => '', default => " -clusterid ${abandon}" }

  Exec {
    path      => ['/usr/sbin', '/usr/bin', '/sbin', '/bin'],
    provider  => 'shell',
    logoutput => 'on_failure',
  }

  exec { 'refuse to format a cluster again':
    command => "echo ${shellquote($message)} >&2; exit 1",
    onlyif  => $refused,
    creates => $versions,
  }
  -> exec { 'format the namenode':
    command     => "hdfs namenode -format -nonInteractive${clusterid}",
    creates     => $versions,
    user        => 'hdfs',
    environment => ['HADOOP_CONF_DIR=/etc/hadoop/conf'],
  }

  file { $folder:
    ensure => directory,
    owner  => 'root',
    group  => 'root',
    mode   => '0755',
  }
  # Of its own, so that one that a broken-off run owes is made up for.
  $id = "id=$(cat ${versions.join(' ')} 2>/dev/null | sed -n 's/^clusterID=//p' | head -n 1)"
  $mark = $abandon ? {
    undef   => 'echo "cluster_id: $id"',
    default => "{ echo \"cluster_id: \$id\"; test \"\$id\" != ${abandon} || echo \"abandoned: \$id\"; }",
  }
  $marked = $abandon ? {
    undef   => "grep -qx \"cluster_id: \$id\" ${marker}",
    default => "${mark} | cmp -s - ${marker}",
  }
  exec { 'remember the format':
    command => "${id}; ${mark} > ${marker}.new && mv ${marker}.new ${marker}",
    unless  => "${id}; test -z \"\$id\" || ${marked}",
    require => [File[$folder], Exec['format the namenode']],
  }
}
