# frozen_string_literal: true

require 'yaml'
require_relative '../puppet_x/hadoop/site'

# Cluster ids that this node's disks hold: {cluster => {id => [paths]}}, from the directories of its HDFS daemons and from what the
# format of a namenode has left on the root disk. A namenode whose names are gone is not formatted while anybody knows one.
Facter.add(:hadoop_cluster_ids) do
  confine kernel: 'Linux'

  setcode do
    found = Hash.new { |hash, cluster| hash[cluster] = Hash.new { |ids, id| ids[id] = [] } }

    site = PuppetX::Hadoop::Site.read('hdfs-site')
    site.values_at('dfs.namenode.name.dir', 'dfs.datanode.data.dir', 'dfs.namenode.checkpoint.dir').each do |property|
      PuppetX::Hadoop::Site.directories(property).each do |directory|
        version = File.join(directory, 'current/VERSION')
        id = File.read(version)[/^clusterID=(.+)$/, 1] if File.file?(version)
        found[site['puppet.hadoop.cluster']][id] << directory if id
      rescue SystemCallError => e
        Facter.warn("hadoop_cluster_ids: #{version} is left out: #{e.message}")
      end
    end

    Dir.glob('/etc/hadoop/formatted/*.yaml').sort.each do |path|
      id = YAML.safe_load(File.read(path))['cluster_id']
      found[File.basename(path, '.yaml')][id] << path if id.is_a?(String)
    rescue Psych::SyntaxError, NoMethodError, TypeError, SystemCallError => e
      Facter.warn("hadoop_cluster_ids: #{path} is left out: #{e.message}")
    end

    found.delete(nil)
    found.empty? ? nil : found.transform_values(&:to_h).to_h
  end
end
