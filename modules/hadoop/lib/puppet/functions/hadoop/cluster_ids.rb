# frozen_string_literal: true

# @summary Ids with which a cluster's HDFS has been formatted, and who knows them
#
# What the node's own disks hold says it; the other nodes are asked only if
# they hold nothing (the fact hadoop_cluster_ids of both).
Puppet::Functions.create_function(:'hadoop::cluster_ids') do
  # @param cluster The cluster's name
  # @return id => where it stands, such as `/data/1 on CERTNAME`
  dispatch :cluster_ids do
    param 'Hadoop::Cluster', :cluster
    return_type 'Hash[String, Array[String, 1]]'
  end

  def cluster_ids(cluster)
    own = closure_scope['facts'] || {}
    mine = [{ 'certname' => 'this host', 'value' => own['hadoop_cluster_ids'] }]
    found = places(cluster, mine)
    found.empty? ? places(cluster, query) : found
  end

  # Queries of facts leave out deactivated and expired nodes.
  def query
    call_function('hadoop::puppetdb', ['from', 'facts', ['=', 'name', 'hadoop_cluster_ids']])
  end

  def places(cluster, rows)
    rows.each_with_object({}) do |row, found|
      clusters = row['value']
      ids = clusters.is_a?(Hash) ? clusters[cluster] : nil
      next unless ids.is_a?(Hash)

      ids.each { |id, paths| (found[id] ||= []).concat(Array(paths).map { |path| "#{path} on #{row['certname']}" }) }
    end
  end
end
