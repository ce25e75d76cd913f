# @summary Fails on a release of the distribution that does not carry what a class needs, before anything is changed
#
# @param class
#   The class that needs it.
# @param package
#   The package; module data (`puppet::not_packaged`) names those that a release lacks.
# @param advice
#   What to do instead.
# @return Nothing
# @api private
function puppet::assert_packaged(String[1] $class, String[1] $package, String[1] $advice) >> Undef {
  if $package in lookup('puppet::not_packaged', Array[String[1]], 'unique', []) {
    $os = $facts['os']
    fail("${class}: ${os['name']} ${os['release']['major']} has no package ${package}: ${advice}")
  }
}
