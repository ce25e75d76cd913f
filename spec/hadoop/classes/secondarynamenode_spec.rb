# frozen_string_literal: true

require_relative '../support'

RSpec.describe 'hadoop::secondarynamenode', type: :class do
  let(:node) { NODE }

  on_supported_systems do |system, facts|
    context "on #{system} with a namenode" do
      include_context 'with exports', [%w[n namenode nn.example.com 8020]]
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }
      it { is_expected.to contain_service('hadoop-hdfs-secondarynamenode').with_ensure('running').with_enable(true) }

      it 'keeps its checkpoints to hdfs, and is healthy at the end of a run' do
        expect(xml('hdfs-site')).to include(
          'dfs.namenode.checkpoint.dir' => 'file:///var/lib/hadoop-hdfs/namesecondary', 'dfs.namenode.checkpoint.period' => '3600',
          'dfs.namenode.secondary.http-address' => '0.0.0.0:9868', 'dfs.namenode.http-address' => 'nn.example.com:9870'
        )
        is_expected.to contain_file('/var/lib/hadoop-hdfs/namesecondary').with_owner('hdfs').with_mode('0700')
          .that_comes_before('Package[hadoop-hdfs-secondarynamenode]')
        is_expected.to contain_exec('hadoop_health secondarynamenode').that_requires('Service[hadoop-hdfs-secondarynamenode]')
      end

      context 'with directories, a period and a mount point of its own' do
        let(:params) { { checkpoint_dirs: ['/disk/a', '/disk/b'], checkpoint_period: 600, mountpoints: ['/disk'] } }

        it 'uses them' do
          expect(xml('hdfs-site')).to include('dfs.namenode.checkpoint.dir' => 'file:///disk/a,file:///disk/b',
                                              'dfs.namenode.checkpoint.period' => '600')
          is_expected.to contain_file('/disk/b').that_requires('Hadoop::Mountpoint[/disk]')
          is_expected.to contain_file('/etc/systemd/system/hadoop-hdfs-secondarynamenode.service.d/hadoop.conf')
            .with_content(%r{^AssertPathIsMountPoint=/disk$})
        end
      end
    end
  end

  context 'without a namenode' do
    it 'installs no daemon and waits' do
      is_expected.to compile.with_all_deps
      is_expected.not_to contain_package('hadoop-hdfs-secondarynamenode')
      is_expected.not_to contain_exec('hadoop_health secondarynamenode')
      is_expected.to contain_service('puppet-agent-assembly.timer')
    end
  end

  context 'beside the jobtracker' do
    include_context 'with exports', [%w[n namenode nn.example.com 8020]]
    let(:post_condition) { 'include hadoop::jobtracker' }

    it 'has a share of the memory' do
      content = catalogue.resource('file', '/etc/hadoop/conf.puppet/hadoop-env.sh')[:content]
      # 4003 MiB, less 512 for the system: 7/10 of it in three.
      expect(content).to include('HDFS_SECONDARYNAMENODE_OPTS="-Xmx814m', 'YARN_RESOURCEMANAGER_OPTS="-Xmx814m')
    end
  end

  context 'with a period that is no period' do
    let(:params) { { checkpoint_period: 5 } }

    it { is_expected.to compile.and_raise_error(/parameter 'checkpoint_period'/) }
  end

  context 'with a mount point beneath which nothing is kept' do
    let(:params) { { mountpoints: ['/disk'] } }

    it { is_expected.to compile.and_raise_error(/hadoop::secondarynamenode: mountpoints names .disk/) }
  end
end
