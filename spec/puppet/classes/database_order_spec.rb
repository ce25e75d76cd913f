# frozen_string_literal: true

RSpec.describe 'puppet::database' do
  let(:params) { { node_bucket: 's3://nodes' } }

  it 'has its unit wait for a configuration before the package could start it' do
    is_expected.to contain_file('/etc/systemd/system/puppetdb.service.d/configured.conf').that_comes_before('Package[puppetdb]')
  end

  it 'gives PuppetDB on a busy host the time to answer' do
    is_expected.to contain_file('/etc/systemd/system/puppetdb.service.d/configured.conf').with_content(/^TimeoutStartSec=15min$/)
  end

  it "keeps the package from making a database of its own" do
    is_expected.to contain_package('dbconfig-no-thanks').that_comes_before('Package[puppetdb]')
  end

  it 'has a role, a database and an extension before it sets the password' do
    is_expected.to contain_postgresql__server__extension('pg_trgm').that_comes_before('Exec[password of PuppetDB for PostgreSQL]')
  end

  it 'starts PuppetDB in the background when all is configured, and waits for it afterwards' do
    is_expected.to contain_exec('start or restart PuppetDB').with_command(/--no-block/).with_refreshonly(true)
                                                            .that_subscribes_to('File[/etc/puppetdb/conf.d/jetty.ini]')
                                                            .that_comes_before('Service[puppetdb]')
  end

  it 'takes PuppetDB off the port of an older configuration before Apache listens there' do
    is_expected.to contain_exec('start or restart PuppetDB').with_command(/stop puppetdb/).that_comes_before('Service[httpd]')
  end

  it 'installs Apache and what comes with it while PuppetDB starts' do
    is_expected.to contain_exec('start or restart PuppetDB').that_comes_before('Package[httpd]')
  end

  it 'has Apache up before it waits for PuppetDB, and both before it asks it about nodes' do
    is_expected.to contain_service('puppetdb').that_requires('Service[httpd]')
    is_expected.to contain_puppet__resident('puppet-node-status').that_requires(['Service[httpd]', 'Service[puppetdb]'])
  end

  context 'on a host that is also the CA' do
    let(:pre_condition) { "class { 'puppet::ca': node_bucket => 's3://nodes' }" }

    it { is_expected.to compile.with_all_deps }

    it 'has nodes launched, by what the CA publishes, when they can get a catalog' do
      is_expected.to contain_service('puppetdb').that_comes_before('Exec[puppet_ca publish]')
    end

    it "has the host's certificate from there" do
      is_expected.to contain_file('/etc/puppetdb/ssl/private.pem').that_requires('Exec[puppet_ca setup]')
      is_expected.to contain_concat('/etc/puppetdb-proxy.pem').that_requires('Exec[puppet_ca setup]')
    end
  end
end
