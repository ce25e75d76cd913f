# frozen_string_literal: true

require 'json'

# @summary The masters that the cluster has, as the host that compiles knows them (`puppet::servers`)
Puppet::Functions.create_function(:'puppet::masters') do
  # @return [Array[String[1]]]
  #   `NAME:PORT` of each, in the order of their certnames; none where the host keeps no list of them.
  # @example Agents that go on with another master when theirs dies
  #   class { 'puppet::agent': server_list => puppet::masters() }
  dispatch :masters do
    return_type 'Array[String[1]]'
  end

  def masters
    file = call_function('puppet::servers_file')
    JSON.parse(File.read(file)).fetch('masters').map { |master| "#{master.fetch('name')}:#{master.fetch('port')}" }
  rescue Errno::ENOENT
    []
  rescue SystemCallError, JSON::ParserError, KeyError, NoMethodError, TypeError => e
    # No reason to fail every catalog: agents keep the masters that they have.
    Puppet.warning("#{file} cannot be used: #{e.message} (`puppet_servers` writes it anew)")
    []
  end
end
