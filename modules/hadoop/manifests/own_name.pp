# @summary Let this node's own name mean the same on it as on the others: its address, not a loopback address
#
# Debian's cloud images have 127.0.1.1 for it in /etc/hosts, written by cloud-init at each boot. An application master that runs on such
# a node tells its tasks on other nodes to come to 127.0.1.1. It also keeps a node going that no name server knows.
#
# @api private
class hadoop::own_name {
  assert_private()

  $fqdn = $facts['networking']['fqdn']

  file_line { 'own name in /etc/hosts':
    path     => '/etc/hosts',
    line     => "${facts['networking']['ip']} ${fqdn} ${facts['networking']['hostname']}",
    # The installer's and cloud-init's line, or an earlier one of ours; 127.0.0.1 and ::1 are localhost's.
    match    => "^(127\\.0\\.1\\.1\\s|(?!127\\.0\\.0\\.1\\s|::1\\s)[0-9a-f.:]+\\s+${regexpescape($fqdn)}(\\s|$))",
    multiple => true,
  }

  $cloud_init = '/etc/cloud/cloud.cfg.d'
  exec { 'keep cloud-init off /etc/hosts':
    command  => "echo 'manage_etc_hosts: false' > ${cloud_init}/99-hadoop-hosts.cfg",
    creates  => "${cloud_init}/99-hadoop-hosts.cfg",
    onlyif   => "test -d ${cloud_init}",
    path     => ['/usr/bin', '/bin'],
    provider => 'shell',
  }
}
