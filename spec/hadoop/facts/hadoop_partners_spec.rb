# frozen_string_literal: true

require 'facter'

RSpec.describe 'the fact hadoop_partners' do
  let(:directory) { Dir.mktmpdir }

  before do
    paths = ->(pattern) { Dir.children(directory).map { |name| File.join(directory, name) }.select { |path| File.fnmatch(pattern, path) } }
    allow(Dir).to receive(:glob).and_call_original
    allow(Dir).to receive(:glob).with('/etc/hadoop/partners.d/*.yaml') { paths.call('*.yaml') }
    Facter.clear
    load File.join(ROOT, 'modules/hadoop/lib/facter/hadoop_partners.rb')
  end

  after { FileUtils.remove_entry(directory) }

  def partner(name, content)
    File.write(File.join(directory, name), content)
  end

  def fact
    Facter.fact(:hadoop_partners).value
  end

  it 'is empty on a node that was told nothing' do
    expect(fact).to eq({})
  end

  it 'says what the files say, by cluster and role' do
    partner('hadoop.namenode.yaml', "cluster: hadoop\nrole: namenode\naddress: nn.example.com\nport: 8020\n")
    partner('other.jobtracker.yaml', "cluster: other\nrole: jobtracker\naddress: jt.example.com\nport: 8032\n")
    expect(fact).to eq('hadoop' => { 'namenode' => { 'address' => 'nn.example.com', 'port' => 8020 } },
                       'other' => { 'jobtracker' => { 'address' => 'jt.example.com', 'port' => 8032 } })
  end

  it 'leaves out what cannot be read, with a warning that names the file, and keeps the rest' do
    partner('a.yaml', 'cluster: [')
    partner('b.yaml', "cluster: hadoop\n")
    partner('c.yaml', "- a\n")
    partner('d.yaml', "cluster: hadoop\nrole: namenode\naddress: nn\nport: 1\n")
    warnings = []
    allow(Facter).to receive(:warn) { |message| warnings << message }
    expect(fact).to eq('hadoop' => { 'namenode' => { 'address' => 'nn', 'port' => 1 } })
    expect(warnings.map { |message| message[%r{/(\w)\.yaml}, 1] }).to contain_exactly('a', 'b', 'c')
  end
end
