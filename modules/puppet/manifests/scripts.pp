# The project's Python on this host: the commands in /usr/local/bin, the package they share in a
# library folder of its own, and what they need from the distribution.
#
# @param library
#   Folder that holds the package.
# @param packages
#   Python modules that they import, as packages of the distribution.
#
# @api private
class puppet::scripts (
  Stdlib::Absolutepath $library = '/usr/local/lib/puppet-enrolment',
  Array[String[1]] $packages = ['python3-cryptography', 'python3-requests', 'python3-yaml'],
) {
  assert_private()

  ensure_resource('package', $packages, { 'ensure' => 'installed' })

  # `ignore` also keeps what is ignored from being purged: Python's own cache is nobody's change.
  file { $library:
    ensure => directory,
    mode   => '0755',
  }
  -> file { "${library}/enrolment":
    ensure  => directory,
    source  => 'puppet:///modules/puppet/scripts/enrolment',
    recurse => true,
    purge   => true,
    force   => true,
    ignore  => ['__pycache__', '*.pyc'],
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
  }

  # The users that run it cannot write there, and would compile it anew at each call.
  exec { "compile ${library}":
    command     => "/usr/bin/python3 -m compileall -q ${library}",
    umask       => '0022',
    refreshonly => true,
    subscribe   => File["${library}/enrolment"],
    require     => Package[$packages],
  }

  ['check_csr', 'node_classifier', 'node_status', 'puppet_ca'].each |$command| {
    file { "/usr/local/bin/${command}":
      ensure  => file,
      source  => "puppet:///modules/puppet/scripts/${command}",
      owner   => 'root',
      group   => 'root',
      mode    => '0755',
      require => [Package[$packages], File["${library}/enrolment"]],
    }
  }
}
