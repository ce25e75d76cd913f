# frozen_string_literal: true

require 'facter'
require 'json'

RSpec.describe 'fact hadoop_rack' do
  before { Facter.clear }
  after { Facter.clear }

  let(:path) { '/run/cloud-init/instance-data.json' }

  def value(content)
    allow(File).to receive(:readable?).and_call_original
    allow(File).to receive(:readable?).with(path).and_return(!content.nil?)
    allow(File).to receive(:read).and_call_original
    allow(File).to receive(:read).with(path).and_return(content)
    load File.join(ROOT, 'modules/hadoop/lib/facter/hadoop_rack.rb')
    Facter.value(:hadoop_rack)
  end

  it 'follows from the availability zone' do
    expect(value(JSON.generate('v1' => { 'availability_zone' => 'us-east-1a' }))).to eq('/us-east-1a')
  end

  it 'is unknown where the cloud has no zones, or says what is no rack' do
    [{}, { 'v1' => {} }, { 'v1' => { 'availability_zone' => nil } }, { 'v1' => { 'availability_zone' => 'a/../b c' } }].each do |data|
      Facter.clear
      expect(value(JSON.generate(data))).to be_nil
    end
  end

  it 'is unknown, with a warning, where the file is no JSON' do
    expect(Facter).to receive(:warn).with(/hadoop_rack: instance-data.json cannot be read/)
    expect(value('{')).to be_nil
  end

  it 'is unknown without cloud-init' do
    expect(value(nil)).to be_nil
  end
end
