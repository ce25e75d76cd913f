# @summary The masters in the order in which a host is to ask them
#
# Itself first if it is one, then from a place on that depends on its name, so that agents are spread over all
# of them and each keeps to its own order.
#
# @param host
#   The host's name.
# @return `NAME:PORT` of each master that the compiling host knows.
function puppet::masters_for(Stdlib::Host $host) >> Array[String[1]] {
  $masters = puppet::masters()
  if $masters.empty {
    []
  } else {
    $first = fqdn_rand($masters.length, 'puppet::masters_for')
    $rotated = $masters[$first, $masters.length] + $masters[0, $first]
    $own = $rotated.filter |$master| { $master.split(':')[0] == $host }
    $own + ($rotated - $own)
  }
}
