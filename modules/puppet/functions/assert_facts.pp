# @summary Fails for a node that is newer than the Puppet modules of the master that compiles
#
# Agents from Puppet 8 on do not send the facts that the modules of Puppet 7's time are written for.
#
# @param class
#   The class that is to be compiled.
# @param module
#   A module that it uses.
# @param version
#   The module's first version that does without these facts.
# @return Nothing
# @api private
function puppet::assert_facts(String[1] $class, String[1] $module, String[1] $version) >> Undef {
  $carried = load_module_metadata($module)['version']
  if versioncmp($carried, $version) < 0 and $facts['operatingsystemrelease'] =~ Undef {
    $runs = "runs Puppet ${facts['puppetversion']}, which is newer than this master's module ${module} ${carried}"
    fail("${class}: ${trusted['certname']} ${runs}: let a master of its own or a later release serve it (puppet::agent::server_list)")
  }
}
