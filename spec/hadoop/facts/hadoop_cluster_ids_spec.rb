# frozen_string_literal: true

require 'facter'
require File.join(ROOT, 'modules/hadoop/lib/puppet_x/hadoop/site')

RSpec.describe 'the fact hadoop_cluster_ids' do
  let(:directory) { Dir.mktmpdir }
  let(:site) { {} }
  let(:warnings) { [] }

  before do
    allow(PuppetX::Hadoop::Site).to receive(:read).with('hdfs-site') { site }
    allow(Dir).to receive(:glob).and_call_original
    allow(Dir).to receive(:glob).with('/etc/hadoop/formatted/*.yaml') { Dir.children(directory).grep(/\.yaml\z/).map { |name| File.join(directory, name) } }
    allow(Facter).to receive(:warn) { |message| warnings << message }
    Facter.clear
    load File.join(ROOT, 'modules/hadoop/lib/facter/hadoop_cluster_ids.rb')
  end

  after { FileUtils.remove_entry(directory) }

  def storage(name, content)
    FileUtils.mkdir_p(File.join(directory, name, 'current'))
    File.write(File.join(directory, name, 'current/VERSION'), content)
    File.join(directory, name)
  end

  def version(id)
    "#Tue Nov 24 12:38:16 UTC 2026\nstorageID=DS-1\nclusterID=#{id}\ncTime=0\n"
  end

  def fact
    Facter.fact(:hadoop_cluster_ids).value
  end

  it 'is absent on a node that holds nothing' do
    expect(fact).to be_nil
  end

  it 'says what the directories of all HDFS daemons hold, by cluster and id' do
    one = storage('one', version('CID-1'))
    two = storage('two', version('CID-1'))
    old = storage('old', version('CID-0'))
    site.merge!('puppet.hadoop.cluster' => 'c', 'dfs.datanode.data.dir' => "file://#{one},[SSD]file://#{two}, file://#{directory}/empty",
                'dfs.namenode.checkpoint.dir' => "file://#{old}")
    expect(fact).to eq('c' => { 'CID-1' => [one, two], 'CID-0' => [old] })
    expect(warnings).to be_empty
  end

  it 'says what a format has left on the root disk, though the names are gone' do
    File.write(marker = File.join(directory, 'hadoop.yaml'), "cluster_id: CID-1\nabandoned: CID-1\n")
    expect(fact).to eq('hadoop' => { 'CID-1' => [marker] })
  end

  it 'leaves out what cannot be read, with a warning that names the file, and keeps the rest' do
    File.write(File.join(directory, 'a.yaml'), 'cluster_id: [')
    File.write(File.join(directory, 'b.yaml'), '')
    File.write(kept = File.join(directory, 'c.yaml'), "cluster_id: CID-1\n")
    broken = storage('broken', '')
    FileUtils.rm(File.join(broken, 'current/VERSION'))
    File.symlink('VERSION', File.join(broken, 'current/VERSION'))
    site.merge!('puppet.hadoop.cluster' => 'c', 'dfs.datanode.data.dir' => "file://#{storage('half', "layoutVersion=1\n")},file://#{broken}")
    expect(fact).to eq('c' => { 'CID-1' => [kept] })
    expect(warnings.map { |message| message[%r{/(\w)\.yaml}, 1] }).to contain_exactly('a', 'b')
  end
end

RSpec.describe 'PuppetX::Hadoop::Site' do
  it 'reads what the template writes, the escaped too' do
    Dir.mktmpdir do |directory|
      File.write(File.join(directory, 'x-site.xml'), <<~XML)
        <configuration>
          <property><name>a.b</name><value>&lt;&amp;&gt; ü</value></property>
          <property><name>empty</name><value></value></property>
        </configuration>
      XML
      expect(PuppetX::Hadoop::Site.read('x-site', directory)).to eq('a.b' => '<&> ü', 'empty' => '')
      expect(PuppetX::Hadoop::Site.read('y-site', directory)).to eq({})
    end
  end

  it 'finds the paths in a list of directories' do
    expect(PuppetX::Hadoop::Site.directories('[DISK]file:///a/b, file:/c,/d,hdfs://e')).to eq(['/a/b', '/c', '/d'])
    expect(PuppetX::Hadoop::Site.directories(nil)).to eq([])
  end
end
