# frozen_string_literal: true

require 'rexml/document'

# rspec-puppet lets the full name and the certname follow from it.
NODE = 'ip-172-31-0-10.ec2.internal'

# What PuppetDB's terminus would answer: one row for each [certname, role, address, port].
RSpec.shared_context 'with exports' do |exports|
  let(:pre_condition) do
    rows = exports.map do |certname, role, address, port|
      parameters = "{ 'cluster' => 'hadoop', 'role' => '#{role}', 'address' => '#{address}', 'port' => #{port} }"
      "{ 'certname' => '#{certname}', 'parameters' => #{parameters} }"
    end
    "function puppetdb_query(Array $query) { [#{rows.join(', ')}] }"
  end

  # For the function alone: collectors would ask a PuppetDB that is not there.
  before do
    allow(Puppet).to receive(:[]).and_wrap_original do |original, name|
      # Settings are asked for all the time, and the callers take long to name: only for this one.
      asked_by_function = name == :storeconfigs && caller_locations.any? { |location| location.path.end_with?('functions/hadoop/partners.rb') }
      asked_by_function || original.call(name)
    end
  end
end

module HadoopConfiguration
  # @return [Hash] the properties of a file of the compiled catalog
  def xml(file)
    content = catalogue.resource('file', "/etc/hadoop/conf.puppet/#{file}.xml")[:content]
    REXML::Document.new(content).elements.to_a('/configuration/property').to_h do |property|
      [property.elements['name'].text, property.elements['value'].text]
    end
  end
end

RSpec.configure do |config|
  config.include HadoopConfiguration
end
