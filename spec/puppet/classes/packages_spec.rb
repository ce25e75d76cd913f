# frozen_string_literal: true

require 'yaml'

RSpec.describe 'puppet::packages' do
  let(:params) { { node_bucket: 's3://nodes' } }
  let(:vhost) { catalogue.resource('apache::vhost', 'puppet-packages') }

  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }

      it 'brings the packages from the bucket each minute' do
        is_expected.to contain_puppet__timer('puppet-packages')
          .with_seconds(60).with_command('/usr/local/bin/puppet_packages --config /etc/puppet/packages.yaml')
        written = YAML.safe_load(catalogue.resource('file', '/etc/puppet/packages.yaml')[:content])
        expect(written).to eq('node_bucket' => 's3://nodes', 'folder' => '/var/lib/puppet-packages')
      end

      it 'lets a first download take its time' do
        is_expected.to contain_file('/etc/systemd/system/puppet-packages.service').with_content(/^TimeoutStartSec=900$/)
      end

      it 'serves them by plain HTTP on a port of their own' do
        expect([vhost[:port], vhost[:ssl], vhost[:docroot]]).to eq([8143, false, '/var/lib/puppet-packages'])
        listens = catalogue.resources.select { |resource| resource.type == 'Apache::Listen' }.map { |listen| listen.title.to_s }
        expect(listens).to contain_exactly('8143')
      end
    end
  end

  it 'has what tests/unit/packages/test_apache.py tries as the settings of the folder, and no others' do
    expect(vhost[:directories]).to eq([])
    expect(vhost[:custom_fragment]).to eq(
      File.read(File.join(ROOT, 'modules/puppet/templates/packages/vhost.epp'))
        .sub(/\A<%-.*-%>\n/, '').gsub('<%= $folder %>', '/var/lib/puppet-packages')
    )
    written = catalogue.resources.select { |resource| resource.type == 'Concat::Fragment' && resource.title.start_with?('puppet-packages') }
    expect(written.map { |fragment| fragment[:content] }.join.scan(/<Directory/).length).to eq(2)
  end

  it 'has all that the command needs before its timer' do
    is_expected.to contain_puppet__timer('puppet-packages').that_requires(
      %w[/usr/local/lib/puppet-enrolment/packages /usr/local/bin/puppet_packages /etc/puppet/packages.yaml /var/lib/puppet-packages]
        .map { |path| "File[#{path}]" }
    )
    is_expected.to contain_file('/usr/local/bin/puppet_packages').that_requires(['Class[puppet::scripts]', 'Puppet::Store[s3://nodes]'])
    is_expected.to contain_package('python3-boto3')
  end

  it 'lets nobody but root write what is served' do
    is_expected.to contain_file('/var/lib/puppet-packages').with_owner('root').with_group('root').with_mode('0755')
  end

  context 'with parameters' do
    let(:params) { { node_bucket: 'file:///srv/nodes', port: 8080, seconds: 10 } }

    it { is_expected.to contain_puppet__timer('puppet-packages').with_seconds(10) }
    it { expect(vhost[:port]).to eq(8080) }
    it { is_expected.not_to contain_package('python3-boto3') }
  end

  %w[ca database master].each do |role|
    context "on a host that is also a #{role}" do
      let(:pre_condition) { "class { 'puppet::#{role}': node_bucket => 's3://nodes' }" }

      it { is_expected.to compile.with_all_deps }
    end
  end

  { node_bucket: 'http://nodes', port: 70_000, seconds: 0 }.each do |name, value|
    it "takes no #{value} as #{name}" do
      params[name] = value
      is_expected.to compile.and_raise_error(/parameter '#{name}'/)
    end
  end

  context 'for an agent that does not send the facts of Puppet 7, on a master whose modules need them' do
    let(:facts) { RecordedFacts['debian-13'].merge('operatingsystemrelease' => nil).transform_keys(&:to_sym) }

    it { is_expected.to compile.and_raise_error(/puppet::packages: .* newer than this master's module apache/) }
  end
end
