# frozen_string_literal: true

RSpec.describe 'puppet::master' do
  let(:params) { { node_bucket: 'https://nodes.s3.amazonaws.com' } }

  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }
      # Debian 14 has no PuppetDB, nor the terminus for it.
      let(:params) { super().merge(system == 'debian-14' ? { puppetdb_urls: [] } : {}) }

      it { is_expected.to compile.with_all_deps }

      it 'requires a current certificate of the one authority, on port 8140' do
        is_expected.to contain_apache__vhost('puppet-master')
          .with_port(8140).with_ssl_verify_client('require')
          .with_ssl_ca('/var/lib/puppet/ssl/certs/ca.pem').without_ssl_certs_dir
          .with_ssl_crl_path('/var/lib/puppet-crl/apache').with_ssl_crl_check('chain')
      end

      it 'hands what TLS has verified to the application' do
        is_expected.to contain_apache__vhost('puppet-master').with_ssl_options(['+StdEnvVars', '+ExportCertData'])
      end

      it 'takes the certificate of its host from the ssldir of that host' do
        is_expected.to contain_apache__vhost('puppet-master')
          .with_ssl_cert("/var/lib/puppet/ssl/certs/#{CERTNAME}.pem")
          .with_ssl_key("/var/lib/puppet/ssl/private_keys/#{CERTNAME}.pem")
      end

      it "runs the application as Puppet's user" do
        is_expected.to contain_apache__vhost('puppet-master').with_custom_fragment(/^  PassengerUser puppet$/)
      end

      it "tells its workers' garbage collector to run less often" do
        is_expected.to contain_class('apache::mod::env')
        is_expected.to contain_concat__fragment('puppet-master-setenv')
          .with_content(/^  SetEnv RUBY_GC_HEAP_FREE_SLOTS_MIN_RATIO 0.40$/)
      end

      it 'bounds the bodies that it takes' do
        is_expected.to contain_apache__vhost('puppet-master').with_custom_fragment(/^  LimitRequestBody 33554432$/)
      end

      it 'writes every request to its access log, with the name of the node' do
        is_expected.to contain_apache__vhost('puppet-master').with_access_log_format('puppet')
        expect(catalogue.resource('class', 'apache')[:log_formats]['puppet']).to include('%{SSL_CLIENT_S_DN_CN}x')
      end

      it 'soon gives up on a PuppetDB whose host drops packets, since a worker waits for it' do
        is_expected.to contain_ini_setting('puppet.conf [server] http_connect_timeout').with_value('5s').with_section('server')
      end

      it "gives the application the directories of its host's Puppet" do
        content = catalogue.resource('file', '/usr/share/puppet-master/config.ru')[:content]
        expect(content).to include("ssldir: '/var/lib/puppet/ssl'", "confdir: '/etc/puppet'")
      end

      it "tells the application where the classifier's helper answers in place of the program that Puppet would run" do
        content = catalogue.resource('file', '/usr/share/puppet-master/config.ru')[:content]
        expect(content).to include(
          "Classifier.install(Puppet::Node::Exec, command: '/usr/local/bin/node_classifier', socket: '/run/puppet-node-classifier.sock')"
        )
      end

      it 'gives the application the lists and the certificates of the authorities, and no versions of the code' do
        content = catalogue.resource('file', '/usr/share/puppet-master/config.ru')[:content]
        expect(content).to include(
          "Revocations.new('/var/lib/puppet/ssl/crl.pem', authorities: '/var/lib/puppet/ssl/certs/ca.pem')", 'VersionedCode.new()'
        )
      end

      it 'keeps its workers from listening on TCP ports, which every user of the host could reach' do
        is_expected.to contain_file('/usr/share/puppet-master/config.ru')
          .with_content(/^PuppetMaster::UnixSocketsOnly\.install\(PhusionPassenger::RequestHandler\)$/)
      end

      it "lets its workers write what a server keeps, and leaves the rest of Puppet's folders alone" do
        %w[bucket node_classifier reports server_data yaml].each do |name|
          is_expected.to contain_file("/var/cache/puppet/#{name}").with_ensure('directory').with_owner('puppet').with_mode('0750')
        end
        is_expected.not_to contain_file('/var/cache/puppet')
      end

      it 'classifies nodes by the ENC' do
        is_expected.to contain_ini_setting('puppet.conf [server] node_terminus').with_value('exec').with_section('server')
        is_expected.to contain_ini_setting('puppet.conf [server] external_nodes').with_value('/usr/local/bin/node_classifier')
        is_expected.to contain_file('/etc/puppet/node_classifier.yaml')
          .with_content(%r{^node_bucket: https://nodes\.s3\.amazonaws\.com$}).with_content(/^unknown: fail$/)
      end

      it 'keeps facts, catalogs and reports in PuppetDB, and goes on without it', unless: system == 'debian-14' do
        is_expected.to contain_package('puppet-terminus-puppetdb')
        is_expected.to contain_ini_setting('puppet.conf [server] storeconfigs').with_value('true')
        is_expected.to contain_ini_setting('puppet.conf [server] storeconfigs_backend').with_value('puppetdb')
        is_expected.to contain_ini_setting('puppet.conf [server] reports').with_value('puppetdb')
        is_expected.to contain_file('/etc/puppet/routes.yaml').with_content(/terminus: puppetdb/)
        is_expected.to contain_file('/etc/puppet/puppetdb.conf')
          .with_content(%r{^server_urls = https://#{Regexp.escape(facts[:networking]['fqdn'])}:8081$})
          .with_content(/^soft_write_failure = true$/)
      end

      it 'says that it is no authority' do
        is_expected.to contain_ini_setting('puppet.conf [server] ca').with_value('false')
      end

      it 'lets its workers reach the metadata service' do
        is_expected.to contain_puppet__metadata_access('puppet')
      end

      it 'asks for the revocation list every 30 seconds' do
        is_expected.to contain_puppet__resident('puppet-crl')
          .with_seconds(30).with_command('/usr/local/bin/puppet_crl --config /etc/puppet/crl.yaml fetch')
      end

      it 'asks after Apache has started, but never starts an Apache that somebody has stopped' do
        is_expected.to contain_file('/etc/systemd/system/puppet-crl.service')
          .with_content(/^After=network-online\.target apache2\.service$/).with_content(/^Wants=network-online\.target$/)
      end

      it 'has systemd read the unit anew when its command has changed' do
        is_expected.to contain_file('/etc/systemd/system/puppet-crl.service').that_notifies('Exec[systemd reads puppet-crl.service]')
        is_expected.to contain_exec('systemd reads puppet-crl.service').with_command(/ daemon-reload$/).with_refreshonly(true)
      end
    end
  end

  it 'serves nothing but its own port and the health listener' do
    listens = catalogue.resources.select { |resource| resource.type == 'Apache::Listen' }.map { |listen| listen.title.to_s }
    expect(listens).to contain_exactly('8140', '8142')
    is_expected.to contain_class('apache').with_default_vhost(false).with_default_ssl_vhost(false)
  end

  it 'lets no TLS session be resumed, since that would skip the revocation list' do
    is_expected.to contain_file('ssl.conf').with_content(/^SSLSessionCache none$/).with_content(/^SSLSessionTickets off$/)
    contents = catalogue.resources.map { |resource| resource[:content] }.grep(String)
    expect(contents.flat_map { |content| content.scan(/^\s*SSLSessionCache .*/) }).to eq(['SSLSessionCache none'])
  end

  it 'speaks TLS 1.2 and 1.3 only' do
    is_expected.to contain_file('ssl.conf').with_content(/^SSLProtocol -all \+TLSv1\.2 \+TLSv1\.3$/)
  end

  it 'takes the names that could be taken for an identity off the headers' do
    headers = catalogue.resource('apache::vhost', 'puppet-master')[:request_headers]
    expect(headers).to include('unset X-Client-DN', 'unset X-Client-Verify', 'unset X-Client-Cert', 'unset X-Forwarded-For')
  end

  it "keeps Passenger's telemetry and update checks off" do
    is_expected.to contain_apache__custom_config('puppet')
      .with_content(/^PassengerDisableAnonymousTelemetry on$/).with_content(/^PassengerDisableSecurityUpdateCheck on$/)
  end

  it "asks its host's authority for the list where no other is named" do
    is_expected.to contain_file('/etc/puppet/crl.yaml')
      .with_content(%r{^url: https://\S+:8141/puppet-ca/v1/certificate_revocation_list/ca$})
  end

  it 'keeps parsed code until it is told that there is other code' do
    is_expected.to contain_ini_setting('puppet.conf [server] environment_timeout').with_value('unlimited')
  end

  describe 'the health listener' do
    let(:vhost) { catalogue.resource('apache::vhost', 'puppet-health') }

    it 'asks for no certificate and speaks plain HTTP' do
      expect(vhost[:port]).to eq(8142)
      expect([vhost[:ssl], vhost[:ssl_verify_client]]).to eq([false, nil])
    end

    it 'answers GET of two paths, and takes no body' do
      denied, allowed = vhost[:directories]
      expect(denied).to include('require' => 'all denied')
      expect(allowed).to include('path' => '^/(health|status/v1/simple)$', 'require' => 'method GET')
      expect(vhost[:custom_fragment]).to match(/^  LimitRequestBody 1$/)
    end

    it "is a process of its own that has no right, and none of Puppet's code" do
      expect(vhost[:custom_fragment]).to match(/^  PassengerUser nobody$/).and match(/^  PassengerAppType wsgi$/)
      expect(vhost[:custom_fragment]).not_to include('/usr/share/puppet-master')
    end

    it 'is on another port where the site says so' do
      params[:health_port] = 9000
      expect(vhost[:port]).to eq(9000)
    end

    it 'is not there where the site wants none' do
      params[:health_port] = 'none'
      is_expected.not_to contain_apache__vhost('puppet-health')
      is_expected.to contain_apache__vhost('puppet-master')
    end
  end

  describe 'the command puppet_master' do
    it 'has what it needs to ask the master as its own host' do
      is_expected.to contain_file('/usr/local/bin/puppet_master').with_mode('0755')
      is_expected.to contain_file('/etc/puppet/master.yaml')
        .with_content(%r{^approot: /usr/share/puppet-master$}).with_content(/^port: 8140$/).with_content(/^memory_limit: 768$/)
        .with_content(%r{^key: /var/lib/puppet/ssl/private_keys/#{CERTNAME}\.pem$}).with_content(%r{^crl_state: /var/lib/puppet-crl$})
    end

    it 'keeps the workers within their memory every minute' do
      is_expected.to contain_puppet__timer('puppet-master-recycle')
        .with_seconds(60).with_command('/usr/local/bin/puppet_master recycle')
    end

    it 'takes the limit of the site' do
      params[:memory_limit] = 2000
      is_expected.to contain_file('/etc/puppet/master.yaml').with_content(/^memory_limit: 2000$/)
    end
  end

  context 'with versions of the code' do
    let(:params) { super().merge(code_id_command: '/opt/code/id', code_content_command: '/opt/code/content') }

    it 'tells the application by which programs to get them' do
      is_expected.to contain_file('/usr/share/puppet-master/config.ru')
        .with_content(%r{VersionedCode\.new\(id: '/opt/code/id', content: '/opt/code/content'\)})
    end
  end

  %i[code_id_command code_content_command].each do |name|
    it "takes no #{name} without the other" do
      params[name] = '/opt/code/x'
      is_expected.to compile.and_raise_error(/give both or neither/)
    end
  end

  it 'allows for a chain of authorities, on a host that has no certificate yet as on one that has' do
    is_expected.to contain_apache__vhost('puppet-master').with_ssl_verify_depth(5)
  end

  it 'has less than sixteen parameters' do
    parameters = Puppet::Pops::Parser::EvaluatingParser.new.parse_file(File.join(ROOT, 'modules/puppet/manifests/master.pp'))
    expect(parameters.definitions.first.parameters.size).to be < 16
  end

  context 'without PuppetDB' do
    let(:params) { super().merge(puppetdb_urls: []) }

    it 'stores nothing there' do
      is_expected.not_to contain_package('puppet-terminus-puppetdb')
      is_expected.not_to contain_file('/etc/puppet/routes.yaml')
      is_expected.not_to contain_file('/etc/puppet/puppetdb.conf')
      is_expected.to contain_ini_setting('puppet.conf [server] storeconfigs').with_value('false')
      is_expected.to contain_ini_setting('puppet.conf [server] reports').with_value('none')
    end
  end

  context 'with settings of the site' do
    let(:params) { super().merge(settings: { 'environment_timeout' => 'unlimited', 'log_level' => 'info' }) }

    it 'writes them, in place of its own' do
      is_expected.to contain_ini_setting('puppet.conf [server] environment_timeout').with_value('unlimited')
      is_expected.to contain_ini_setting('puppet.conf [server] log_level').with_value('info')
    end
  end

  context 'with a bucket of S3' do
    let(:params) { { node_bucket: 's3://nodes' } }

    it { is_expected.to contain_package('python3-boto3') }
  end

  context 'without a bucket' do
    let(:params) { {} }

    it { is_expected.to compile.and_raise_error(/node_bucket/) }
  end

  context 'with a PuppetDB that is not asked over TLS' do
    let(:params) { super().merge(puppetdb_urls: ['http://puppetdb.example.com:8080']) }

    it { is_expected.to compile.and_raise_error(/puppetdb_urls/) }
  end
end
