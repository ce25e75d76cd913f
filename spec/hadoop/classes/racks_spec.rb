# frozen_string_literal: true

require 'json'
require_relative '../support'

RSpec.describe 'hadoop', type: :class do
  include_context 'with exports', [%w[n namenode nn.example.com 8020], %w[j jobtracker jt.example.com 8032]]
  let(:node) { NODE }
  let(:role) { 'worker' }
  let(:post_condition) { "include hadoop::#{role}" }
  let(:topology) { JSON.parse(catalogue.resource('file', '/etc/hadoop/conf.puppet/topology.json')[:content]) }

  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts.merge(hadoop_rack: '/us-east-1a') }

      it 'has a rack of its availability zone, which its daemons say of themselves' do
        expect(xml('hdfs-site')['puppet.hadoop.rack']).to eq('/us-east-1a')
        expect(xml('yarn-site')['puppet.hadoop.rack']).to eq('/us-east-1a')
      end

      it 'has the script that asks others for theirs' do
        expect(xml('core-site')['net.topology.script.file.name']).to eq('/usr/local/sbin/hadoop_topology')
        is_expected.to contain_file('/usr/local/sbin/hadoop_topology').with_mode('0755').with_source('puppet:///modules/hadoop/hadoop_topology')
      end
    end
  end

  it "is in Hadoop's own default rack where there are no zones" do
    expect(xml('hdfs-site')['puppet.hadoop.rack']).to eq('/default-rack')
    expect(topology).to include('racks' => {})
  end

  context 'with a rack and others by hand' do
    let(:params) { { rack: '/hall-2/r14', racks: { '10.1.0.0/16' => '/hall-1/r1', 'gw.example.com' => '/hall-2/r1' } } }

    it 'uses them' do
      expect(xml('yarn-site')['puppet.hadoop.rack']).to eq('/hall-2/r14')
      expect(topology['racks']).to eq('10.1.0.0/16' => '/hall-1/r1', 'gw.example.com' => '/hall-2/r1')
    end
  end

  it 'may ask the ResourceManager about a worker that is gone' do
    expect(topology['resourcemanager']).to eq('http://jt.example.com:8088')
  end

  context 'on a master' do
    let(:role) { 'namenode' }
    let(:pre_condition) { '' }
    let(:params) { { rack: '/a' } }

    it 'believes nobody but the node that registers, and lets it try again' do
      expect(topology).not_to include('resourcemanager')
      expect(xml('hdfs-site')['dfs.namenode.reject-unresolved-dn-topology-mapping']).to eq('true')
    end

    context 'of a cluster without racks' do
      let(:params) { {} }

      it { expect(xml('hdfs-site')['dfs.namenode.reject-unresolved-dn-topology-mapping']).to eq('false') }
    end
  end

  context 'with racks of different depths' do
    let(:params) { { rack: '/a', racks: { '10.0.0.1' => '/hall/b' } } }

    it { is_expected.to compile.and_raise_error(/hadoop::racks and hadoop::rack: racks are 1 and 2 switches deep/) }
  end

  context 'with a rack that is no path' do
    let(:params) { { rack: 'a' } }

    it { is_expected.to compile.and_raise_error(/parameter 'rack'/) }
  end

  context 'with a rack of what is no host' do
    let(:params) { { racks: { 'a b' => '/a' } } }

    it { is_expected.to compile.and_raise_error(/parameter 'racks'/) }
  end
end
