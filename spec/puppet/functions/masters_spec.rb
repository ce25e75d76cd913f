# frozen_string_literal: true

require 'tmpdir'

# The path of the copy is puppet::servers_file's; here it is a file of the example's own.
RSpec.shared_context 'with a copy of cluster/servers' do
  let(:copy) { File.join(Dir.mktmpdir, 'servers.json') }
  let(:pre_condition) { "function puppet::servers_file() { '#{copy}' }" }

  after { FileUtils.rm_rf(File.dirname(copy)) }

  def masters(*names)
    list = names.map { |name| { 'certname' => name, 'name' => "#{name}.ec2.internal", 'port' => 8140 } }
    File.write(copy, JSON.dump('masters' => list, 'databases' => []))
  end
end

RSpec.describe 'puppet::masters' do
  include_context 'with a copy of cluster/servers'

  it 'names each master with its port' do
    masters('m1', 'm2')
    is_expected.to run.and_return(['m1.ec2.internal:8140', 'm2.ec2.internal:8140'])
  end

  it 'names none where the host keeps no list' do
    is_expected.to run.and_return([])
  end

  it 'sees a change at once' do
    masters('m1')
    is_expected.to run.and_return(['m1.ec2.internal:8140'])
    masters('m2')
    is_expected.to run.and_return(['m2.ec2.internal:8140'])
  end

  ['{', '[]', '{"masters": 1}', '{"masters": [1]}', '{"databases": []}'].each do |text|
    it "takes #{text} for no list, and says which file it is" do
      File.write(copy, text)
      allow(Puppet).to receive(:warning)
      is_expected.to run.and_return([])
      expect(Puppet).to have_received(:warning).with(/#{Regexp.escape(copy)} cannot be used/)
    end
  end
end

RSpec.describe 'puppet::masters_for' do
  include_context 'with a copy of cluster/servers'

  it 'is empty where no master is known' do
    is_expected.to run.with_params('web.ec2.internal').and_return([])
  end

  it 'names all, each once, whichever comes first' do
    masters('m1', 'm2', 'm3')
    list = subject.execute('web.ec2.internal')
    expect(list).to match_array(%w[m1 m2 m3].map { |name| "#{name}.ec2.internal:8140" })
    expect(subject.execute('web.ec2.internal')).to eq(list)
  end

  it 'names a host itself first' do
    masters('m1', 'm2', 'm3')
    %w[m1 m2 m3].each { |name| expect(subject.execute("#{name}.ec2.internal").first).to eq("#{name}.ec2.internal:8140") }
  end
end
