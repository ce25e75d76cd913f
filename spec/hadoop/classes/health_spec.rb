# frozen_string_literal: true

require_relative '../support'

# The last resource of each role: the run succeeds only if the role is healthy.
RSpec.describe 'hadoop', type: :class do
  include_context 'with exports', [%w[n namenode nn.example.com 8020], %w[j jobtracker jt.example.com 8032]]
  let(:node) { NODE }
  let(:role) { 'worker' }
  let(:post_condition) { "include hadoop::#{role}" }

  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }

      it 'installs the command with what it needs' do
        is_expected.to contain_file('/usr/local/sbin/hadoop_health').with_mode('0755').with_source('puppet:///modules/hadoop/hadoop_health')
          .that_requires('Package[python3]')
        is_expected.to contain_class('hadoop::commands').that_comes_before('Exec[hadoop_health worker]')
      end

      it 'looks at a worker after both its daemons, and changes nothing if it is healthy' do
        is_expected.to contain_exec('hadoop_health worker')
          .with_command('hadoop_health --wait 120 worker').with_unless('hadoop_health worker').with_logoutput('on_failure')
          .that_requires(['Service[hadoop-hdfs-datanode]', 'Service[hadoop-yarn-nodemanager]'])
          .that_requires('Exec[restart hadoop-yarn-nodemanager for newer configuration]')
      end
    end
  end

  { 'namenode' => ['hadoop-hdfs-namenode'], 'jobtracker' => %w[hadoop-yarn-resourcemanager hadoop-mapreduce-historyserver] }
    .each do |role, units|
    context "on a #{role}" do
      let(:role) { role }
      let(:pre_condition) { '' }
      let(:facts) do
        RecordedFacts['debian-13'].merge('hadoop_partners' => { 'hadoop' => {
                                           'namenode' => { 'address' => 'nn.example.com', 'port' => 8020 },
                                         } })
      end

      it { is_expected.to contain_exec("hadoop_health #{role}").that_requires(units.map { |unit| "Service[#{unit}]" }) }
    end
  end

  context 'on a host with several daemons' do
    let(:post_condition) { "include hadoop::worker\ninclude hadoop::secondarynamenode" }

    it 'looks at no role before all daemons were started' do
      is_expected.to contain_exec('hadoop_health worker').that_requires('Service[hadoop-hdfs-secondarynamenode]')
      is_expected.to contain_exec('hadoop_health secondarynamenode').that_requires('Service[hadoop-yarn-nodemanager]')
    end
  end

  it 'keeps the timer of a node that has just found its partners until it is healthy' do
    is_expected.to contain_exec('hadoop_health worker').that_comes_before('Exec[remove the timer puppet-agent-assembly]')
  end

  context 'with another patience' do
    let(:params) { { health_wait: 30 } }

    it { is_expected.to contain_exec('hadoop_health worker').with_command('hadoop_health --wait 30 worker').with_timeout(150) }
  end

  context 'with none' do
    let(:params) { { health_wait: 0 } }

    it 'leaves health to the operator, and the command there' do
      is_expected.not_to contain_exec('hadoop_health worker')
      is_expected.to contain_file('/usr/local/sbin/hadoop_health')
    end
  end

  context 'on a worker that is drained' do
    let(:params) { { excluded: [NODE] } }

    it { is_expected.not_to contain_exec('hadoop_health worker') }
  end

  context 'on a worker while another is drained' do
    let(:params) { { excluded: ['other.example.com'] } }

    it { is_expected.to contain_exec('hadoop_health worker') }
  end
end
