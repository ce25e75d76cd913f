# frozen_string_literal: true

RSpec.describe 'puppet::ca' do
  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }
      let(:params) { { node_bucket: 'https://nodes.s3.amazonaws.com' } }

      it { is_expected.to compile.with_all_deps }

      it 'has a user of its own, and a folder that nobody else can read' do
        is_expected.to contain_user('puppet-ca').with_system(true).with_shell('/usr/sbin/nologin')
        is_expected.to contain_file('/var/lib/puppet-ca').with_owner('puppet-ca').with_mode('0750')
      end

      it 'runs its application under Passenger as that user' do
        is_expected.to contain_apache__vhost('puppet-ca').with_custom_fragment(/^  PassengerUser puppet-ca$/)
      end

      it 'asks for a client certificate on port 8141, of no authority but its own, and does not require one' do
        is_expected.to contain_apache__vhost('puppet-ca')
          .with_port(8141).with_ssl_verify_client('optional').with_ssl_verify_depth(5)
          .with_ssl_ca('/var/lib/puppet-ca/ca_crt.pem').with_ssl_crl_check('chain')
          .without_ssl_certs_dir
      end

      it 'takes the certificate of its host from the ssldir of that host' do
        is_expected.to contain_apache__vhost('puppet-ca')
          .with_ssl_cert("/var/lib/puppet/ssl/certs/#{CERTNAME}.pem")
          .with_ssl_key("/var/lib/puppet/ssl/private_keys/#{CERTNAME}.pem")
      end

      it 'looks at waiting requests every two minutes, as its user' do
        is_expected.to contain_file('/etc/cron.d/puppet-ca').with_content(
          %r{^\*/2 \* \* \* \* puppet-ca /usr/local/bin/check_csr https://nodes\.s3\.amazonaws\.com$}
        )
      end

      it 'looks for terminated nodes every ten seconds' do
        is_expected.to contain_puppet__resident('puppet-ca-terminated').with_seconds(10)
          .that_subscribes_to(['File[/etc/puppet-ca/ca.yaml]', 'Class[puppet::scripts]'])
      end

      it 'listens to nobody, and stops to where it did' do
        is_expected.to contain_service('puppet-ca-listen.service').with_ensure('stopped').with_enable(false)
        is_expected.to contain_file('/etc/systemd/system/puppet-ca-listen.service').with_ensure('absent')
      end

      context 'with a queue' do
        let(:params) { super().merge(notify_queue: 'https://sqs.us-east-1.amazonaws.com/123456789012/nodes') }

        it { is_expected.to compile.with_all_deps }

        it 'listens to it, with what reads it' do
          is_expected.to contain_package('python3-boto3').that_comes_before('Service[puppet-ca-listen.service]')
          is_expected.to contain_service('puppet-ca-listen.service').with_ensure('running').with_enable(true)
          is_expected.to contain_file('/etc/systemd/system/puppet-ca-listen.service').with_content(
            %r{^ExecStart=/usr/local/bin/check_csr --listen --queue https://sqs\.us-east-1\.amazonaws\.com/123456789012/nodes https://nodes\.s3\.amazonaws\.com$}
          )
        end
      end

      it 'lets its user reach the metadata service' do
        is_expected.to contain_puppet__metadata_access('puppet-ca')
      end
    end
  end

  context 'with a bucket of S3' do
    let(:params) { { node_bucket: 's3://nodes' } }

    it { is_expected.to contain_package('python3-boto3') }
  end

  context 'with public objects' do
    let(:params) { { node_bucket: 'https://nodes.s3.amazonaws.com' } }

    it { is_expected.not_to contain_package('python3-boto3') }

    it 'does not try to write there' do
      is_expected.not_to contain_exec('puppet_ca publish')
    end
  end

  context 'with a folder' do
    let(:params) { { node_bucket: 'file:///srv/nodes' } }

    it 'gives it to the CA, and lets the workers of a master read it, but nobody else' do
      is_expected.to contain_file('/srv/nodes').with_ensure('directory')
                                               .with_owner('puppet-ca').with_group('puppet').with_mode('2750')
      is_expected.to contain_user('puppet-ca').with_groups('puppet')
    end
  end

  context 'with settings of the authority' do
    let(:params) { { node_bucket: 's3://nodes', settings: settings } }
    let(:settings) { { 'cert_ttl' => 86_400, 'crl_ttl' => '90d', 'allow_auto_renewal' => true, 'ca_name' => 'Example: CA #1' } }

    it 'writes them as YAML of the right types' do
      content = catalogue.resource('file', '/etc/puppet-ca/ca.yaml')[:content]
      expect(YAML.safe_load(content)).to include(
        settings.merge('cadir' => '/var/lib/puppet-ca', 'node_bucket' => 's3://nodes')
      )
    end
  end

  context 'with a bucket that it can write to' do
    let(:params) { { node_bucket: 's3://nodes' } }

    it 'publishes its own name, and leaves the names of the masters to those who launch them' do
      is_expected.to contain_exec('puppet_ca publish')
        .with_command('/usr/local/bin/puppet_ca publish --ca-server ip-172-31-0-10.ec2.internal --ca-port 8141')
    end

    it 'gives its own host the role of a CA' do
      is_expected.to contain_exec('puppet_ca setup').with_command(/ --auth-role puppet-ca\z/)
    end
  end

  context 'on a host that is a master too' do
    let(:params) { { node_bucket: 's3://nodes', auth_role: 'puppet-master' } }

    it { is_expected.to contain_exec('puppet_ca setup').with_command(/ --auth-role puppet-master\z/) }
  end

  context "with a puppetserver's CA to take over" do
    let(:params) { { node_bucket: 's3://nodes', import: '/var/lib/puppet/ssl/ca' } }

    it 'does so before it would make a new one, and once' do
      is_expected.to contain_exec('puppet_ca import')
        .with_command('/usr/local/bin/puppet_ca import /var/lib/puppet/ssl/ca')
        .with_creates('/var/lib/puppet-ca/ca_key.pem').that_comes_before('Exec[puppet_ca setup]')
    end
  end

  context 'that is to come from a backup' do
    let(:params) { { node_bucket: 's3://nodes', restore: true } }

    it 'makes no CA of its own, but waits for somebody to restore it' do
      is_expected.to contain_exec('wait for `puppet_ca restore`')
        .with_command('/usr/bin/test -e /var/lib/puppet-ca/ca_key.pem').with_unless('/usr/bin/test -e /var/lib/puppet-ca/ca_key.pem')
        .that_comes_before('Exec[puppet_ca setup]').that_requires('File[/etc/puppet-ca/ca.yaml]')
      wait = catalogue.resource('exec', 'wait for `puppet_ca restore`')
      expect(wait[:tries] * wait[:try_sleep]).to eq(2 * 3600)
    end
  end

  context 'with one name for all masters' do
    let(:params) { { node_bucket: 's3://nodes', master: { 'server' => 'puppet.example.com', 'port' => 8150 } } }

    it { is_expected.to contain_exec('puppet_ca publish').with_command(/ --server puppet\.example\.com --port 8150\z/) }
  end

  context 'with no other names' do
    let(:params) { { node_bucket: 's3://nodes', dns_alt_names: [] } }

    it 'gives every option its value, an empty one too' do
      is_expected.to contain_exec('puppet_ca setup').with_command(/ --dns-alt-names= --ssldir /)
    end
  end

  context 'with a queue that is none' do
    let(:params) { { node_bucket: 's3://nodes', notify_queue: 'nodes' } }

    it { is_expected.to compile.and_raise_error(/notify_queue/) }
  end

  context 'without a bucket' do
    it { is_expected.to compile.and_raise_error(/node_bucket/) }
  end
end
