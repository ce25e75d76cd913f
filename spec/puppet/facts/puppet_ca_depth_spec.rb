# frozen_string_literal: true

require 'facter'
require 'tmpdir'

RSpec.describe 'fact puppet_ca_depth', type: :host do
  around do |example|
    Dir.mktmpdir do |directory|
      @file = File.join(directory, 'ca.pem')
      example.run
    end
  end

  before do
    Facter.clear
    Puppet[:localcacert] = @file
    load File.join(ROOT, 'modules/puppet/lib/facter/puppet_ca_depth.rb')
  end

  after { Facter.clear }

  it 'is absent on a host that has no certificate of the authority yet' do
    expect(Facter.value(:puppet_ca_depth)).to be_nil
  end

  [1, 2, 3].each do |count|
    it "is #{count} below #{count} authorities" do
      File.write(@file, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" * count)
      expect(Facter.value(:puppet_ca_depth)).to eq(count)
    end
  end
end
