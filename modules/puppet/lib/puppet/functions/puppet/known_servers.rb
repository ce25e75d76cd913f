# frozen_string_literal: true

require 'json'

# @summary Who serves the cluster, as the host that compiles knows it (`puppet::servers`)
#
# @api private
Puppet::Functions.create_function(:'puppet::known_servers') do
  # @param kind
  #   `masters` or `databases`.
  # @return [Array[String[1]]]
  #   `NAME:PORT` of each, in the order of their certnames; none where the host keeps no list of them.
  dispatch :known_servers do
    param "Enum['masters', 'databases']", :kind
    return_type 'Array[String[1]]'
  end

  def known_servers(kind)
    file = call_function('puppet::servers_file')
    JSON.parse(File.read(file)).fetch(kind).map { |server| "#{server.fetch('name')}:#{server.fetch('port')}" }
  rescue Errno::ENOENT
    []
  rescue SystemCallError, JSON::ParserError, KeyError, NoMethodError, TypeError => e
    # No reason to fail every catalog: agents keep the masters that they have.
    Puppet.warning("#{file} cannot be used: #{e.message} (`puppet_servers` writes it anew)")
    []
  end
end
