# frozen_string_literal: true

require 'yaml'

ROLES = YAML.safe_load_file(File.join(ROOT, 'data/roles.yaml'))['roles']

RSpec.describe 'roles of the environment', type: :host do
  data = {
    'puppet::node_bucket' => 's3://nodes', 'hadoop::apt::location' => 'http://packages.example.com/hadoop',
    'hadoop::apt::key_content' => '-----BEGIN PGP PUBLIC KEY BLOCK-----',
    'puppet::board::puppetdb_url' => 'https://db.example.com:8081', 'puppet::board::allow' => ['alice']
  }

  # What each role is for: Debian 14 lacks the modules and packages of those with Apache or PuppetDB.
  systems = %w[puppetmaster ca-database ca database master].to_h { |role| [role, %w[debian-12 debian-13]] }
  systems['board'] = %w[debian-13]

  ROLES.each do |role, description|
    systems.fetch(role, RecordedFacts::SYSTEMS).each do |system|
      it "#{role} compiles on #{system} from the ENC's answer, with the classes of the list and no cycle" do
        catalog = compile_environment(
          facts: RecordedFacts[system], classes: description['classes'].to_h { |name| [name, {}] },
          parameters: { 'data' => data }
        )
        expect(-> { catalog }).to compile.with_all_deps
        description['classes'].each { |name| expect(catalog).to contain_class(name) }
      end
    end
  end
end
