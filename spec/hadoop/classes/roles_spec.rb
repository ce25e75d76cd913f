# frozen_string_literal: true

require_relative '../support'

RSpec.describe 'hadoop::namenode', type: :class do
  let(:node) { NODE }

  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }
      it { is_expected.to contain_package('hadoop-hdfs-namenode') }
      it { is_expected.to contain_service('hadoop-hdfs-namenode').with_ensure('running').with_enable(true) }

      it 'tells the others where it is' do
        expect(exported_resources).to contain_hadoop__endpoint("namenode of hadoop on #{NODE}")
          .with_address(facts[:networking]['fqdn']).with_port(8020).with_role('namenode').with_cluster('hadoop')
      end

      it 'runs with the Java of the release' do
        version = system == 'debian-12' ? 17 : 21
        is_expected.to contain_package("openjdk-#{version}-jre-headless")
        is_expected.to contain_file('/etc/hadoop/conf.puppet/hadoop-env.sh')
          .with_content(%r{^export JAVA_HOME="/usr/lib/jvm/java-#{version}-openjdk-amd64"$})
      end
    end
  end

  it 'formats its directory once, before the daemon comes' do
    is_expected.to contain_exec('format the namenode')
      .with_user('hdfs').with_creates(['/var/lib/hadoop-hdfs/name/current/VERSION'])
      .that_comes_before('Package[hadoop-hdfs-namenode]').that_requires('File[/etc/hadoop/conf.puppet/hdfs-site.xml]')
  end

  it 'is complete without workers, and knows itself without being told' do
    expect(xml('core-site')).to include('fs.defaultFS' => 'hdfs://ip-172-31-0-10.ec2.internal:8020')
    expect(xml('hdfs-site')).to include('dfs.namenode.name.dir' => 'file:///var/lib/hadoop-hdfs/name')
  end

  it 'makes the directories of HDFS as Hadoop recommends, after the daemon' do
    is_expected.to contain_hdfs_directory('/tmp').with_owner('hdfs').with_group('hadoop').with_mode('1777')
      .with_url('http://ip-172-31-0-10.ec2.internal:9870').that_requires('Service[hadoop-hdfs-namenode]')
    is_expected.to contain_hdfs_directory('/user/history/done_intermediate').with_owner('mapred').with_mode('1777')
    is_expected.to contain_hdfs_directory('/tmp/hadoop-yarn/staging').with_mode('1777')
    is_expected.to contain_hdfs_directory('/user/debian').with_owner('debian').with_mode('0700')
  end

  context 'with its own directories, port and users' do
    let(:params) { { name_dirs: ['/a', '/b'], port: 9000, users: ['alice'] } }

    it 'uses them' do
      expect(xml('core-site')['fs.defaultFS']).to eq('hdfs://ip-172-31-0-10.ec2.internal:9000')
      expect(xml('hdfs-site')['dfs.namenode.name.dir']).to eq('file:///a,file:///b')
      is_expected.to contain_exec('format the namenode').with_creates(['/a/current/VERSION', '/b/current/VERSION'])
      is_expected.to contain_hdfs_directory('/user/alice')
      is_expected.not_to contain_hdfs_directory('/user/debian')
    end
  end

  context 'when PuppetDB knows another namenode of the cluster' do
    include_context 'with exports', [%w[other namenode nn2.example.com 8020]]

    it 'is refused, and both are named' do
      is_expected.to compile.and_raise_error(/namenode already: nn2.example.com \(certname other\).*#{NODE}/)
    end
  end

  context "when PuppetDB knows this node's own export" do
    include_context 'with exports', [[NODE, 'namenode', 'ip-172-31-0-10.ec2.internal', 8020]]

    it { is_expected.to compile }
  end
end

RSpec.describe 'hadoop::jobtracker', type: :class do
  let(:node) { NODE }

  on_supported_systems do |system, facts|
    context "on #{system} with a namenode" do
      let(:facts) { facts.merge(hadoop_partners: { 'hadoop' => { 'namenode' => { 'address' => 'nn.example.com', 'port' => 8020 } } }) }

      it { is_expected.to compile.with_all_deps }
      it { is_expected.to contain_service('hadoop-yarn-resourcemanager').with_ensure('running').with_enable(true) }
      it { is_expected.to contain_service('hadoop-mapreduce-historyserver').with_ensure('running').with_enable(true) }

      it 'tells the others where it is' do
        expect(exported_resources).to contain_hadoop__endpoint("jobtracker of hadoop on #{NODE}")
          .with_address(facts[:networking]['fqdn']).with_port(8032).with_role('jobtracker')
      end
    end
  end

  context 'without a namenode' do
    it 'installs no daemon, waits, and still tells the others where it is' do
      is_expected.to compile.with_all_deps
      expect(catalogue.resources.select { |resource| resource.type == 'Service' }.map(&:title)).to eq(['puppet-agent-assembly.timer'])
      is_expected.not_to contain_file('/etc/hadoop/conf.puppet/core-site.xml')
      expect(exported_resources).to contain_hadoop__endpoint("jobtracker of hadoop on #{NODE}")
    end
  end

  context 'when PuppetDB knows another jobtracker of the cluster' do
    include_context 'with exports', [%w[other jobtracker jt2.example.com 8032]]

    it { is_expected.to compile.and_raise_error(/jobtracker already: jt2.example.com/) }
  end
end

RSpec.describe 'hadoop::worker', type: :class do
  let(:node) { NODE }

  on_supported_systems do |system, facts|
    context "on #{system} with its partners" do
      include_context 'with exports', [%w[n namenode nn.example.com 8020], %w[j jobtracker jt.example.com 8032]]
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }
      it { is_expected.to contain_service('hadoop-hdfs-datanode').with_ensure('running').with_enable(true) }
      it { is_expected.to contain_service('hadoop-yarn-nodemanager').with_ensure('running').with_enable(true) }
      it { is_expected.not_to contain_service('puppet-agent-assembly.timer') }

      it 'takes their addresses from the exports' do
        expect(xml('core-site')['fs.defaultFS']).to eq('hdfs://nn.example.com:8020')
        expect(xml('yarn-site')['yarn.resourcemanager.hostname']).to eq('jt.example.com')
        expect(xml('mapred-site')['mapreduce.jobhistory.address']).to eq('jt.example.com:10020')
      end
    end
  end

  context 'with no partner' do
    it 'has no daemon and no half configuration, but Java, packages and the timer' do
      is_expected.to compile.with_all_deps
      expect(catalogue.resources.select { |resource| resource.type == 'Service' }.map(&:title)).to eq(['puppet-agent-assembly.timer'])
      expect(catalogue.resources.map(&:title).grep(/-site\.xml/)).to be_empty
      is_expected.to contain_package('hadoop-client')
      is_expected.to contain_service('puppet-agent-assembly.timer').with_ensure('running').with_enable(true)
      is_expected.to contain_file('/etc/systemd/system/puppet-agent-assembly.timer')
        .with_content(/^OnActiveSec=1s$/).with_content(/^OnUnitActiveSec=30s$/)
      is_expected.to contain_file('/etc/systemd/system/puppet-agent-assembly.service').with_content(/puppet agent --onetime/)
    end
  end

  context 'with a namenode alone' do
    include_context 'with exports', [%w[n namenode nn.example.com 8020]]

    it 'serves blocks already and waits for the jobtracker' do
      is_expected.to contain_service('hadoop-hdfs-datanode')
      is_expected.not_to contain_service('hadoop-yarn-nodemanager')
      is_expected.not_to contain_package('hadoop-yarn-nodemanager')
      is_expected.to contain_service('puppet-agent-assembly.timer')
    end
  end

  context 'when PuppetDB has forgotten partners that the node remembers' do
    include_context 'with exports', []
    let(:facts) do
      RecordedFacts['debian-13'].merge(
        'hadoop_partners' => {
          'hadoop' => {
            'namenode' => { 'address' => 'nn.example.com', 'port' => 8020 },
            'jobtracker' => { 'address' => 'jt.example.com', 'port' => 8032 },
          },
        }
      )
    end

    it 'keeps its configuration and daemons' do
      expect(xml('core-site')['fs.defaultFS']).to eq('hdfs://nn.example.com:8020')
      is_expected.to contain_service('hadoop-yarn-nodemanager')
      is_expected.not_to contain_service('puppet-agent-assembly.timer')
    end

    context 'and one has another address now' do
      include_context 'with exports', [%w[n2 namenode nn2.example.com 8020]]

      it { expect(xml('core-site')['fs.defaultFS']).to eq('hdfs://nn2.example.com:8020') }
    end
  end

  context 'with two namenodes in PuppetDB' do
    include_context 'with exports', [%w[a namenode nn1.example.com 8020], %w[b namenode nn2.example.com 8020]]

    it 'fails and names both' do
      is_expected.to compile.and_raise_error(/more than one namenode: nn1.example.com \(certname a\) and nn2.example.com \(certname b\)/)
    end
  end

  context 'with directories on several disks' do
    include_context 'with exports', [%w[n namenode nn.example.com 8020], %w[j jobtracker jt.example.com 8032]]
    let(:params) { { data_dirs: ['/data/1', '/data/2'], local_dirs: ['/local/1'], log_dirs: ['/logs/1'] } }

    it 'makes them before the daemons that use them' do
      expect(xml('hdfs-site')['dfs.datanode.data.dir']).to eq('file:///data/1,file:///data/2')
      expect(xml('yarn-site')).to include('yarn.nodemanager.local-dirs' => '/local/1', 'yarn.nodemanager.log-dirs' => '/logs/1')
      is_expected.to contain_file('/data/2').with_owner('hdfs').with_mode('0700').that_comes_before('Package[hadoop-hdfs-datanode]')
      is_expected.to contain_file('/local/1').with_owner('yarn').that_comes_before('Package[hadoop-yarn-nodemanager]')
    end
  end
end
