# frozen_string_literal: true

require_relative '../support'

# The parameters that all roles share, each seen through what it changes.
RSpec.describe 'hadoop', type: :class do
  include_context 'with exports', [%w[n namenode nn.example.com 8020], %w[j jobtracker jt.example.com 8032]]
  let(:node) { NODE }
  let(:with_role) { 'worker' }
  let(:post_condition) { "include hadoop::#{with_role}" }
  let(:environment_file) { catalogue.resource('file', '/etc/hadoop/conf.puppet/hadoop-env.sh')[:content] }

  it 'leaves a tenth of the machine to the system and a sixteenth to each daemon of a worker' do
    # 4198400000 bytes = 4003 MiB, less 512; 256 MiB is the least heap, which costs 384.
    expect(environment_file).to include('HDFS_DATANODE_OPTS="-Xmx256m', 'YARN_NODEMANAGER_OPTS="-Xmx256m')
    expect(xml('yarn-site')).to include('yarn.nodemanager.resource.memory-mb' => '2723', 'yarn.nodemanager.resource.cpu-vcores' => '2')
  end

  context 'with memory, processors and containers by hand' do
    let(:params) { { memory_mb: 20_480, vcores: 12, container_mb: 2048 } }

    it 'plans with them' do
      expect(environment_file).to include('HDFS_DATANODE_OPTS="-Xmx1024m')
      expect(xml('yarn-site')).to include('yarn.nodemanager.resource.memory-mb' => '17792', 'yarn.nodemanager.resource.cpu-vcores' => '12')
      expect(xml('mapred-site')).to include('mapreduce.map.memory.mb' => '2048', 'mapreduce.reduce.memory.mb' => '2048',
                                            'yarn.app.mapreduce.am.resource.mb' => '2048',
                                            'yarn.app.mapreduce.am.command-opts' => '-Xmx1638m')
    end
  end

  context 'with less memory than the daemons take' do
    let(:params) { { memory_mb: 512, container_mb: 512 } }

    it 'still has room for an application master and a task' do
      expect(xml('yarn-site')['yarn.nodemanager.resource.memory-mb']).to eq('1024')
    end
  end

  context 'with the heap of one daemon by hand' do
    let(:params) { { memory_mb: 4096, heap_mb: { 'datanode' => 640, 'namenode' => 9000 } } }

    it 'gives it that, takes it off the containers, and ignores daemons of other nodes' do
      expect(environment_file).to include('HDFS_DATANODE_OPTS="-Xmx640m', 'YARN_NODEMANAGER_OPTS="-Xmx256m')
      expect(environment_file).not_to include('NAMENODE')
      expect(xml('yarn-site')['yarn.nodemanager.resource.memory-mb']).to eq((4096 - (640 * 5 / 4) - 64 - 384).to_s)
    end
  end

  context 'on a host of one master' do
    let(:with_role) { 'namenode' }
    let(:pre_condition) { '' }
    let(:params) { { memory_mb: 2048 } }

    it { expect(environment_file).to include('HDFS_NAMENODE_OPTS="-Xmx1433m') }
  end

  context 'with another cluster' do
    let(:params) { { cluster: 'other' } }

    it 'is in that one' do
      expect(exported_resources).not_to contain_hadoop__endpoint("namenode of hadoop on #{NODE}")
      is_expected.to contain_hadoop__configuration('other')
    end
  end

  context 'with replication, address, Java and version of its own' do
    let(:params) do
      { replication: 2, bind_host: '10.0.0.1', java_package: 'temurin-17-jre', java_home: '/usr/lib/jvm/temurin', package_ensure: '3.5.0-1' }
    end

    it 'uses them' do
      expect(xml('hdfs-site')['dfs.replication']).to eq('2')
      expect(xml('yarn-site')).to include('yarn.nodemanager.bind-host' => '10.0.0.1', 'yarn.resourcemanager.bind-host' => '10.0.0.1')
      is_expected.to contain_package('temurin-17-jre')
      is_expected.not_to contain_package('openjdk-21-jre-headless')
      expect(environment_file).to include('export JAVA_HOME="/usr/lib/jvm/temurin"')
      is_expected.to contain_package('hadoop-client').with_ensure('3.5.0-1')
      is_expected.to contain_package('hadoop-hdfs-datanode').with_ensure('3.5.0-1')
    end
  end

  context 'with properties' do
    let(:params) do
      {
        properties: {
          'core-site' => { 'a.b' => '<&>', 'fs.trash.interval' => :undef },
          'capacity-scheduler' => { 'yarn.scheduler.capacity.maximum-am-resource-percent' => 0.2 },
        },
      }
    end

    it 'writes them over its own, escaped, and leaves out what is taken away' do
      content = catalogue.resource('file', '/etc/hadoop/conf.puppet/core-site.xml')[:content]
      expect(content).to include('<name>a.b</name><value>&lt;&amp;&gt;</value>')
      expect(xml('core-site').keys).not_to include('fs.trash.interval')
      expect(xml('capacity-scheduler')['yarn.scheduler.capacity.maximum-am-resource-percent']).to eq('0.2')
    end
  end

  context 'with a property of a file that there is not' do
    let(:params) { { properties: { 'hdsf-site' => { 'a' => 1 } } } }

    it { is_expected.to compile.and_raise_error(/parameter 'properties'.*hdsf-site/) }
  end

  context 'with a property whose value is a list' do
    let(:params) { { properties: { 'core-site' => { 'a' => [1] } } } }

    it { is_expected.to compile.and_raise_error(/parameter 'properties'/) }
  end

  it 'has each log that is a file rolled by who writes it' do
    settings = catalogue.resource('file', '/etc/hadoop/conf.puppet/log4j.properties')[:content]
    appenders = settings.scan(/^log4j\.appender\.(\w+)\.File=/).flatten
    expect(appenders).to eq(%w[RFA RFAS RFAAUDIT])
    appenders.each do |name|
      expect(settings).to match(/^log4j\.appender\.#{name}=org\.apache\.log4j\.RollingFileAppender$/)
        .and match(/^log4j\.appender\.#{name}\.MaxFileSize=./).and match(/^log4j\.appender\.#{name}\.MaxBackupIndex=./)
    end
  end

  context 'with variables and log4j lines' do
    let(:params) { { environment: { 'HADOOP_OPTS' => '-Da="b c"' }, log4j: { 'log4j.logger.x' => 'DEBUG', 'hadoop.root.logger' => 'WARN' } } }

    it 'writes them over its own' do
      expect(environment_file).to include('export HADOOP_OPTS="-Da=\"b c\""')
      log4j = catalogue.resource('file', '/etc/hadoop/conf.puppet/log4j.properties')[:content].lines(chomp: true)
      expect(log4j).to include('log4j.logger.x=DEBUG', 'hadoop.root.logger=WARN')
      expect(log4j.grep(/^hadoop.root.logger=/).size).to eq(1)
    end
  end

  describe 'its own name' do
    let(:line) { catalogue.resource('file_line', 'own name in /etc/hosts') }
    let(:replaced) { Regexp.new(line[:match]) }

    it 'is its address, not a loopback address' do
      expect(line[:line]).to eq("172.31.0.10 #{NODE} ip-172-31-0-10")
      is_expected.to contain_exec('keep cloud-init off /etc/hosts').with_onlyif('test -d /etc/cloud/cloud.cfg.d')
    end

    it 'takes the place of the line of cloud-init, and of an earlier address' do
      expect("127.0.1.1 #{NODE} ip-172-31-0-10").to match(replaced)
      expect("172.31.0.9\t#{NODE} ip-172-31-0-10").to match(replaced)
    end

    it 'leaves localhost and other hosts alone' do
      ['127.0.0.1 localhost', "127.0.0.1 #{NODE} localhost", '::1 localhost', '172.31.0.11 ip-172-31-0-11.ec2.internal',
       "172.31.0.12 #{NODE}.example.com"].each { |other| expect(other).not_to match(replaced) }
    end

    context 'when others manage /etc/hosts' do
      let(:params) { { manage_own_name: false } }

      it { is_expected.not_to contain_file_line('own name in /etc/hosts') }
      it { is_expected.not_to contain_exec('keep cloud-init off /etc/hosts') }
    end
  end
end
