# frozen_string_literal: true

# @summary Where the roles of a cluster are
#
# PuppetDB's exported hadoop::endpoint resources of active nodes say it; a role
# that PuppetDB does not know (any more) is taken from what the node itself
# remembers (the fact hadoop_partners). Works without PuppetDB too.
Puppet::Functions.create_function(:'hadoop::partners') do
  # @param cluster The cluster's name
  # @return role => {address, port, certname (from PuppetDB only)}
  # @raise Puppet::Error if two nodes export one role: both are named
  dispatch :partners do
    param 'Hadoop::Cluster', :cluster
    return_type 'Hash[Hadoop::Role, Hadoop::Partner]'
  end

  def partners(cluster)
    remembered(cluster).merge(exported(cluster))
  end

  def remembered(cluster)
    facts = closure_scope['facts'] || {}
    (facts['hadoop_partners'] || {}).fetch(cluster, {})
  end

  def exported(cluster)
    query(cluster).group_by { |row| row['parameters']['role'] }.to_h do |role, rows|
      refuse_several(cluster, role, rows) if rows.map { |row| row['certname'] }.uniq.size > 1
      row = rows.first
      [role, row['parameters'].slice('address', 'port').merge('certname' => row['certname'])]
    end
  end

  # Queries of resources leave out deactivated and expired nodes.
  def query(cluster)
    call_function(
      'hadoop::puppetdb',
      ['from', 'resources',
       ['and',
        ['=', 'type', 'Hadoop::Endpoint'],
        ['=', 'exported', true],
        ['=', %w[parameter cluster], cluster]]]
    )
  end

  def refuse_several(cluster, role, rows)
    names = rows.map { |row| "#{row['parameters']['address']} (certname #{row['certname']})" }.sort
    raise Puppet::Error, "Cluster #{cluster} has more than one #{role}: #{names.join(' and ')}. " \
                         'Terminate all but one, or give them clusters of their own by hadoop::cluster.'
  end
end
