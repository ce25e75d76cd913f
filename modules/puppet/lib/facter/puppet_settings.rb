# frozen_string_literal: true

# Where this node's Puppet keeps what, and whom it asks, as its agent sees it. `$settings::...` in a
# manifest is the master's; these are the node's own, and no path of Puppet's is spelled out elsewhere.
Facter.add(:puppet_settings) do
  setcode do
    if defined?(Puppet) && Puppet.settings.app_defaults_initialized?
      agent = Puppet.settings.values(nil, :agent)
      names = %i[
        certname confdir codedir ssldir vardir rundir logdir
        hostcert hostprivkey localcacert hostcrl csr_attributes
        server ca_server ca_port environment user group
      ]
      names.to_h { |name| [name.to_s, agent.interpolate(name).then { |v| v.is_a?(Symbol) ? v.to_s : v }] }
    end
  end
end
