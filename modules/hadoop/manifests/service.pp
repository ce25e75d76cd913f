# @summary One daemon: its package and service, as soon as the roles that it needs can be reached
#
# The title is the name of package and unit. While a role that it needs is unknown nothing is declared, so a daemon is not started
# too early, and one that runs is left alone.
#
# @param daemon
#   Its name in hadoop-env.sh.
# @param needs
#   Roles that it must know the address of.
# @param reads
#   Files of the configuration that it reads when it starts.
# @api private
define hadoop::service (
  Hadoop::Daemon $daemon,
  Array[Hadoop::Role] $needs,
  Array[String[1], 1] $reads,
) {
  if $needs.all |$role| { hadoop::partner($role) =~ NotUndef } {
    package { $name:
      ensure => $hadoop::package_ensure,
    }
    -> service { $name:
      ensure => running,
      enable => true,
    }

    # By time, not by notify: a daemon that the package has just started is not restarted for the files of the same run, and a restart
    # that a broken-off run owes is made up for.
    $files = $reads.map |$file| { "${hadoop::base::directory}/${file}" }.join(' ')
    exec { "restart ${name} for newer configuration":
      command  => "systemctl restart ${name}",
      onlyif   => "started=$(systemctl show --timestamp=us --property=ExecMainStartTimestamp --value ${name}) && \
test -n \"\$started\" && find -L ${files} -newermt \"\$started\" | grep -q .",
      path     => ['/usr/sbin', '/usr/bin', '/sbin', '/bin'],
      provider => 'shell',
      require  => Service[$name],
    }
  }
}
