# frozen_string_literal: true

require 'tmpdir'
require 'yaml'

RSpec::Matchers.define_negated_matcher :not_include, :include

RSpec.describe 'manifests/puppetmaster.pp', type: :host do
  let(:confdir) { Dir.mktmpdir }
  let(:listed) { YAML.safe_load_file(File.join(ROOT, 'data/roles.yaml'))['roles']['puppetmaster']['classes'] }
  let(:own_name) { 'ip-172-31-0-10.ec2.internal' }
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
        .with_server(own_name).with_ca_server(own_name).with_ca_port(8141)
    end

    it 'writes a record for the host, once, that the ENC reads as the same classes' do
      file = catalog.resource('file', "/var/lib/puppet-nodes/#{CERTNAME}")
      expect(file[:replace]).to be(false)
      expect(YAML.safe_load(file[:content])).to include('classes' => listed, 'environment' => 'production')
    end

    it 'writes into that record what follows from all being on one host, so that the ENC says it too' do
      written = YAML.safe_load(catalog.resource('file', "/var/lib/puppet-nodes/#{CERTNAME}")[:content])
      expect(written['parameters']).to eq(
        'data' => {
          'puppet::agent::ca_server' => own_name, 'puppet::agent::ca_port' => 8141, 'puppet::agent::server' => own_name,
          'puppet::ca::auth_role' => 'puppet-master', 'puppet::ca::puppetdb_url' => "https://#{own_name}:8081"
        }
      )
    end

    it 'has the CA ask the database of the host, and say in its certificate that it is a master' do
      expect(catalog).to contain_class('puppet::ca')
        .with_puppetdb_url("https://#{own_name}:8081").with_auth_role('puppet-master')
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

    def conf(compiled)
      compiled.resources.select { |resource| resource.type == 'Ini_setting' }.to_h { |setting| [setting[:setting], setting[:value]] }
    end

    it 'makes a CA without a master no master: nothing says where to ask for a catalog' do
      record('classes' => ['puppet::ca', 'puppet::agent'])
      expect(catalog).to contain_class('puppet::ca').with_auth_role('puppet-ca').with_puppetdb_url(nil)
      expect(conf(catalog)).to include('ca_server' => own_name, 'ca_port' => '8141').and(not_include('server'))
    end

    it 'has a CA with the database ask that' do
      record('classes' => ['puppet::ca', 'puppet::database', 'puppet::agent'])
      expect(catalog).to contain_class('puppet::ca').with_auth_role('puppet-ca').with_puppetdb_url("https://#{own_name}:8081")
    end

    it "leaves a master's CA and a database's CA and master as they are" do
      record('classes' => ['puppet::database', 'puppet::agent'])
      expect(conf(catalog)).to not_include('server').and(not_include('ca_server'))
      record('classes' => ['puppet::master', 'puppet::agent'])
      expect(conf(catalog)).to include('server' => own_name).and(not_include('ca_server'))
    end

    it 'gives each layout a catalog that holds together' do
      roles = YAML.safe_load_file(File.join(ROOT, 'data/roles.yaml'))['roles'].slice('ca', 'ca-database', 'database', 'master')
      expect(roles.size).to eq(4)
      roles.each_value do |role|
        record('classes' => role['classes'], 'parameters' => { 'data' => { 'puppet::node_bucket' => 's3://nodes' } })
        expect(-> { catalog }).to compile.with_all_deps
      end
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
