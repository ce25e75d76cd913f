# @summary The project's Python on this host
#
# The commands in /usr/local/bin, the package they share in a library folder of its own, and what they need
# from the distribution. Roles add packages of their own to the folder (`puppet::scripts::package`).
#
# @param library
#   Folder that holds the packages.
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

  file { $library:
    ensure => directory,
    mode   => '0755',
  }
  puppet::scripts::package { 'enrolment':
    commands => ['check_csr', 'node_classifier', 'node_status', 'puppet_ca'],
    compiled => $library,
    require  => [Package[$packages], File[$library]],
  }
}
