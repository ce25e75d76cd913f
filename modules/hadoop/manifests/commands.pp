# @summary The commands that Hadoop's health and racks are asked by: hadoop_health and hadoop_topology
#
# @api private
class hadoop::commands {
  assert_private()

  ensure_resource('package', 'python3', { 'ensure' => 'installed' })

  ['hadoop_health', 'hadoop_topology'].each |$command| {
    file { "/usr/local/sbin/${command}":
      owner   => 'root',
      group   => 'root',
      mode    => '0755',
      source  => "puppet:///modules/hadoop/${command}",
      require => Package['python3'],
    }
  }
}
