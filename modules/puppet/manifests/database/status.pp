# @summary Keeps the state of each node (enrolled, last run, health) in the node bucket.
#
# @api private
class puppet::database::status {
  assert_private()

  $paths = $facts['puppet_settings']
  $config = "${paths['confdir']}/node_status.yaml"

  ensure_resource('puppet::store', $puppet::database::node_bucket)

  # Who may write only there cannot make it.
  file { '/var/lib/puppet-node-status':
    ensure => directory,
    mode   => '0750',
    before => Puppet::Resident['puppet-node-status'],
  }

  file { $config:
    ensure  => file,
    mode    => '0644',
    content => epp('puppet/settings.yaml.epp', {
        'class'    => 'puppet::database',
        'command'  => 'node_status',
        'settings' => {
          'node_bucket'  => $puppet::database::node_bucket,
          'puppetdb_url' => "https://${facts['networking']['fqdn']}:${puppet::database::port}",
          'cert'         => $paths['hostcert'],
          'key'          => $paths['hostprivkey'],
          'cacert'       => $paths['localcacert'],
        },
    }),
  }
  ~> puppet::resident { 'puppet-node-status':
    description => 'State of each node, from PuppetDB to the node bucket',
    command     => "/usr/local/bin/node_status --config ${config}",
    seconds     => 10,
    # The first time every node's is written, and only then noted.
    timeout     => 300,
    writes      => ['/var/lib/puppet-node-status', *puppet::store_folders($puppet::database::node_bucket)],
    after       => ['network-online.target', 'puppetdb.service', 'apache2.service'],
    subscribe   => Class['puppet::scripts'],
  }
}
