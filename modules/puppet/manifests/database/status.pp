# @summary Keeps the state of each node (enrolled, last run, health) in the node bucket.
#
# @api private
class puppet::database::status {
  assert_private()

  ensure_resource('puppet::store', $puppet::database::node_bucket)

  puppet::timer { 'puppet-node-status':
    description => 'State of each node, from PuppetDB to the node bucket',
    command     => "/usr/local/bin/node_status ${puppet::database::node_bucket}",
    seconds     => 10,
    after       => ['network-online.target', 'puppetdb.service'],
  }
}
