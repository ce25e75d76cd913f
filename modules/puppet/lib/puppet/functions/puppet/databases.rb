# frozen_string_literal: true

require 'json'

# @summary The PuppetDBs that the cluster has, as the host that compiles knows them (`puppet::servers`)
Puppet::Functions.create_function(:'puppet::databases') do
  # @return [Array[String[1]]]
  #   The URL of each; none where the host keeps no list of them.
  # @example Who shows what PuppetDB holds
  #   class { 'puppet::board': puppetdb_url => puppet::databases()[0] }
  dispatch :databases do
    return_type 'Array[String[1]]'
  end

  def databases
    file = call_function('puppet::servers_file')
    JSON.parse(File.read(file)).fetch('databases').map { |each| "https://#{each.fetch('name')}:#{each.fetch('port')}" }
  rescue Errno::ENOENT
    []
  rescue SystemCallError, JSON::ParserError, KeyError, NoMethodError, TypeError => e
    Puppet.warning("#{file} cannot be used: #{e.message} (`puppet_servers` writes it anew)")
    []
  end
end
