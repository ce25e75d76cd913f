# @summary A package of the project's Python, in the library folder, and the commands that use it.
#
# @param commands
#   Their names in /usr/local/bin.
# @param compiled
#   Folder that is compiled when the package has changed.
#
# @api private
define puppet::scripts::package (
  Array[String[1]] $commands,
  Stdlib::Absolutepath $compiled = "${puppet::scripts::library}/${name}",
) {
  assert_private()

  $folder = "${puppet::scripts::library}/${name}"

  # `ignore` also keeps what is ignored from being purged: Python's own cache is nobody's change.
  file { $folder:
    ensure  => directory,
    source  => "puppet:///modules/puppet/scripts/${name}",
    recurse => true,
    purge   => true,
    force   => true,
    ignore  => ['__pycache__', '*.pyc'],
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
  }

  # Commands and users that run it do not write there, and would compile it anew at each call.
  exec { "compile ${compiled}":
    command     => "/usr/bin/python3 -m compileall -q ${compiled}",
    umask       => '0022',
    refreshonly => true,
    subscribe   => File[$folder],
  }

  $commands.each |$command| {
    file { "/usr/local/bin/${command}":
      ensure  => file,
      source  => "puppet:///modules/puppet/scripts/${command}",
      owner   => 'root',
      group   => 'root',
      mode    => '0755',
      require => File[$folder],
    }
  }
}
