# frozen_string_literal: true

require 'yaml'

# What this node has been told of its cluster, from the files that realized
# hadoop::endpoint resources left: {cluster => {role => {address, port}}}.
# It stands in when PuppetDB has forgotten a partner that is still there.
Facter.add(:hadoop_partners) do
  confine kernel: 'Linux'

  setcode do
    Dir.glob('/etc/hadoop/partners.d/*.yaml').sort.each_with_object({}) do |path, partners|
      endpoint = YAML.safe_load(File.read(path))
      raise ArgumentError, 'not a mapping' unless endpoint.is_a?(Hash)

      cluster, role, address, port = endpoint.fetch_values('cluster', 'role', 'address', 'port')
      (partners[cluster] ||= {})[role] = { 'address' => address, 'port' => port }
    rescue Psych::SyntaxError, ArgumentError, KeyError, SystemCallError => e
      Facter.warn("hadoop_partners: #{path} is left out: #{e.message}")
    end
  end
end
