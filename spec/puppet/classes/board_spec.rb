# frozen_string_literal: true

RSpec.describe 'puppet::board' do
  let(:users) { { 'bob' => '$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC' } }
  let(:params) { { users: users, puppetdb_url: 'https://db.example.com:8081' } }
  let(:facts) { RecordedFacts['debian-13'].transform_keys(&:to_sym) }
  let(:vhost) { catalogue.resource('apache::vhost', 'puppet-board') }
  let(:reader) { catalogue.resource('apache::vhost', 'puppet-board-reader') }

  def access(vhost)
    vhost[:directories].find { |each| each['provider'] == 'location' }
  end

  it { is_expected.to compile.with_all_deps }

  it 'runs as a user that can write nowhere and reads no key' do
    is_expected.to contain_user('puppetboard').with_shell('/usr/sbin/nologin').with_home('/nonexistent')
    expect(vhost[:custom_fragment]).to include('PassengerUser puppetboard')
    is_expected.to contain_concat('/etc/puppetboard-proxy.pem').with_owner('root').with_mode('0600').with_show_diff(false)
  end

  it 'asks Apache on loopback, which passes nothing on but questions' do
    expect([reader[:ip], reader[:port], reader[:ssl]]).to eq(['127.0.0.1', 8085, false])
    expect(reader[:directories].map { |each| each['require'] }).to eq(['all denied', 'method GET'])
    expect(reader[:proxy_pass].map { |each| each['url'] }).to eq(['https://db.example.com:8081/'])
    is_expected.to contain_file('/etc/puppetboard/settings.py').with_content(/^PUPPETDB_PORT = 8085$/)
  end

  it 'lets in those with a password, and asks for it' do
    expect(access(vhost)).to include('auth_type' => 'Basic', 'auth_user_file' => '/etc/puppetboard/users',
                                     'require' => { 'enforce' => 'any', 'requires' => ['valid-user'] })
    is_expected.to contain_file('/etc/puppetboard/users').with_content(sensitive("bob:#{users['bob']}\n")).with_mode('0640').with_show_diff(false)
  end

  context 'with the hashes in its record' do
    include EnvironmentCompiler

    let(:compiled) do
      compile_environment(facts: RecordedFacts['debian-13'], classes: { 'puppet::board' => { 'puppetdb_url' => 'https://db.example.com:8081' } },
                          parameters: { 'data' => { 'puppet::board::users' => users } })
    end

    it 'tells PuppetDB none of them' do
      told = compiled.resources.to_h { |each| [each.ref, each.to_hash.except(*each.sensitive_parameters)] }
      expect(compiled.resource('File[/etc/puppetboard/users]')[:content]).to eq("bob:#{users['bob']}\n")
      expect(told.select { |_, parameters| parameters.to_s.include?(users['bob']) }).to eq({})
    end
  end

  it 'makes its secret on the host and shows it to nobody' do
    is_expected.to contain_exec('make the secret of the board').with_creates('/etc/puppetboard/secret').with_umask('0077')
    is_expected.to contain_file('/etc/puppetboard/secret').with_mode('0640').with_group('puppetboard').with_show_diff(false)
  end

  context 'with certificates' do
    let(:params) { { allow: %w[alice.example.com], puppetdb_url: 'https://db.example.com:8081' } }

    it 'lets in whose certificate is named and current, and has no passwords' do
      expect(access(vhost)['require']['requires'])
        .to eq([%(expr "%{SSL_CLIENT_VERIFY} == 'SUCCESS' and %{SSL_CLIENT_S_DN_CN} in { 'alice.example.com' }")])
      expect(access(vhost)).not_to include('auth_type')
      expect(vhost[:ssl_crl_check]).to eq('chain')
    end
  end

  context 'with an environment that is no name' do
    let(:params) { super().merge(environment: "x'; import os") }

    it { is_expected.to compile.and_raise_error(/environment/) }
  end

  context 'with nobody to let in' do
    let(:params) { { puppetdb_url: 'https://db.example.com:8081' } }

    it { is_expected.to compile.and_raise_error(/nobody could see it/) }
  end

  context 'without a PuppetDB' do
    let(:params) { { users: users } }

    it { is_expected.to compile.and_raise_error(/no PuppetDB is known here: give its URL/) }
  end

  %w[debian-12 ubuntu-22.04 ubuntu-24.04].each do |system|
    context "on #{system}, whose packages are too old" do
      let(:facts) { RecordedFacts[system].transform_keys(&:to_sym) }

      it { is_expected.to compile.and_raise_error(/has no package python3-pypuppetdb .*take Debian 13/) }
    end
  end

  context 'on the host of the database' do
    let(:pre_condition) { "class { 'puppet::database': node_bucket => 's3://nodes' }" }

    it { is_expected.to compile.with_all_deps }
  end

  context 'where the packages come from a source of its own' do
    let(:pre_condition) { "class { 'hadoop::apt': location => 'http://packages.example.com/hadoop', key_content => 'KEY' }" }

    it { is_expected.to contain_package('puppetboard').that_requires('Exec[fetch the package lists for hadoop]') }
  end
end
