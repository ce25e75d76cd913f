# @summary The masters that the cluster has, as the host that compiles knows them (`puppet::servers`)
#
# @return `NAME:PORT` of each, in the order of their certnames; none where the host keeps no list of them.
# @example Agents that go on with another master when theirs dies
#   class { 'puppet::agent': server_list => puppet::masters() }
function puppet::masters() >> Array[String[1]] {
  puppet::known_servers('masters')
}
