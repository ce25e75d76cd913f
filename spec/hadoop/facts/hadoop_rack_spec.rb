# frozen_string_literal: true

require 'facter'
require 'json'
require File.join(ROOT, 'modules/hadoop/lib/puppet_x/hadoop/site')

RSpec.describe 'fact hadoop_rack' do
  before do
    Facter.clear
    allow(PuppetX::Hadoop::Site).to receive(:read).with('hdfs-site').and_return('puppet.hadoop.rack' => '/as-before')
  end
  after { Facter.clear }

  # @param content [String, nil] of cloud-init's note, nil where there is none
  def value(content, cloud_init: true)
    allow(File).to receive(:exist?).and_call_original
    allow(File).to receive(:exist?).with('/var/lib/cloud/instance').and_return(cloud_init)
    allow(File).to receive(:read).and_call_original
    note = allow(File).to receive(:read).with('/run/cloud-init/instance-data.json')
    content ? note.and_return(content) : note.and_raise(Errno::ENOENT)
    load File.join(ROOT, 'modules/hadoop/lib/facter/hadoop_rack.rb')
    Facter.value(:hadoop_rack)
  end

  it 'follows from the availability zone' do
    expect(value(JSON.generate('v1' => { 'availability_zone' => 'us-east-1a' }))).to eq('/us-east-1a')
  end

  [nil, 'a/../b c', 1].each do |zone|
    it("is unknown where the cloud's zone is #{zone.inspect}") do
      expect(value(JSON.generate('v1' => { 'availability_zone' => zone }))).to be_nil
    end
  end

  [nil, '{', '{}', '[]', '{"v1": {}}'].each do |content|
    it "is what it was while cloud-init's note is #{content.inspect}" do
      expect(value(content)).to eq('/as-before')
    end
  end

  it 'is unknown without cloud-init' do
    expect(value(nil, cloud_init: false)).to be_nil
  end
end
