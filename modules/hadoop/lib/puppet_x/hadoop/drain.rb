# frozen_string_literal: true

return if defined?(PuppetX::Hadoop::Drain) # puppet apply finds two copies, the agent's too

require 'json'
require 'net/http'
require 'time'
require_relative 'site'

module PuppetX; end
module PuppetX::Hadoop; end

# How far the daemons of this host are with the nodes that their exclude files name: two HTTP requests, no JVM.
class PuppetX::Hadoop::Drain
  NAMENODE = '/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo'
  # Without them the ResourceManager leaves out those that are gone.
  STATES = %w[NEW RUNNING UNHEALTHY DECOMMISSIONING DECOMMISSIONED LOST REBOOTED SHUTDOWN].freeze
  JOBTRACKER = "/ws/v1/cluster/nodes?states=#{STATES.join(',')}"
  # A host is listed once for each port that its daemon has had; the state nearest to work counts.
  ORDER = %w[RUNNING UNHEALTHY NEW REBOOTED DECOMMISSIONING DECOMMISSIONED SHUTDOWN LOST].freeze
  SECONDS = 5

  # Anything that can come of asking a daemon that is down, starting, or something else.
  FAILURES = [SystemCallError, SocketError, EOFError, Timeout::Error, Net::ProtocolError, JSON::ParserError,
              IndexError, NoMethodError, TypeError, ArgumentError, URI::Error, IOError].freeze

  # @param directory that of the configuration
  def initialize(directory: PuppetX::Hadoop::Site::DIRECTORY)
    @hdfs = PuppetX::Hadoop::Site.read('hdfs-site', directory)
    @yarn = PuppetX::Hadoop::Site.read('yarn-site', directory)
  end

  # @return [Hash, nil] the fact's value; nil while nobody is excluded
  def status
    hosts = excluded(@hdfs['dfs.hosts.exclude'])
    nodes = excluded(@yarn['yarn.resourcemanager.nodes.exclude-path'])
    return nil if hosts.empty? && nodes.empty?

    @errors = []
    found = {}
    found.merge!(attempt('namenode') { namenode(hosts) }, { 'replication' => @hdfs.fetch('dfs.replication', '3').to_i }) unless hosts.empty?
    found.merge!(attempt('jobtracker') { { 'jobtracker' => jobtracker(nodes) } }) unless nodes.empty?
    found['error'] = @errors.join('; ') unless @errors.empty?
    found.merge('at' => Time.now.utc.iso8601)
  end

  private

  def excluded(path)
    return [] unless path && File.file?(path)

    File.readlines(path, chomp: true).map { |line| line.sub(/#.*/, '').strip.downcase }.reject(&:empty?)
  end

  def attempt(role)
    yield
  rescue *FAILURES => e
    @errors << "#{role}: #{e.message}"
    {}
  end

  # The lists are JSON in a string, of HOST:PORT => attributes.
  def namenode(hosts)
    info = get(@hdfs.fetch('dfs.namenode.http-address'), NAMENODE).fetch('beans').fetch(0)
    live, leaving, dead = info.fetch_values('LiveNodes', 'DecomNodes', 'DeadNodes').map { |list| JSON.parse(list) }
    {
      'namenode' => hosts.to_h { |host| [host, host_state(host, live, leaving, dead)] },
      'live_datanodes' => live.size,
      'missing_blocks' => info.fetch('NumberOfMissingBlocks'),
    }
  end

  # One that was dead when it was excluded is called decommissioned too.
  def host_state(host, *lists)
    live, leaving, dead = lists.map { |list| attributes(list, host) }
    datanode(live, leaving, dead).merge('alive' => !live.nil?)
  end

  def attributes(list, host)
    list.find { |name, _| name.rpartition(':').first.downcase == host }&.last
  end

  def datanode(live, leaving, dead)
    return blocks('decommissioning', leaving['underReplicatedBlocks'], leaving['decommissionOnlyReplicas']) if leaving

    state = (live || dead || {})['adminState']
    return blocks('decommissioned') if state == 'Decommissioned'
    return blocks('decommissioning', live['numBlocks']) if live && state.start_with?('Decommission')
    return blocks('live', live['numBlocks']) if live

    blocks(dead ? 'dead' : 'unknown')
  end

  def blocks(state, left = 0, only = 0)
    { 'state' => state, 'blocks_left' => left, 'only_replicas' => only }
  end

  def jobtracker(hosts)
    address = @yarn['yarn.resourcemanager.webapp.address'] || "#{@yarn.fetch('yarn.resourcemanager.hostname')}:8088"
    # `nodes` is null while there is none.
    nodes = (get(address, JOBTRACKER).fetch('nodes') || {}).fetch('node', []).group_by { |node| node.fetch('nodeHostName').downcase }
    hosts.to_h { |host| [host, nodemanager(nodes.fetch(host, []))] }
  end

  def nodemanager(entries)
    entry = entries.min_by { |node| ORDER.index(node['state']) || -1 }
    { 'state' => entry ? entry['state'] : 'unknown', 'containers' => entries.sum { |node| node.fetch('numContainers') } }
  end

  def get(address, path)
    host, _, port = address.rpartition(':')
    Net::HTTP.start(host, Integer(port), nil, open_timeout: SECONDS, read_timeout: SECONDS) do |http|
      response = http.get(path)
      raise IOError, "http://#{address}#{path[/[^?]*/]}: HTTP #{response.code}" unless response.is_a?(Net::HTTPOK)

      JSON.parse(response.body)
    end
  end
end
