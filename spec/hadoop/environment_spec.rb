# frozen_string_literal: true

RSpec.describe 'hadoop', type: :host do
  let(:facts) { RecordedFacts['debian-13'] }
  let(:location) { { 'hadoop::apt::location' => 'http://packages.example.com/hadoop', 'hadoop::apt::key_content' => 'KEY' } }

  # The ENC's classes are declared with nothing around them: no stage can be declared for them elsewhere.
  %w[namenode jobtracker worker secondarynamenode client].each do |role|
    it "compiles for a #{role} from an ENC, with its stages" do
      catalog = compile_environment(facts: facts, classes: { "hadoop::#{role}" => {} }, parameters: { 'data' => location })
      expect(catalog.resource('Stage[hadoop-base]')).not_to be_nil
      expect(catalog.resource('Class[hadoop::base]')[:stage]).to eq('hadoop-base')
      expect(catalog.resource('File[/etc/apt/sources.list.d/hadoop.sources]')).not_to be_nil
    end
  end

  it 'takes several roles on one host, in any order' do
    %w[namenode jobtracker worker].permutation do |roles|
      catalog = compile_environment(facts: facts, classes: roles.to_h { |role| ["hadoop::#{role}", {}] })
      services = catalog.resources.select { |resource| resource.type == 'Service' }.map(&:title)
      expect(services).to include('hadoop-hdfs-namenode', 'hadoop-hdfs-datanode', 'hadoop-yarn-resourcemanager',
                                  'hadoop-yarn-nodemanager', 'hadoop-mapreduce-historyserver')
      expect(services).not_to include('puppet-agent-assembly.timer')
      site = catalog.resource('File[/etc/hadoop/conf.puppet/hdfs-site.xml]')[:content]
      expect(site).to include('dfs.datanode.data.dir', 'dfs.namenode.name.dir')
    end
  end

  it 'merges properties of all levels of Hiera' do
    catalog = compile_environment(
      facts: facts, classes: { 'hadoop::namenode' => {} },
      parameters: { 'data' => { 'hadoop::properties' => { 'hdfs-site' => { 'dfs.blocksize' => '64m' } } } }
    )
    expect(catalog.resource('File[/etc/hadoop/conf.puppet/hdfs-site.xml]')[:content])
      .to include('<name>dfs.blocksize</name><value>64m</value>')
  end
end
