# @summary What the module sets in core-site.xml
#
# @param namenode Where it is
# @return Properties of the file
# @api private
function hadoop::core_site(Hadoop::Partner $namenode) >> Hadoop::Properties {
  {
    'fs.defaultFS'                  => "hdfs://${namenode['address']}:${namenode['port']}",
    # Who the web pages act as: somebody without rights.
    'hadoop.http.staticuser.user'   => 'nobody',
    # A day to think better of `hadoop fs -rm`.
    'fs.trash.interval'             => 1440,
    'io.file.buffer.size'           => 131072,
    # Racks: see hadoop::rack.
    'net.topology.script.file.name' => '/usr/local/sbin/hadoop_topology',
  }
}
