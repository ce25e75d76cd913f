# frozen_string_literal: true

RSpec.describe 'puppet::database' do
  let(:params) { { node_bucket: 's3://nodes' } }

  # Debian 14 has no PuppetDB.
  on_supported_systems(only: /\A(?!debian-14)/) do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }

      it 'listens with TLS only, and asks every client for a certificate' do
        is_expected.to contain_file('/etc/puppetdb/conf.d/jetty.ini')
          .with_content(/^ssl-port = 8081$/)
          .with_content(/^client-auth = need$/)
          .without_content(/^(port|host) =/)
      end

      it 'answers this host alone' do
        is_expected.to contain_file('/etc/puppetdb/certificate-allowlist').with_content("#{CERTNAME}\n")
        is_expected.to contain_file('/etc/puppetdb/conf.d/puppetdb.ini')
          .with_content(%r{^certificate-allowlist = /etc/puppetdb/certificate-allowlist$})
      end

      it 'answers nobody else about its state either' do
        is_expected.to contain_file('/etc/puppetdb/conf.d/auth.conf')
          .with_content(/allow: \["#{CERTNAME}"\]/)
          .without_content(/allow: "\*"|allow-unauthenticated/)
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

      it 'keeps the state of each node in the bucket' do
        is_expected.to contain_puppet__timer('puppet-node-status').with_seconds(10)
      end
    end
  end

  context 'with masters on other hosts' do
    let(:params) { super().merge(allow: %w[master-1 master-2]) }

    it 'answers those too' do
      is_expected.to contain_file('/etc/puppetdb/certificate-allowlist').with_content("#{CERTNAME}\nmaster-1\nmaster-2\n")
    end
  end

  context 'with another heap' do
    let(:params) { super().merge(heap: '2g') }

    it { is_expected.to contain_file('/etc/default/puppetdb').with_content(/-Xmx2g\b/) }
  end
end
