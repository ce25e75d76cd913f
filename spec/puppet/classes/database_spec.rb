# frozen_string_literal: true

RSpec.describe 'puppet::database' do
  let(:params) { { node_bucket: 's3://nodes' } }
  let(:required) { catalogue.resource('apache::vhost', 'puppet-database')[:directories].first['require']['requires'] }

  # Debian 14 has no PuppetDB.
  on_supported_systems(only: /\A(?!debian-14)/) do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }

      it 'keeps PuppetDB on loopback, with TLS only' do
        is_expected.to contain_file('/etc/puppetdb/conf.d/jetty.ini')
          .with_content(/^ssl-host = 127\.0\.0\.1$/)
          .with_content(/^ssl-port = 8082$/)
          .with_content(/^client-auth = need$/)
          .without_content(/^(port|host) =/)
      end

      it "has PuppetDB answer this host's certificate alone" do
        is_expected.to contain_file('/etc/puppetdb/certificate-allowlist').with_content("#{CERTNAME}\n")
        is_expected.to contain_file('/etc/puppetdb/conf.d/puppetdb.ini')
          .with_content(%r{^certificate-allowlist = /etc/puppetdb/certificate-allowlist$})
      end

      it 'answers nobody else about its state either' do
        is_expected.to contain_file('/etc/puppetdb/conf.d/auth.conf')
          .with_content(/allow: "#{CERTNAME}"/)
          .without_content(/allow: "\*"|allow-unauthenticated/)
      end

      it 'has Apache in front of it, which lets in current certificates of the CA only' do
        is_expected.to contain_apache__vhost('puppet-database').with(
          port: 8081, ssl: true, ssl_verify_client: 'require', ssl_crl_check: 'chain',
          ssl_crl_path: '/var/lib/puppet-crl/apache', ssl_ca: '/var/lib/puppet/ssl/certs/ca.pem'
        )
      end

      it 'lets a master and the CA in, and the board to read, by what the CA has written into their certificates, and this host by its name' do
        expect(required).to eq(
          [
            "expr \"%{SSL_CLIENT_S_DN_CN} in { '#{CERTNAME}' }\"",
            "expr \"'puppet-master' in PeerExtList('1.3.6.1.4.1.34380.1.3.13')\"",
            "expr \"'puppet-ca' in PeerExtList('1.3.6.1.4.1.34380.1.3.13')\"",
           "expr \"'puppet-board' in PeerExtList('1.3.6.1.4.1.34380.1.3.13') and %{REQUEST_METHOD} == 'GET'\""
          ]
        )
      end

      it 'checks each request against the revocation list, since it keeps no connection open' do
        is_expected.to contain_apache__vhost('puppet-database').with_keepalive('off')
      end

      it 'asks PuppetDB by TLS, under the name in its certificate, and shows its own' do
        is_expected.to contain_apache__vhost('puppet-database').with(
          ssl_proxyengine: true, ssl_proxy_verify: 'require', ssl_proxy_check_peer_name: 'on',
          ssl_proxy_machine_cert: '/etc/puppetdb-proxy.pem', proxy_preserve_host: true,
          request_headers: ["set Host #{CERTNAME}", 'unset X-Client-Verify', 'unset X-Client-DN', 'unset X-Client-Cert']
        )
      end

      it 'tries PuppetDB anew with each request, so that one that is back is used at once' do
        is_expected.to contain_concat__fragment('puppet-database-proxy')
          .with_content(%r{^  ProxyPass / https://127\.0\.0\.1:8082/ .*\bretry=0\b})
      end

      it 'shows the key that Apache needs for that to nobody' do
        is_expected.to contain_concat('/etc/puppetdb-proxy.pem')
          .with_mode('0600').with_owner('root').with_show_diff(false).with_backup(false).that_notifies('Class[apache::service]')
      end

      it "copies the host's key for PuppetDB's user, and shows it to nobody" do
        is_expected.to contain_file('/etc/puppetdb/ssl/private.pem')
          .with_source("/var/lib/puppet/ssl/private_keys/#{CERTNAME}.pem")
          .with_group('puppetdb').with_mode('0640').with_show_diff(false).with_backup(false)
      end

      it 'has a database of its own, in UTF-8' do
        is_expected.to contain_postgresql__server__database('puppetdb').with_owner('puppetdb').with_encoding('UTF8')
        is_expected.to contain_postgresql__server__extension('pg_trgm')
      end

      it 'has no password in the catalog' do
        resources = catalogue.resources.map(&:to_data_hash).to_s
        expect(resources).not_to match(/password = \h/)
        is_expected.to contain_exec('password of PuppetDB for PostgreSQL')
      end

      it 'has a command to back the database up and to restore it' do
        is_expected.to contain_puppet__scripts__package('database').with_commands(['puppet_database'])
        is_expected.to contain_file('/usr/local/bin/puppet_database').with_mode('0755')
        is_expected.to contain_file('/var/lib/puppet-database').with_ensure('directory')
      end

      it 'keeps the state of each node in the bucket' do
        is_expected.to contain_puppet__resident('puppet-node-status').with_seconds(10)
      end
    end
  end

  context 'with a board' do
    let(:params) { super().merge(allow: ['board-1']) }

    it 'answers that too' do
      expect(required).to include("expr \"%{SSL_CLIENT_S_DN_CN} in { '#{CERTNAME}', 'board-1' }\"")
    end
  end

  context 'with more options for its JVM' do
    let(:params) { super().merge(jvm_options: ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']) }

    it { is_expected.to contain_file('/etc/default/puppetdb').with_content(/^JAVA_ARGS="-Xmx512m -XX:\+UseSerialGC -XX:TieredStopAtLevel=1"$/) }
  end

  context 'with an option that would be more than one word' do
    let(:params) { super().merge(jvm_options: ['-XX:+UseSerialGC" X="']) }

    it { is_expected.to compile.and_raise_error(/jvm_options/) }
  end

  context 'with another heap' do
    let(:params) { super().merge(heap: '2g') }

    it { is_expected.to contain_file('/etc/default/puppetdb').with_content(/-Xmx2g\b/) }
  end
end
