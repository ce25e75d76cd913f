# frozen_string_literal: true

require 'open3'
require_relative '../support'

OLD_ID = 'CID-8bf63244-0510-4db6-a949-8f74b50f2be9'
OTHER_ID = 'CID-00000000-0510-4db6-a949-8f74b50f2be9'

# The guard's shell conditions are run, with their paths beneath a folder of the test.
RSpec.describe 'hadoop::namenode', type: :class do
  let(:node) { NODE }
  let(:known) { nil }
  let(:facts) { RecordedFacts['debian-13'].merge({ 'hadoop_cluster_ids' => known }.compact) }
  let(:name) { File.join(@folder, 'name') }
  let(:marker) { File.join(@folder, 'formatted/hadoop.yaml') }

  around do |example|
    Dir.mktmpdir do |folder|
      @folder = folder
      FileUtils.mkdir_p([File.join(folder, 'formatted'), File.join(folder, 'name')])
      example.run
    end
  end

  def run(command)
    moved = command.gsub('/etc/hadoop/formatted', File.join(@folder, 'formatted')).gsub('/var/lib/hadoop-hdfs/name', name)
    output, status = Open3.capture2e('sh', '-c', moved)
    [status.success?, output]
  end

  # What Puppet's exec does with these attributes.
  def due?(title)
    resource = catalogue.resource('exec', title)
    return false if Array(resource[:creates]).any? { |path| File.exist?(path.sub('/var/lib/hadoop-hdfs/name', name)) }

    (resource[:onlyif].nil? || run(resource[:onlyif]).first) && (resource[:unless].nil? || !run(resource[:unless]).first)
  end

  def refused?
    due?('refuse to format a cluster again')
  end

  def remember
    expect(run(catalogue.resource('exec', 'remember the format')[:command]).first).to be true
  end

  def formatted_as(id)
    FileUtils.mkdir_p(File.join(name, 'current'))
    File.write(File.join(name, 'current/VERSION'), "#Tue\nnamespaceID=1\nclusterID=#{id}\nlayoutVersion=-66\n")
  end

  def message
    success, output = run(catalogue.resource('exec', 'refuse to format a cluster again')[:command])
    expect(success).to be false
    output
  end

  on_supported_systems do |system, system_facts|
    context "on #{system}, with an id that a worker knows" do
      let(:facts) { system_facts.merge(hadoop_cluster_ids: { 'hadoop' => { OLD_ID => ['/data/1'] } }) }

      it { is_expected.to compile.with_all_deps }
      it { is_expected.to contain_exec('refuse to format a cluster again').that_comes_before('Exec[format the namenode]') }
      it { is_expected.to contain_exec('format the namenode').that_comes_before('Package[hadoop-hdfs-namenode]') }
    end
  end

  context 'when nobody knows of a format' do
    it 'formats, and remembers the id on the root disk, once' do
      expect(refused?).to be false
      expect(due?('format the namenode')).to be true
      formatted_as(OLD_ID)
      expect(due?('format the namenode')).to be false
      expect(due?('remember the format')).to be true
      remember
      expect(File.read(marker)).to eq("cluster_id: #{OLD_ID}\n")
      expect(due?('remember the format')).to be false
    end

    it 'refuses by the marker alone, which a cached catalog sees too' do
      formatted_as(OLD_ID)
      remember
      FileUtils.rm_r(File.join(name, 'current'))
      expect(refused?).to be true
      expect(message).to include('Cluster hadoop is not formatted again', 'formatted/hadoop.yaml', 'name of this host holds no names')
    end

    it 'does not hold a started daemon back' do
      formatted_as(OLD_ID)
      remember
      expect(refused?).to be false
    end

    it 'remembers nothing of a directory that it cannot read' do
      FileUtils.mkdir_p(File.join(name, 'current'))
      expect(due?('remember the format')).to be false
    end
  end

  context 'when a directory of its own holds an id' do
    let(:known) { { 'hadoop' => { OLD_ID => ['/old/name'] } } }

    it 'refuses, says who knows it and what to do' do
      expect(refused?).to be true
      expect(message).to include(OLD_ID, '/old/name on this host', '-importCheckpoint', 'hadoop::namenode::abandon')
    end
  end

  context 'when another cluster has an id' do
    let(:known) { { 'other' => { OLD_ID => ['/old/name'] } } }

    it { expect(refused?).to be false }
  end

  context 'when PuppetDB knows workers of the cluster' do
    let(:pre_condition) do
      <<~PUPPET
        function hadoop::puppetdb(Array $query) {
          if $query[1] == 'facts' and $query[2] == ['=', 'name', 'hadoop_cluster_ids'] {
            [{ 'certname' => 'w1', 'value' => { 'hadoop' => { '#{OLD_ID}' => ['/data/1', '/data/2'] } } },
             { 'certname' => 'w2', 'value' => { 'hadoop' => { '#{OTHER_ID}' => ['/data/1'] } } },
             { 'certname' => 'w3', 'value' => { 'elsewhere' => { 'CID-x' => ['/data/1'] } } }]
          } else { [] }
        }
      PUPPET
    end

    it 'refuses, and names the ids with the nodes and directories' do
      expect(refused?).to be true
      expect(message).to include("#{OLD_ID}, known from /data/1 on w1, /data/2 on w1; #{OTHER_ID}, known from /data/1 on w2")
      expect(message).not_to include('CID-x')
    end

    context 'and the node itself has the names' do
      let(:known) { { 'hadoop' => { OLD_ID => ['/var/lib/hadoop-hdfs/name'] } } }

      it('asks nobody') { expect(message).not_to include('w1') }
    end

    context 'and the file system is given up' do
      let(:params) { { abandon: OLD_ID } }

      it 'formats with the old id, so that the workers join' do
        expect(refused?).to be false
        expect(catalogue.resource('exec', 'format the namenode')[:command]).to end_with("-format -nonInteractive -clusterid #{OLD_ID}")
      end

      it 'does so once: a second loss needs a second decision' do
        formatted_as(OLD_ID)
        remember
        expect(File.read(marker)).to eq("cluster_id: #{OLD_ID}\nabandoned: #{OLD_ID}\n")
        expect(due?('remember the format')).to be false
        FileUtils.rm_r(File.join(name, 'current'))
        expect(refused?).to be true
        expect(message).to include('was used for a format already')
      end

      it 'heeds a marker of another id' do
        File.write(marker, "cluster_id: #{OTHER_ID}\n")
        expect(refused?).to be true
      end

      it 'takes the marker of the id that is given up for no obstacle' do
        File.write(marker, "cluster_id: #{OLD_ID}\n")
        expect(refused?).to be false
      end
    end

    context 'and another id is given up' do
      let(:params) { { abandon: 'CID-typo' } }

      it 'refuses' do
        expect(refused?).to be true
        expect(message).to include('CID-typo is none of these')
      end
    end
  end

  context 'with an id to give up that would be more than an id' do
    let(:params) { { abandon: 'CID-1; rm -rf /' } }

    it { is_expected.to compile.and_raise_error(/parameter 'abandon'/) }
  end
end
