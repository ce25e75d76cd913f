# frozen_string_literal: true

require_relative '../support'

# Plans that no run could carry out fail before anything changes, with the parameter's name.
RSpec.describe 'hadoop', type: :class do
  include_context 'with exports', [%w[n namenode nn.example.com 8020], %w[j jobtracker jt.example.com 8032]]
  let(:node) { NODE }
  let(:post_condition) { 'include hadoop::worker' }

  {
    'a container larger than the worker' => [{ memory_mb: 2048, container_mb: 4096 }, /hadoop::container_mb: a container of 4096 .*hadoop::memory_mb of 2048/],
    'a container larger than the machine' => [{ container_mb: 8192 }, /hadoop::container_mb: a container of 8192 .*of 3491/],
    'a heap larger than the memory' => [{ memory_mb: 2048, heap_mb: { 'datanode' => 4096 } }, /hadoop::heap_mb: .*datanode 4096, nodemanager 256.*hadoop::memory_mb of 2048/],
    'heaps that are together larger' => [{ memory_mb: 1024, heap_mb: { 'datanode' => 600, 'nodemanager' => 600 } }, /hadoop::heap_mb: .*datanode 600, nodemanager 600/],
    'replication above what the properties allow' => [{ replication: 3, properties: { 'hdfs-site' => { 'dfs.replication.max' => 2 } } }, /hadoop::replication: 3 .*1 and 2/],
    'replication below what the properties demand' => [{ replication: 1, properties: { 'hdfs-site' => { 'dfs.namenode.replication.min' => '2' } } }, /hadoop::replication: 1 .*2 and 512/],
  }.each do |what, (wrong, error)|
    context "with #{what}" do
      let(:params) { wrong }

      it { is_expected.to compile.and_raise_error(error) }
    end
  end

  context 'with a large container' do
    let(:params) { { memory_mb: 65_536, container_mb: 16_384 } }

    it('is allowed by the scheduler') { expect(xml('yarn-site')['yarn.scheduler.maximum-allocation-mb']).to eq('16384') }
  end

  context 'with containers on a host that runs none' do
    let(:pre_condition) { '' }
    let(:post_condition) { 'include hadoop::namenode' }
    let(:params) { { memory_mb: 512, container_mb: 4096 } }

    it { is_expected.to compile }
  end

  {
    "hadoop::namenode': port => 9870" => /hadoop::namenode::port: 9870 is taken by namenode/,
    "hadoop::jobtracker': port => 8033" => /hadoop::jobtracker::port: 8033 is taken by resourcemanager/,
    "hadoop::namenode': port => 8032" => /hadoop::namenode::port: 8032 is taken by hadoop::jobtracker::port/,
  }.each do |declaration, error|
    context "with #{declaration} beside the other roles" do
      let(:pre_condition) { '' }
      let(:post_condition) { "class { '#{declaration} }\ninclude hadoop::namenode, hadoop::jobtracker" }

      it { is_expected.to compile.and_raise_error(error) }
    end
  end
end
