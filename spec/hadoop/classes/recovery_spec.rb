# frozen_string_literal: true

require_relative '../support'

# What lets jobs outlive the daemons that run them, and each daemon come back with the right files.
RSpec.describe 'hadoop::worker', type: :class do
  include_context 'with exports', [%w[n namenode nn.example.com 8020], %w[j jobtracker jt.example.com 8032]]
  let(:node) { NODE }
  let(:drop_in) { '/etc/systemd/system/hadoop-yarn-nodemanager.service.d/hadoop.conf' }

  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }

      it 'keeps containers while the NodeManager restarts' do
        expect(xml('yarn-site')).to include(
          'yarn.nodemanager.recovery.enabled' => 'true', 'yarn.nodemanager.recovery.supervised' => 'true',
          'yarn.nodemanager.recovery.dir' => '/var/lib/hadoop-yarn/nm-recovery', 'yarn.nodemanager.address' => "#{facts[:networking]['fqdn']}:8041"
        )
        is_expected.to contain_file(drop_in).with_content(/^\[Service\]\n#.*\nKillMode=process$/)
      end
    end
  end

  context 'on a processor that has no LevelDB' do
    let(:facts) { RecordedFacts['debian-13'].then { |facts| facts.merge('os' => facts['os'].merge('architecture' => 'arm64')) } }

    it 'ends containers with the NodeManager' do
      expect(xml('yarn-site')['yarn.nodemanager.recovery.enabled']).to eq('false')
      is_expected.to contain_file(drop_in).with_ensure('absent')
    end
  end

  context 'without recovery' do
    let(:params) { { recovery: false } }

    it { is_expected.to contain_file(drop_in).with_ensure('absent') }
  end
end

RSpec.describe 'hadoop::jobtracker', type: :class do
  include_context 'with exports', [%w[n namenode nn.example.com 8020]]
  let(:node) { NODE }

  it 'keeps applications on its own disk while the ResourceManager restarts' do
    expect(xml('yarn-site')).to include(
      'yarn.resourcemanager.recovery.enabled' => 'true',
      'yarn.resourcemanager.store.class' => 'org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore',
      'yarn.resourcemanager.fs.state-store.uri' => 'file:///var/lib/hadoop-yarn/rm-state'
    )
  end

  it 'gives a daemon that was given up another try with new configuration' do
    is_expected.to contain_exec('restart hadoop-yarn-resourcemanager for newer configuration')
      .with_command('systemctl reset-failed hadoop-yarn-resourcemanager; systemctl restart hadoop-yarn-resourcemanager')
  end
end

RSpec.describe 'hadoop', type: :class do
  include_context 'with exports', []
  let(:post_condition) { 'include hadoop::namenode, hadoop::jobtracker, hadoop::worker' }
  let(:node) { NODE }

  # As their code loads them: a NodeManager fetches files from HDFS and takes logs there, a ResourceManager does not.
  {
    'core-site.xml' => %w[namenode datanode resourcemanager nodemanager historyserver],
    'hdfs-site.xml' => %w[namenode datanode nodemanager historyserver],
    'yarn-site.xml' => %w[resourcemanager nodemanager historyserver],
    'mapred-site.xml' => %w[nodemanager historyserver],
    'capacity-scheduler.xml' => %w[resourcemanager],
    'dfs.exclude' => [],
    'yarn.exclude' => [],
  }.each do |file, daemons|
    it "restarts #{daemons.empty? ? 'nothing' : daemons.join(', ')} for #{file}" do
      execs = catalogue.resources.select { |resource| resource.title.to_s.match?(/\Arestart hadoop-.*configuration\z/) }
      found = execs.select { |exec| exec[:onlyif].include?("/etc/hadoop/conf.puppet/#{file} ") || exec[:onlyif].include?("/#{file} -newermt") }
      expect(found.map { |exec| exec.title[/-(\w+) for/, 1] }).to match_array(daemons)
    end
  end
end
