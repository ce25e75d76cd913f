# frozen_string_literal: true

require_relative '../support'

PARTNERS = {
  'hadoop' => {
    'namenode' => { 'address' => 'nn.example.com', 'port' => 8020 },
    'jobtracker' => { 'address' => 'jt.example.com', 'port' => 8032 },
  },
}.freeze

# What hadoop::excluded does on each role, and what it must leave alone.
RSpec.describe 'hadoop', type: :class do
  let(:node) { NODE }
  let(:excluded) { ['w2.example.com', 'w1.example.com'] }
  let(:params) { { excluded: excluded } }
  let(:post_condition) { "include hadoop::#{role}" }
  let(:drained) { {} }
  let(:facts) { RecordedFacts['debian-13'].merge({ 'hadoop_partners' => PARTNERS }, drained) }

  shared_examples 'a daemon that is told' do |file, unit, user, refresh|
    let(:told) { catalogue.resource('exec', "tell #{unit} of #{file}") }
    let(:path) { "/etc/hadoop/conf.puppet/#{file}" }

    it 'writes the names, one a line' do
      is_expected.to contain_file(path).with_content(/\A#.*\nw1\.example\.com\nw2\.example\.com\n\z/)
        .that_comes_before("Package[#{unit}]").with_mode('0644')
    end

    it 'tells the daemon, as its user, and remembers it when that succeeded' do
      expect(told[:command]).to eq("#{refresh} && touch /run/hadoop-#{user}/#{file}-told")
      is_expected.to contain_exec(told.title).with_user(user).that_requires("Service[#{unit}]").without_refreshonly
    end

    it 'restarts nothing for it' do
      is_expected.to contain_exec("restart #{unit} for newer configuration").without_onlyif(/exclude/)
    end

    context 'with nobody excluded' do
      let(:excluded) { [] }

      it('has the file, empty') { is_expected.to contain_file(path).with_content(/\A#[^\n]*\n\z/) }
      it('waits for nothing') { is_expected.not_to contain_service('puppet-agent-assembly.timer') }
    end

    it 'keeps the timer' do
      is_expected.to contain_service('puppet-agent-assembly.timer').with_ensure('running')
      is_expected.not_to contain_exec('remove the timer puppet-agent-assembly')
    end

    # The condition itself, run with a systemctl that says when the daemon started.
    describe 'the condition' do
      around do |example|
        Dir.mktmpdir do |folder|
          @folder = folder
          example.run
        end
      end

      def needed?(started:, changed:, told_at: nil)
        bin = File.join(@folder, 'systemctl')
        File.write(bin, "#!/bin/sh\necho '#{started && Time.at(started).utc.strftime('%a %Y-%m-%d %H:%M:%S.%6N UTC')}'\n")
        File.chmod(0o755, bin)
        File.write(file = File.join(@folder, 'file'), '')
        File.utime(changed, changed, file)
        mark = File.join(@folder, 'told')
        FileUtils.rm_f(mark)
        FileUtils.touch(mark, mtime: Time.at(told_at)) if told_at
        condition = told[:onlyif].gsub(path, file).gsub(%r{/run/hadoop-\w+/\S+-told}, mark)
        system({ 'PATH' => "#{@folder}:#{ENV.fetch('PATH')}" }, 'sh', '-c', condition, err: File::NULL)
      end

      it 'holds for a change that the daemon has neither read nor been told of' do
        expect(needed?(started: 100, changed: 200)).to be true
        expect(needed?(started: 100, changed: 200, told_at: 150)).to be true
      end

      it 'does not hold once it was told, has started since, or does not run' do
        expect(needed?(started: 100, changed: 200, told_at: 250)).to be false
        expect(needed?(started: 300, changed: 200)).to be false
        expect(needed?(started: nil, changed: 200)).to be false
      end
    end
  end

  context 'on a namenode' do
    let(:role) { 'namenode' }

    it_behaves_like 'a daemon that is told', 'dfs.exclude', 'hadoop-hdfs-namenode', 'hdfs', 'hdfs dfsadmin -refreshNodes'

    it('names the file') { expect(xml('hdfs-site')['dfs.hosts.exclude']).to eq('/etc/hadoop/conf.puppet/dfs.exclude') }
    it('leaves YARN alone') { is_expected.not_to contain_file('/etc/hadoop/conf.puppet/yarn.exclude') }

    context 'whose daemon counts an excluded node among the live ones' do
      let(:drained) { { 'hadoop_drain' => { 'namenode' => { 'w1.example.com' => { 'state' => 'live' } } } } }

      it 'tells it again, whatever was told before' do
        expect(catalogue.resource('exec', 'tell hadoop-hdfs-namenode of dfs.exclude')[:onlyif]).to end_with(' && true')
      end
    end

    context 'whose daemon drains it, or does not answer' do
      [{ 'namenode' => { 'w1.example.com' => { 'state' => 'decommissioning' } } }, { 'error' => 'namenode: refused' }].each do |fact|
        context "(#{fact.keys.first})" do
          let(:drained) { { 'hadoop_drain' => fact } }

          it { expect(catalogue.resource('exec', 'tell hadoop-hdfs-namenode of dfs.exclude')[:onlyif]).to include('-told') }
        end
      end
    end
  end

  context 'on a jobtracker' do
    let(:role) { 'jobtracker' }

    it_behaves_like 'a daemon that is told', 'yarn.exclude', 'hadoop-yarn-resourcemanager', 'yarn',
                    'yarn rmadmin -refreshNodes -g 3600 -server'

    it('names the file') { expect(xml('yarn-site')['yarn.resourcemanager.nodes.exclude-path']).to eq('/etc/hadoop/conf.puppet/yarn.exclude') }

    context 'with a time for containers of its own' do
      let(:post_condition) { "class { 'hadoop::jobtracker': drain_timeout => 60 }" }

      it { is_expected.to contain_exec('tell hadoop-yarn-resourcemanager of yarn.exclude').with_command(/ -g 60 -server /) }
    end

    context 'whose daemon still gives an excluded node work' do
      let(:drained) { { 'hadoop_drain' => { 'jobtracker' => { 'w2.example.com' => { 'state' => 'RUNNING' } } } } }

      it { expect(catalogue.resource('exec', 'tell hadoop-yarn-resourcemanager of yarn.exclude')[:onlyif]).to end_with(' && true') }
    end
  end

  on_supported_systems do |system, system_facts|
    context "on a worker of #{system}" do
      let(:role) { 'worker' }
      let(:facts) { system_facts.merge(hadoop_partners: PARTNERS) }

      context 'that is excluded' do
        let(:excluded) { [NODE] }

        it 'manages neither daemon, and keeps everything else' do
          is_expected.to compile.with_all_deps
          %w[hadoop-hdfs-datanode hadoop-yarn-nodemanager].each do |unit|
            is_expected.not_to contain_service(unit)
            is_expected.not_to contain_package(unit)
            is_expected.not_to contain_exec("restart #{unit} for newer configuration")
          end
          is_expected.to contain_file('/var/lib/hadoop-hdfs/data')
          is_expected.to contain_file('/etc/hadoop/conf.puppet/hdfs-site.xml')
        end

        it('needs no timer') { is_expected.not_to contain_service('puppet-agent-assembly.timer') }
      end

      context 'that is not' do
        it { is_expected.to contain_service('hadoop-yarn-nodemanager').with_ensure('running') }
        it { is_expected.not_to contain_service('puppet-agent-assembly.timer') }
      end
    end
  end

  context 'with a name that is none' do
    let(:role) { 'namenode' }
    let(:excluded) { ["w1\nw2"] }

    it { is_expected.to compile.and_raise_error(/parameter 'excluded'/) }
  end
end
