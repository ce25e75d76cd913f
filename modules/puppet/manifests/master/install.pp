# @summary What a master needs from the distribution, and its user's way to the node bucket.
#
# @api private
class puppet::master::install {
  assert_private()

  ensure_resource('package', ['ruby', 'ruby-rack', 'curl'], { 'ensure' => 'installed' })
  ensure_resource('puppet::store', $puppet::master::node_bucket)
  puppet::metadata_access { $puppet::master::user: }

  unless $puppet::master::puppetdb_urls.empty {
    ensure_resource('package', ['puppet-terminus-puppetdb'], { 'ensure' => 'installed' })
  }
}
