# frozen_string_literal: true

# Contained by each role of an infrastructure host; nobody includes it by itself.
RSpec.describe 'puppet::database' do
  let(:params) { { node_bucket: 's3://nodes' } }
  let(:written) { YAML.safe_load(catalogue.resource('file', '/etc/puppet/servers.yaml')[:content]) }

  on_supported_systems(only: /\A(?!debian-14)/) do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }

      it 'keeps the list of masters, every 30 s' do
        is_expected.to contain_puppet__resident('puppet-servers').with_seconds(30).with_command(%r{\A/usr/local/bin/puppet_servers })
        expect(written).to include('node_bucket' => 's3://nodes', 'servers' => '/var/lib/puppet-servers/servers.json')
      end

      it "points the host's agent at masters where it knows none" do
        expect(written).to include('puppet_conf' => '/etc/puppet/puppet.conf', 'service' => 'puppet')
      end
    end
  end

  it 'has all that the command needs before it runs, and runs it anew when that has changed' do
    is_expected.to contain_puppet__resident('puppet-servers').that_subscribes_to(
      %w[/usr/local/lib/puppet-enrolment/servers /usr/local/bin/puppet_servers /etc/puppet/servers.yaml /var/lib/puppet-servers]
        .map { |path| "File[#{path}]" }
    )
    is_expected.to contain_file('/usr/local/bin/puppet_servers').that_requires(['Class[puppet::scripts]', 'Puppet::Store[s3://nodes]'])
    is_expected.to contain_package('python3-boto3')
  end

  %w[ca master].each do |role|
    context "on a host that is also a #{role}" do
      let(:pre_condition) { "class { 'puppet::#{role}': node_bucket => 's3://nodes' }" }

      it { is_expected.to compile.with_all_deps }
      it { is_expected.to contain_class('puppet::servers').with_node_bucket('s3://nodes') }
    end
  end
end

%w[ca master].each do |role|
  RSpec.describe "puppet::#{role}" do
    let(:params) { { node_bucket: 'file:///srv/nodes' } }

    it 'keeps the list of masters too' do
      is_expected.to contain_class('puppet::servers').with_node_bucket('file:///srv/nodes')
    end
  end
end
