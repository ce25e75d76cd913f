# frozen_string_literal: true

require 'facter'
require 'socket'
require File.join(ROOT, 'modules/hadoop/lib/puppet_x/hadoop/drain')

# The answers are those of Hadoop 3.5's daemons, shortened.
RSpec.describe 'the fact hadoop_drain' do
  let(:directory) { Dir.mktmpdir }
  let(:server) { TCPServer.new('127.0.0.1', 0) }
  let(:address) { "127.0.0.1:#{server.addr[1]}" }
  let(:requests) { [] }
  let(:drain) { PuppetX::Hadoop::Drain.new(directory: directory) }

  after do
    server.close unless server.closed?
    FileUtils.remove_entry(directory)
  end

  def site(name, properties)
    lines = properties.map { |key, value| "  <property><name>#{key}</name><value>#{value}</value></property>\n" }
    File.write(File.join(directory, "#{name}.xml"), "<configuration>\n#{lines.join}</configuration>\n")
  end

  def exclude(file, *names)
    File.write(path = File.join(directory, file), "# Written by Puppet\n#{names.join("\n")}\n")
    path
  end

  def namenode(*excluded)
    site('hdfs-site', 'dfs.hosts.exclude' => exclude('dfs.exclude', *excluded), 'dfs.namenode.http-address' => address, 'dfs.replication' => 2)
  end

  def jobtracker(*excluded)
    site('yarn-site', 'yarn.resourcemanager.nodes.exclude-path' => exclude('yarn.exclude', *excluded),
                      'yarn.resourcemanager.hostname' => 'jt.invalid', 'yarn.resourcemanager.webapp.address' => address)
  end

  def answers(body, status: 200)
    Thread.new do
      socket = server.accept
      requests << socket.gets.split[1]
      nil until socket.gets.strip.empty?
      socket.write("HTTP/1.1 #{status} X\r\nContent-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}")
      socket.close
    end
  end

  def jmx(live: {}, leaving: {}, dead: {})
    lists = { 'LiveNodes' => live, 'DecomNodes' => leaving, 'DeadNodes' => dead }.transform_values { |list| JSON.generate(list) }
    JSON.generate('beans' => [lists.merge('name' => 'Hadoop:service=NameNode,name=NameNodeInfo', 'NumberOfMissingBlocks' => 1)])
  end

  def nodes(*rows)
    list = rows.map { |host, state, containers| { 'id' => "#{host}:8041", 'nodeHostName' => host, 'state' => state, 'numContainers' => containers } }
    JSON.generate('nodes' => list.empty? ? nil : { 'node' => list })
  end

  it 'is absent on a host without exclude files, and while they name nobody' do
    expect(drain.status).to be_nil
    namenode
    jobtracker
    expect(PuppetX::Hadoop::Drain.new(directory: directory).status).to be_nil
    expect(requests).to be_empty
  end

  it 'says of each excluded datanode how far it is' do
    namenode('W1.x', 'w2.x', 'w3.x', 'w4.x', 'w5.x', 'w6.x')
    answers(jmx(
              live: { 'w1.x:9866' => { 'adminState' => 'Decommission In Progress', 'numBlocks' => 9 },
                      'w2.x:9866' => { 'adminState' => 'Decommissioned', 'numBlocks' => 9 },
                      'w3.x:9866' => { 'adminState' => 'In Service', 'numBlocks' => 7 },
                      'other.x:9866' => { 'adminState' => 'In Service', 'numBlocks' => 1 } },
              leaving: { 'w1.x:9866' => { 'underReplicatedBlocks' => 3, 'decommissionOnlyReplicas' => 2 } },
              dead: { 'w4.x:9866' => { 'adminState' => 'Decommissioned', 'decommissioned' => true },
                      'w5.x:9866' => { 'adminState' => 'In Service', 'decommissioned' => false } }
            ))
    status = drain.status
    expect(requests).to eq(['/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo'])
    expect(status['namenode']).to eq(
      'w1.x' => { 'state' => 'decommissioning', 'alive' => true, 'blocks_left' => 3, 'only_replicas' => 2 },
      'w2.x' => { 'state' => 'decommissioned', 'alive' => true, 'blocks_left' => 0, 'only_replicas' => 0 },
      'w3.x' => { 'state' => 'live', 'alive' => true, 'blocks_left' => 7, 'only_replicas' => 0 },
      'w4.x' => { 'state' => 'decommissioned', 'alive' => false, 'blocks_left' => 0, 'only_replicas' => 0 },
      'w5.x' => { 'state' => 'dead', 'alive' => false, 'blocks_left' => 0, 'only_replicas' => 0 },
      'w6.x' => { 'state' => 'unknown', 'alive' => false, 'blocks_left' => 0, 'only_replicas' => 0 }
    )
    expect(status.slice('live_datanodes', 'missing_blocks', 'replication')).to eq('live_datanodes' => 4, 'missing_blocks' => 1, 'replication' => 2)
    expect(Time.iso8601(status['at'])).to be_within(60).of(Time.now)
    expect(status.keys).not_to include('jobtracker', 'error')
  end

  it 'does not take a datanode for done that the list of those that leave does not have yet' do
    namenode('w1.x')
    answers(jmx(live: { 'w1.x:9866' => { 'adminState' => 'Decommission In Progress', 'numBlocks' => 9 } }))
    expect(drain.status['namenode']).to eq('w1.x' => { 'state' => 'decommissioning', 'alive' => true, 'blocks_left' => 9, 'only_replicas' => 0 })
  end

  it 'does not take another node for an excluded one whose name begins the same' do
    namenode('w1')
    answers(jmx(live: { 'w1.x:9866' => { 'adminState' => 'Decommissioned', 'numBlocks' => 9 } }))
    expect(drain.status['namenode']['w1']['state']).to eq('unknown')
  end

  it 'says of each excluded NodeManager what the ResourceManager makes of it' do
    jobtracker('w1.x', 'w2.x', 'w3.x')
    answers(nodes(['w1.x', 'DECOMMISSIONING', 3], ['w2.x', 'DECOMMISSIONED', 0], ['other.x', 'RUNNING', 5]))
    expect(drain.status['jobtracker']).to eq(
      'w1.x' => { 'state' => 'DECOMMISSIONING', 'containers' => 3 },
      'w2.x' => { 'state' => 'DECOMMISSIONED', 'containers' => 0 },
      'w3.x' => { 'state' => 'unknown', 'containers' => 0 }
    )
    expect(requests.first).to start_with('/ws/v1/cluster/nodes?states=').and include('SHUTDOWN', 'LOST', 'DECOMMISSIONED')
  end

  it 'goes by the entry that still works when a host is listed under several ports' do
    jobtracker('w1.x')
    answers(nodes(['w1.x', 'LOST', 0], ['w1.x', 'DECOMMISSIONING', 1], ['w1.x', 'SHUTDOWN', 0]))
    expect(drain.status['jobtracker']).to eq('w1.x' => { 'state' => 'DECOMMISSIONING', 'containers' => 1 })
  end

  it 'does not take a state that it has never heard of for the end' do
    jobtracker('w1.x')
    answers(nodes(['w1.x', 'DECOMMISSIONED', 0], ['w1.x', 'SLEEPING', 0]))
    expect(drain.status['jobtracker']['w1.x']['state']).to eq('SLEEPING')
  end

  it 'knows a ResourceManager that has no node at all' do
    jobtracker('w1.x')
    answers(nodes)
    expect(drain.status['jobtracker']).to eq('w1.x' => { 'state' => 'unknown', 'containers' => 0 })
  end

  {
    'is something else' => ['<html>', 200], 'starts' => ['{"RemoteException":{}}', 503],
    'answers with other JSON' => ['{"beans":[]}', 200], 'answers with a list' => ['[1]', 200],
    'lacks a list' => ['{"beans":[{"LiveNodes":"{}","DecomNodes":"{}"}]}', 200],
  }.each do |what, (body, status)|
    it "leaves out a role whose daemon #{what}, and says so" do
      namenode('w1.x')
      answers(body, status: status)
      found = drain.status
      expect(found.keys).to contain_exactly('replication', 'error', 'at')
      expect(found['error']).to start_with('namenode: ')
    end
  end

  it 'leaves out daemons that are down, both of them' do
    namenode('w1.x')
    jobtracker('w1.x')
    server.close
    expect(drain.status['error']).to match(/\Anamenode: .*refused.*; jobtracker: .*refused/)
  end

  it 'gives up on a daemon that accepts and is silent' do
    stub_const('PuppetX::Hadoop::Drain::SECONDS', 0.2)
    namenode('w1.x')
    server
    expect(drain.status['error']).to match(/\Anamenode: .*(timeout|ReadTimeout)/i)
  end

  it 'is a fact by this name, from the configuration in use' do
    namenode('w1.x')
    answers(jmx)
    allow(PuppetX::Hadoop::Drain).to receive(:new).and_wrap_original { |original| original.call(directory: directory) }
    Facter.clear
    load File.join(ROOT, 'modules/hadoop/lib/facter/hadoop_drain.rb')
    expect(Facter.fact(:hadoop_drain).value['namenode']).to have_key('w1.x')
  end
end
