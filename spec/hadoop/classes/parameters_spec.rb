# frozen_string_literal: true

require_relative '../support'

# Every parameter of every public class changes something that can be seen, on every system: one host has all roles, and all parameters
# set to something else than their defaults. [value, what shows it, what that is]
# 20480, less a NameNode of 2048 MiB heap and five daemons of 1024 (20480 / 16 is more than the most), each a quarter and 64 larger.
CONTAINERS_MB = 20_480 - (2048 * 5 / 4 + 64) - 5 * (1024 * 5 / 4 + 64)

PARAMETERS = {
  'hadoop' => {
    'cluster' => ['other', -> { xml('hdfs-site')['puppet.hadoop.cluster'] }, 'other'],
    'memory_mb' => [20_480, -> { xml('yarn-site')['yarn.nodemanager.resource.memory-mb'] }, CONTAINERS_MB.to_s],
    'vcores' => [12, -> { xml('yarn-site')['yarn.nodemanager.resource.cpu-vcores'] }, '12'],
    'container_mb' => [2048, -> { xml('mapred-site')['mapreduce.map.memory.mb'] }, '2048'],
    'heap_mb' => [{ 'namenode' => 2048 }, -> { text('hadoop-env.sh')[/HDFS_NAMENODE_OPTS="(\S+)/, 1] }, '-Xmx2048m'],
    'replication' => [2, -> { xml('hdfs-site')['dfs.replication'] }, '2'],
    'excluded' => [['w9.example.com'], -> { text('dfs.exclude').lines(chomp: true).last }, 'w9.example.com'],
    'rack' => ['/hall-2', -> { xml('yarn-site')['puppet.hadoop.rack'] }, '/hall-2'],
    'racks' => [{ '10.1.0.0/16' => '/hall-1' }, -> { text('topology.json')[/"10.*$/] }, '"10.1.0.0/16": "/hall-1"'],
    'bind_host' => ['10.0.0.1', -> { xml('hdfs-site')['dfs.namenode.rpc-bind-host'] }, '10.0.0.1'],
    'manage_own_name' => [false, -> { catalogue.resource('file_line', 'own name in /etc/hosts') }, nil],
    'health_wait' => [7, -> { catalogue.resource('exec', 'hadoop_health worker')[:command] }, 'hadoop_health --wait 7 worker'],
    'java_package' => ['java-jre', -> { catalogue.resource('package', 'java-jre')[:ensure].to_s }, 'installed'],
    'java_home' => ['/opt/java', -> { text('hadoop-env.sh')[/JAVA_HOME="(.*)"/, 1] }, '/opt/java'],
    'package_ensure' => ['3.5.0-1', -> { catalogue.resource('package', 'hadoop-hdfs-datanode')[:ensure] }, '3.5.0-1'],
    'properties' => [{ 'mapred-site' => { 'a.b' => 1 } }, -> { xml('mapred-site')['a.b'] }, '1'],
    'environment' => [{ 'A_B' => 'c' }, -> { text('hadoop-env.sh')[/A_B=.*/] }, 'A_B="c"'],
    'log4j' => [{ 'log4j.logger.x' => 'DEBUG' }, -> { text('log4j.properties')[/log4j.logger.x=.*/] }, 'log4j.logger.x=DEBUG'],
  },
  'hadoop::apt' => {
    'location' => ['http://p.example.com/h', -> { sources['URIs'] }, 'http://p.example.com/h'],
    'release' => ['bookworm', -> { sources['Suites'] }, 'bookworm'],
    'repos' => ['a b', -> { sources['Components'] }, 'a b'],
    'keyring' => ['/etc/apt/keyrings/x.asc', -> { sources['Signed-By'] }, '/etc/apt/keyrings/x.asc'],
    'key_content' => ['KEY', -> { catalogue.resource('file', '/etc/apt/keyrings/x.asc')[:content] }, 'KEY'],
  },
  'hadoop::namenode' => {
    'name_dirs' => [['/n/a', '/n/b'], -> { xml('hdfs-site')['dfs.namenode.name.dir'] }, 'file:///n/a,file:///n/b'],
    'mountpoints' => [['/n'], -> { catalogue.resource('hadoop::mountpoint', '/n').title }, '/n'],
    'abandon' => ['CID-1', -> { catalogue.resource('exec', 'format the namenode')[:command][/-clusterid \S+/] }, '-clusterid CID-1'],
    'port' => [9000, -> { xml('core-site')['fs.defaultFS'][/\d+\z/] }, '9000'],
    'users' => [['alice'], -> { catalogue.resource('hdfs_directory', '/user/alice')[:owner] }, 'alice'],
  },
  'hadoop::secondarynamenode' => {
    'checkpoint_dirs' => [['/c/a'], -> { xml('hdfs-site')['dfs.namenode.checkpoint.dir'] }, 'file:///c/a'],
    'checkpoint_period' => [600, -> { xml('hdfs-site')['dfs.namenode.checkpoint.period'] }, '600'],
    'mountpoints' => [['/c'], -> { catalogue.resource('hadoop::mountpoint', '/c').title }, '/c'],
  },
  'hadoop::jobtracker' => {
    'port' => [8099, -> { xml('yarn-site')['yarn.resourcemanager.address'][/\d+\z/] }, '8099'],
    'drain_timeout' => [60, -> { catalogue.resource('exec', 'tell hadoop-yarn-resourcemanager of yarn.exclude')[:command][/-g \d+/] }, '-g 60'],
  },
  'hadoop::worker' => {
    'data_dirs' => [['/w/d'], -> { xml('hdfs-site')['dfs.datanode.data.dir'] }, 'file:///w/d'],
    'local_dirs' => [['/w/l'], -> { xml('yarn-site')['yarn.nodemanager.local-dirs'] }, '/w/l'],
    'log_dirs' => [['/w/g'], -> { xml('yarn-site')['yarn.nodemanager.log-dirs'] }, '/w/g'],
    'mountpoints' => [['/w'], -> { catalogue.resource('hadoop::mountpoint', '/w').title }, '/w'],
    'recovery' => [false, -> { xml('yarn-site')['yarn.nodemanager.recovery.enabled'] }, 'false'],
  },
  'hadoop::client' => {},
}.freeze

# Seen in apt_spec.rb: it excludes key_content.
ELSEWHERE = { 'hadoop::apt' => ['key_source'] }.freeze

module EffectsOfParameters
  def text(file)
    catalogue.resource('file', "/etc/hadoop/conf.puppet/#{file}")[:content]
  end

  def sources
    content = catalogue.resource('file', '/etc/apt/sources.list.d/hadoop.sources')[:content]
    content.lines(chomp: true).grep(/: /).to_h { |line| line.split(': ', 2) }
  end

  def effects(classes)
    classes.to_h { |name| [name, PARAMETERS[name].transform_values { |(_value, effect, _expected)| instance_exec(&effect) }] }
  end

  def expected(classes)
    classes.to_h { |name| [name, PARAMETERS[name].transform_values(&:last)] }
  end
end

RSpec.describe 'hadoop', type: :class do
  include EffectsOfParameters
  let(:node) { NODE }
  let(:classes) { PARAMETERS.keys - ['hadoop::apt'] }
  let(:params) { PARAMETERS['hadoop'].transform_values(&:first) }
  # Ruby's notation of these values is Puppet's too.
  let(:post_condition) do
    (classes - ['hadoop']).map do |name|
      "class { '#{name}': #{PARAMETERS[name].map { |parameter, (value)| "#{parameter} => #{value.inspect}," }.join(' ')} }"
    end.join("\n")
  end

  on_supported_systems do |system, facts|
    context "on #{system}, with every parameter of every role by hand" do
      let(:facts) { facts }

      it('shows each of them') { expect(effects(classes)).to eq(expected(classes)) }
    end
  end

  it 'has none that is not looked at here, and neither have its roles' do
    PARAMETERS.each do |name, parameters|
      file = name == 'hadoop' ? 'init' : name.delete_prefix('hadoop::')
      program = Puppet::Pops::Parser::EvaluatingParser.new.parse_file(File.join(ROOT, "modules/hadoop/manifests/#{file}.pp"))
      expect([name, parameters.keys + ELSEWHERE.fetch(name, [])])
        .to match([name, match_array(program.definitions.first.parameters.map(&:name))])
    end
  end

  it 'looks at every class that is not private' do
    files = Dir[File.join(ROOT, 'modules/hadoop/manifests/**/*.pp')].map { |file| File.read(file) }
    public_classes = files.grep_v(/^# @api private$/).filter_map { |text| text[/^class (\S+)/, 1] }
    expect(PARAMETERS.keys).to match_array(public_classes)
  end
end

RSpec.describe 'hadoop::apt', type: :class do
  include EffectsOfParameters
  let(:params) { PARAMETERS['hadoop::apt'].transform_values(&:first) }

  on_supported_systems do |system, facts|
    context "on #{system}, with every parameter by hand" do
      let(:facts) { facts }

      it('shows each of them') { expect(effects(['hadoop::apt'])).to eq(expected(['hadoop::apt'])) }
    end
  end
end
