# @summary Which masters the cluster has, kept from the node bucket on an infrastructure host
#
# For the catalogs that it compiles (`puppet::masters()`), and for its own agent where that was started before
# any master.
#
# @param node_bucket
#   URL of the bucket.
# @param service
#   Name of the agent's service.
# @param manage_agent
#   Whether the agent is pointed at masters that there are when it names none of them. Not where its master or
#   masters are given by hand, `[]` included: one name for all of them, say.
# @param seconds
#   Time between two questions to the bucket.
#
# @api private
class puppet::servers (
  Puppet::Store_url $node_bucket,
  String[1] $service    = lookup('puppet::agent::service', String[1]),
  Boolean $manage_agent = ['puppet::agent::server', 'puppet::agent::server_list'].all |$key| {
    lookup($key, { 'default_value' => undef }) =~ Undef
  },
  Integer[1] $seconds   = 30,
) {
  assert_private()

  $confdir = $facts['puppet_settings']['confdir']
  $command = '/usr/local/bin/puppet_servers'
  $config = "${confdir}/servers.yaml"
  $copy = puppet::servers_file()
  $state = dirname($copy)
  $agent = $manage_agent ? {
    true    => { 'puppet_conf' => "${confdir}/puppet.conf" },
    default => {},
  }

  include puppet::scripts
  ensure_resource('puppet::store', $node_bucket)

  puppet::scripts::package { 'servers':
    commands => ['puppet_servers'],
    require  => [Class['puppet::scripts'], Puppet::Store[$node_bucket]],
  }
  -> file {
    default:
      owner => 'root',
      group => 'root',
      mode  => '0644',
      ;
    $config:
      ensure  => file,
      content => epp('puppet/settings.yaml.epp', {
          'class'    => 'puppet::servers',
          'command'  => 'puppet_servers',
          'settings' => {
            'node_bucket' => $node_bucket,
            'servers'     => $copy,
            'state'       => "${state}/state.json",
            'service'     => $service,
          } + $agent,
      }),
      ;
    $state:
      ensure => directory,
      mode   => '0755',
      ;
  }
  ~> puppet::resident { 'puppet-servers':
    description  => 'Which masters there are, from the node bucket',
    command      => "${command} --config ${config}",
    seconds      => $seconds,
    timeout      => 150,
    # The agent's configuration, whoever owns it.
    writes       => [$state, $confdir],
    capabilities => ['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_SETGID', 'CAP_SETUID'],
    subscribe    => [Class['puppet::scripts'], Puppet::Scripts::Package['servers']],
  }
}
