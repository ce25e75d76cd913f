# frozen_string_literal: true

# What the roles of one host share. It is private: the roles bring it in.
RSpec.describe 'puppet::master' do
  let(:params) { { node_bucket: 's3://nodes' } }
  let(:content) { catalogue.resource('apache::custom_config', 'puppet')[:content] }

  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }
      # Debian 14 has no PuppetDB, nor the terminus for it.
      let(:params) { super().merge(system == 'debian-14' ? { puppetdb_urls: [] } : {}) }

      it 'has room for the workers of the CA and the master, and for the health listener' do
        workers = content[/^PassengerMaxInstancesPerApp (\d+)$/, 1].to_i
        expect(content).to match(/^PassengerMaxPoolSize #{workers * 2 + 1}$/)
      end

      it 'has threads for many slow connections' do
        is_expected.to contain_file('/etc/apache2/mods-available/event.conf')
          .with_content(/^\s*MaxRequestWorkers\s+400$/).with_content(/^\s*ThreadsPerChild\s+50$/).with_content(/^\s*ServerLimit\s+8$/)
      end

      it 'writes bodies to files, but where that hangs' do
        in_memory = content[/^PassengerCtl controller_file_buffered_channel_threshold (\d+)$/, 1]
        if system == 'debian-14'
          expect(in_memory.to_i).to be > catalogue.resource('class', 'puppet::master')[:max_body]
        else
          expect(in_memory).to be_nil
        end
      end
    end
  end

  it 'has the commands find Passenger where Apache runs it' do
    expect(content).to match(%r{^PassengerInstanceRegistryDir /run/passenger-instreg$})
    is_expected.to contain_file('/etc/systemd/system/apache2.service.d/passenger.conf')
      .with_content(/^RuntimeDirectory=passenger-instreg$/).that_notifies('Service[httpd]')
  end

  it "takes up the host's certificate when its agent has renewed it, once Apache runs" do
    is_expected.to contain_file('/etc/apache2/puppet-hostcert.pem')
      .with_source("/var/lib/puppet/ssl/certs/#{CERTNAME}.pem").that_requires('Service[httpd]')
      .that_notifies('Exec[reload Apache for its certificate]')
    is_expected.to contain_exec('reload Apache for its certificate')
      .with_refreshonly(true).with_command('/usr/bin/systemctl try-reload-or-restart apache2.service')
  end
end
