# @summary Where an infrastructure host keeps its copy of the bucket's `cluster/servers`
#
# One home for the path, for the class that keeps it and the function that reads it.
#
# @return Path of the file.
# @api private
function puppet::servers_file() >> Stdlib::Absolutepath {
  '/var/lib/puppet-servers/servers.json'
}
