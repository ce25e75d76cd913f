# frozen_string_literal: true

RSpec.describe 'puppet::metrics' do
  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }
    end
  end

  let(:settings) { YAML.safe_load(catalogue.resource('file', '/etc/puppet/metrics.yaml')[:content]) }
  let(:unit) { catalogue.resource('file', '/etc/systemd/system/puppet-metrics.service')[:content] }

  it 'writes into a folder of its own' do
    is_expected.to contain_file('/var/lib/puppet-metrics').with_ensure('directory').with_mode('0755')
                                                          .that_comes_before('Puppet::Resident[puppet-metrics]')
    expect(settings).to eq(
      'directory' => '/var/lib/puppet-metrics', 'confdir' => '/etc/puppet',
      'catalog_errors' => '/var/cache/puppet/metrics/catalog_errors'
    )
  end

  it 'looks every fifteen seconds, may read all and write there' do
    is_expected.to contain_puppet__resident('puppet-metrics').with_seconds(15)
      .that_subscribes_to(['Class[puppet::scripts]', 'Puppet::Scripts::Package[metrics]', 'File[/etc/puppet/metrics.yaml]'])
    expect(unit).to include("\nCapabilityBoundingSet=CAP_DAC_READ_SEARCH\n")
      .and include("\nReadWritePaths=-/var/lib/puppet-metrics\n")
  end

  context "with the node exporter's folder" do
    let(:params) { { directory: '/var/lib/prometheus/node-exporter' } }

    it 'leaves the folder to its package' do
      is_expected.not_to contain_file('/var/lib/prometheus/node-exporter')
      expect(settings['directory']).to eq('/var/lib/prometheus/node-exporter')
      expect(unit).to include("\nReadWritePaths=-/var/lib/prometheus/node-exporter\n")
    end
  end

  context 'on a host with all parts' do
    let(:pre_condition) do
      <<~PUPPET
        class { 'puppet::ca': node_bucket => 's3://nodes' }
        class { 'puppet::database': node_bucket => 's3://nodes' }
        class { 'puppet::master': node_bucket => 's3://nodes' }
      PUPPET
    end

    it { is_expected.to compile.with_all_deps }

    it 'reads what the workers count, in a folder that is theirs' do
      is_expected.to contain_file('/usr/share/puppet-master/config.ru')
        .with_content(%r{^  catalog_errors: PuppetMaster::Counts\.new\('/var/cache/puppet/metrics/catalog_errors'\)$})
      is_expected.to contain_file('/var/cache/puppet/metrics').with_ensure('directory').with_owner('puppet')
    end
  end
end
