# @summary The NameNode of a cluster
#
# Formats its directories the first time, before the daemon is installed, and makes HDFS's directories once it is up. Its address
# reaches the other nodes as an exported resource; it needs nobody itself.
#
# @param name_dirs
#   Where it keeps the names, a full copy in each.
# @param port
#   Its RPC port.
# @param users
#   Who gets a home under /user.
class hadoop::namenode (
  Array[Stdlib::Absolutepath, 1] $name_dirs = ['/var/lib/hadoop-hdfs/name'],
  Stdlib::Port $port                        = 8020,
  Array[Pattern[/\A[a-z_][a-z0-9_.-]*\z/]] $users = [],
) {
  include hadoop
  hadoop::claim_role('namenode')

  @@hadoop::endpoint { "namenode of ${hadoop::cluster} on ${trusted['certname']}":
    cluster => $hadoop::cluster,
    role    => 'namenode',
    address => $facts['networking']['fqdn'],
    port    => $port,
  }

  file { $name_dirs:
    ensure => directory,
    owner  => 'hdfs',
    group  => 'hdfs',
    mode   => '0700',
  }
  -> exec { 'format the namenode':
    command     => 'hdfs namenode -format -nonInteractive',
    creates     => $name_dirs.map |$directory| { "${directory}/current/VERSION" },
    user        => 'hdfs',
    path        => ['/usr/bin', '/bin'],
    environment => ['HADOOP_CONF_DIR=/etc/hadoop/conf'],
    logoutput   => 'on_failure',
  }
  -> hadoop::service { 'hadoop-hdfs-namenode':
    daemon => 'namenode',
    needs  => [],
    reads  => ['core-site.xml', 'hdfs-site.xml', 'hadoop-env.sh', 'log4j.properties'],
  }

  $directories = {
    '/'                               => ['hdfs', 'hadoop', '0755'],
    '/tmp'                            => ['hdfs', 'hadoop', '1777'],
    '/tmp/hadoop-yarn'                => ['mapred', 'hadoop', '0755'],
    '/tmp/hadoop-yarn/staging'        => ['mapred', 'hadoop', '1777'],
    '/user'                           => ['hdfs', 'hadoop', '0755'],
    '/user/history'                   => ['mapred', 'hadoop', '0755'],
    '/user/history/done'              => ['mapred', 'hadoop', '0770'],
    '/user/history/done_intermediate' => ['mapred', 'hadoop', '1777'],
    '/var'                            => ['hdfs', 'hadoop', '0755'],
    '/var/log'                        => ['hdfs', 'hadoop', '0755'],
    '/var/log/hadoop-yarn'            => ['yarn', 'hadoop', '0755'],
    '/var/log/hadoop-yarn/apps'       => ['yarn', 'hadoop', '1777'],
  } + Hash($users.map |$user| { ["/user/${user}", [$user, $user, '0700']] })

  $directories.each |$path, $access| {
    hdfs_directory { $path:
      owner   => $access[0],
      group   => $access[1],
      mode    => $access[2],
      url     => "http://${facts['networking']['fqdn']}:9870",
      require => Hadoop::Service['hadoop-hdfs-namenode'],
    }
  }
}
