# @summary The PuppetDBs that the cluster has, as the host that compiles knows them (`puppet::servers`)
#
# @return The URL of each; none where the host keeps no list of them.
# @example Who shows what PuppetDB holds
#   class { 'puppet::board': puppetdb_url => puppet::databases()[0] }
function puppet::databases() >> Array[Stdlib::HTTPSUrl] {
  puppet::known_servers('databases').map |$address| { "https://${address}" }
}
