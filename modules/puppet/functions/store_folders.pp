# @summary The folders of this host that a node bucket is: none, or one where it is a folder itself
#
# For what writes there.
#
# @param url
#   The node bucket.
# @return Paths.
# @api private
function puppet::store_folders(Puppet::Store_url $url) >> Array[Stdlib::Absolutepath] {
  $url ? {
    /\Afile:\/\/(.+)\z/ => [$1],
    default              => [],
  }
}
