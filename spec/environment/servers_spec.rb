# frozen_string_literal: true

RSpec.describe 'list of masters in the environment', type: :host do
  it "leaves the agent alone where the record says which masters it asks" do
    [
      { 'puppet::agent::server_list' => [] }, { 'puppet::agent::server_list' => ['masters.example.com:8140'] },
      { 'puppet::agent::server' => 'masters.example.com' }
    ].each do |data|
      catalog = compile_environment(
        facts: RecordedFacts['debian-13'], classes: { 'puppet::database' => {} }, parameters: { 'data' => data }
      )
      expect(YAML.safe_load(catalog.resource('file', '/etc/puppet/servers.yaml')[:content])).not_to include('puppet_conf')
    end
  end
end
