# frozen_string_literal: true

require 'tmpdir'
require 'yaml'

RSpec.describe 'manifests/puppetmaster.pp', type: :host do
  let(:confdir) { Dir.mktmpdir }
  let(:listed) { YAML.safe_load_file(File.join(ROOT, 'data/roles.yaml'))['roles']['puppetmaster']['classes'] }
  let(:facts) do
    recorded = RecordedFacts['debian-13']
    recorded.merge('puppet_settings' => recorded['puppet_settings'].merge('confdir' => confdir))
  end

  after { FileUtils.remove_entry(confdir) }

  def catalog
    compile_environment(facts: facts, manifest: 'manifests/puppetmaster.pp')
  end

  def record(document)
    File.write(File.join(confdir, 'record.yaml'), YAML.dump(document))
  end

  context 'typed by hand' do
    it 'gives the host the classes of its role' do
      compiled = catalog
      listed.each { |name| expect(compiled).to contain_class(name) }
      expect(-> { compiled }).to compile.with_all_deps
    end

    it 'makes the host its own server, on the port of the CA' do
      expect(catalog).to contain_class('puppet::agent')
        .with_server('ip-172-31-0-10.ec2.internal').with_ca_server('ip-172-31-0-10.ec2.internal').with_ca_port(8141)
    end

    it 'writes a record for the host, once, that the ENC reads as the same classes' do
      file = catalog.resource('file', "/var/lib/puppet-nodes/#{CERTNAME}")
      expect(file[:replace]).to be(false)
      expect(YAML.safe_load(file[:content])).to eq('classes' => listed, 'environment' => 'production')
    end
  end

  context 'with a record' do
    it 'gives the host the classes of the record, with their parameters' do
      record('classes' => { 'puppet::agent' => { 'runinterval' => '7m' }, 'login_allowed' => {} })
      expect(catalog).to contain_class('puppet::agent').with_runinterval('7m')
      expect(catalog).not_to contain_class('puppet::ca')
    end

    it 'accepts a list of names' do
      record('classes' => ['puppet::agent'])
      expect(catalog).to contain_class('puppet::agent')
    end

    it 'takes Hiera data from it, which wins over what the host knows of itself' do
      record(
        'classes' => { 'puppet::ca' => {}, 'puppet::agent' => {} },
        'parameters' => { 'data' => { 'puppet::node_bucket' => 's3://nodes', 'puppet::agent::server' => 'other.example.com' } }
      )
      expect(catalog).to contain_class('puppet::ca').with_node_bucket('s3://nodes')
      expect(catalog).to contain_class('puppet::agent').with_server('other.example.com')
    end

    it 'does not take a broken one for none' do
      ["classes: {puppet::ca: {}\n", "classes\n", "---\n"].each do |text|
        File.write(File.join(confdir, 'record.yaml'), text)
        expect(-> { catalog }).to compile.and_raise_error(/record\.yaml holds no record/)
      end
    end

    it 'leaves the bucket to whoever wrote the record' do
      record('classes' => { 'puppet::ca' => {} })
      expect(catalog).not_to contain_file("/var/lib/puppet-nodes/#{CERTNAME}")
    end
  end
end
