# @summary One daemon: its package and service, as soon as the roles that it needs can be reached
#
# The title is the name of package and unit. While a role that it needs is unknown nothing is declared, so a daemon is not started
# too early, and one that runs is left alone. So are those of a worker that is drained: a NodeManager that has been decommissioned has
# ended, and stays down.
#
# @param daemon
#   Its name in hadoop-env.sh.
# @param needs
#   Roles that it must know the address of.
# @param reads
#   Files of the configuration that it reads when it starts.
# @param mountpoints
#   Directories that must be mounted when it starts.
# @param keeps_children
#   Whether the processes that it has started outlive it.
# @api private
define hadoop::service (
  Hadoop::Daemon $daemon,
  Array[Hadoop::Role] $needs,
  Array[String[1], 1] $reads,
  Array[Hadoop::Directory] $mountpoints = [],
  Boolean $keeps_children               = false,
) {
  $drained = $daemon in ['datanode', 'nodemanager'] and $facts['networking']['fqdn'] in $hadoop::excluded

  if !$drained and $needs.all |$role| { hadoop::partner($role) =~ NotUndef } {
    # Before the package, which starts the daemon.
    $folder = "/etc/systemd/system/${name}.service.d"
    $drop_in = epp('hadoop/unit.conf.epp', { 'mountpoints' => $mountpoints, 'keeps_children' => $keeps_children })
    if $mountpoints.empty and !$keeps_children {
      file { "${folder}/hadoop.conf":
        ensure => absent,
        before => Exec["reload systemd for ${name}"],
      }
    } else {
      file { $folder:
        ensure => directory,
        owner  => 'root',
        group  => 'root',
        mode   => '0755',
      }
      file { "${folder}/hadoop.conf":
        owner   => 'root',
        group   => 'root',
        mode    => '0644',
        content => $drop_in,
        before  => Exec["reload systemd for ${name}"],
      }
    }
    exec { "reload systemd for ${name}":
      command  => 'systemctl daemon-reload',
      onlyif   => "test \"$(systemctl show --property=NeedDaemonReload --value ${name})\" = yes",
      path     => ['/usr/bin', '/bin'],
      provider => 'shell',
    }

    -> package { $name:
      ensure => $hadoop::package_ensure,
    }
    -> service { $name:
      ensure => running,
      enable => true,
    }

    # By time, not by notify: a daemon that the package has just started is not restarted for the files of the same run, and a restart
    # that a broken-off run owes is made up for.
    $files = $reads.map |$file| { "${hadoop::base::directory}/${file}" }.join(' ')
    # One that was given up for a broken configuration gets another try.
    exec { "restart ${name} for newer configuration":
      command  => "systemctl reset-failed ${name}; systemctl restart ${name}",
      # Bigtop's daemons, which scripts start, have no main process.
      onlyif   => "started=$(systemctl show --timestamp=us --property=ExecMainStartTimestamp --value ${name}); \
test -n \"\$started\" || started=$(systemctl show --timestamp=us --property=ActiveEnterTimestamp --value ${name}); \
test -n \"\$started\" && find -L ${files} -newermt \"\$started\" | grep -q .",
      path     => ['/usr/sbin', '/usr/bin', '/sbin', '/bin'],
      provider => 'shell',
      require  => Service[$name],
    }
  }
}
