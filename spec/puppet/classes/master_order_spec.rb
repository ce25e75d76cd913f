# frozen_string_literal: true

RSpec.describe 'puppet::master' do
  let(:params) { { node_bucket: 's3://nodes' } }

  it 'has Passenger before it asks it to start new workers' do
    is_expected.to contain_exec('restart the master workers').that_requires('Class[apache::mod::passenger]')
  end

  it 'has the first revocation list in force before Apache starts' do
    is_expected.to contain_exec('puppet_crl restore').that_comes_before('Service[httpd]')
  end

  it 'has the command and its package before it puts a list in force' do
    is_expected.to contain_file('/usr/local/bin/puppet_crl').that_comes_before('Exec[puppet_crl restore]')
    is_expected.to contain_file('/usr/local/lib/puppet-enrolment/crl').that_comes_before('Exec[puppet_crl restore]')
    is_expected.to contain_file('/usr/local/lib/puppet-enrolment/enrolment').that_comes_before('Exec[puppet_crl restore]')
  end

  it 'asks the authority only once Apache runs, which may be its own' do
    is_expected.to contain_service('puppet-crl.service').that_requires('Service[httpd]')
  end

  it 'has the application and its settings before Apache starts' do
    is_expected.to contain_file('/usr/share/puppet-master/config.ru').that_comes_before('Service[httpd]')
    is_expected.to contain_file('/usr/share/puppet-master/lib').that_comes_before('Service[httpd]')
    is_expected.to contain_package('puppet-terminus-puppetdb').that_comes_before('File[/etc/puppet/puppetdb.conf]')
  end

  it 'starts new workers when the code or the settings change' do
    is_expected.to contain_file('/usr/share/puppet-master/lib').that_notifies('Exec[restart the master workers]')
    is_expected.to contain_file('/usr/share/puppet-master/config.ru').that_notifies('Exec[restart the master workers]')
    is_expected.to contain_ini_setting('puppet.conf [server] node_terminus').that_notifies('Exec[restart the master workers]')
    is_expected.to contain_file('/etc/puppet/puppetdb.conf').that_notifies('Exec[restart the master workers]')
    is_expected.to contain_exec('restart the master workers').with_refreshonly(true)
  end

  it 'starts new workers when a package of code changes' do
    is_expected.to contain_package('puppet-terminus-puppetdb').that_notifies('Exec[restart the master workers]')
  end

  it 'has the command before it first calls it, and calls it without asking the master, whose port may change' do
    is_expected.to contain_exec('restart the master workers').with_command('/usr/local/bin/puppet_master refresh --no-wait')
    ['File[/usr/local/bin/puppet_master]', 'File[/etc/puppet/master.yaml]', 'File[/usr/local/lib/puppet-enrolment/master]',
     'File[/usr/local/lib/puppet-enrolment/crl]'].each do |file|
      is_expected.to contain_exec('restart the master workers').that_requires(file)
    end
  end

  it 'has the code of what runs again and again compiled, whenever it has changed' do
    %w[crl master servers].each do |package|
      folder = "/usr/local/lib/puppet-enrolment/#{package}"
      is_expected.to contain_exec("compile #{folder}").with_command("/usr/bin/python3 -m compileall -q #{folder}")
        .with_refreshonly(true).that_subscribes_to("File[#{folder}]").that_requires('Package[python3-yaml]')
    end
  end

  it 'has the health listener before Apache starts, and watches the workers only afterwards' do
    is_expected.to contain_file('/usr/share/puppet-health/passenger_wsgi.py').that_comes_before('Service[httpd]')
    is_expected.to contain_service('puppet-master-recycle.timer').that_requires('Exec[the master answers]')
  end

  it 'asks itself whether it runs after Apache has started' do
    is_expected.to contain_exec('the master answers').that_requires('Service[httpd]')
  end

  context 'on the host of the authority' do
    let(:pre_condition) { "class { 'puppet::ca': node_bucket => 's3://nodes' }" }

    it { is_expected.to compile.with_all_deps }

    it "has the host's certificate and the authority's first list before its own" do
      is_expected.to contain_exec('puppet_ca setup').that_comes_before('Exec[puppet_crl restore]')
    end

    it 'listens on one port for each role' do
      listens = catalogue.resources.select { |resource| resource.type == 'Apache::Listen' }.map { |listen| listen.title.to_s }
      expect(listens).to contain_exactly('8140', '8141', '8142')
    end

    it 'runs each role as a user of its own' do
      fragments = %w[puppet-master puppet-ca].map { |name| catalogue.resource('apache::vhost', name)[:custom_fragment] }
      expect(fragments.map { |fragment| fragment[/^ *PassengerUser (\S+)$/, 1] }).to eq(%w[puppet puppet-ca])
    end
  end
end
