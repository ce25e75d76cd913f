# frozen_string_literal: true

require 'facter'

RSpec.describe 'fact puppet_settings', type: :host do
  before do
    Facter.clear
    load File.join(ROOT, 'modules/puppet/lib/facter/puppet_settings.rb')
  end

  after { Facter.clear }

  let(:value) { Facter.value(:puppet_settings) }

  it "tells the agent's settings, whatever Puppet runs as" do
    Puppet.settings.send(:parse_config, "[main]\ncertname = a-main\n[agent]\ncertname = an-agent\nca_server = ca.example.com\n")
    expect(value).to include('certname' => 'an-agent', 'ca_server' => 'ca.example.com')
  end

  it 'derives paths as Puppet does' do
    Puppet.settings.send(:parse_config, "[main]\nssldir = /srv/ssl\n[agent]\ncertname = web-1\n")
    expect(value).to include(
      'ssldir' => '/srv/ssl', 'hostcert' => '/srv/ssl/certs/web-1.pem', 'localcacert' => '/srv/ssl/certs/ca.pem'
    )
  end

  it 'has every setting that the recorded facts have' do
    expect(value.keys).to match_array(RecordedFacts['debian-13']['puppet_settings'].keys)
    expect(value.values).to all(be_a(String).or(be_a(Integer)))
  end
end
