# frozen_string_literal: true

# How many authorities stand above this node's certificate: 1, or more where the site's CA is signed by
# another (an imported one may be). Apache's SSLVerifyDepth has to allow for them. Absent on a host that has
# no certificate of an authority yet.
Facter.add(:puppet_ca_depth) do
  setcode do
    if defined?(Puppet) && Puppet.settings.app_defaults_initialized?
      file = Puppet.settings.values(nil, :agent).interpolate(:localcacert)
      count = File.file?(file) ? File.read(file).scan('-----BEGIN CERTIFICATE-----').size : 0
      count unless count.zero?
    end
  end
end
