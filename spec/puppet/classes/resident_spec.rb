# frozen_string_literal: true

# puppet::resident is private: here as the CA has it.
RSpec.describe 'puppet::ca' do
  let(:params) { { node_bucket: 's3://nodes' } }
  let(:unit) { catalogue.resource('file', '/etc/systemd/system/puppet-ca-terminated.service')[:content] }

  describe 'a command that stays' do
    it 'stays, and is there again whenever and however often it has ended' do
      expect(unit).to include("\nExecStart=/usr/local/bin/check_csr --terminated s3://nodes --every 10\n")
        .and include("\nRestart=always\n").and include("\nStartLimitIntervalSec=0\n")
    end

    it 'is ended when it gives no sign of life for longer than a rest and the longest look' do
      expect(unit).to include("\nType=notify\n").and include("\nWatchdogSec=70\n").and include("\nWatchdogSignal=SIGKILL\n")
    end

    it 'is started anew when its unit has changed, which systemd has read before' do
      is_expected.to contain_file('/etc/systemd/system/puppet-ca-terminated.service')
        .that_notifies('Exec[systemd reads puppet-ca-terminated.service]')
      is_expected.to contain_exec('systemd reads puppet-ca-terminated.service')
        .with_command(/ daemon-reload$/).with_refreshonly(true).that_notifies('Service[puppet-ca-terminated.service]')
      is_expected.to contain_service('puppet-ca-terminated.service').with_ensure('running').with_enable(true)
    end

    it 'is started anew when its code has changed' do
      is_expected.to contain_file('/usr/local/lib/puppet-enrolment/enrolment').that_notifies('Service[puppet-ca-terminated.service]')
    end
  end

  describe 'a command that knows itself when to look' do
    let(:params) { { node_bucket: 's3://nodes', notify_queue: 'https://sqs.us-east-1.amazonaws.com/123456789012/nodes' } }
    let(:unit) { catalogue.resource('file', '/etc/systemd/system/puppet-ca-listen.service')[:content] }

    it 'is given no time to look at, and the time that its longest look takes' do
      expect(unit).to match(%r{^ExecStart=/usr/local/bin/check_csr --listen .* s3://nodes$})
        .and include("\nDescription=Act on the conductor's messages\n")
        .and include("\nWatchdogSec=180\n").and include("\nRestartSec=10\n")
    end
  end

  describe 'a command that is wanted no more' do
    it 'ends before its unit goes, which systemd is told of' do
      is_expected.to contain_service('puppet-ca-listen.service').with_ensure('stopped')
        .that_comes_before('File[/etc/systemd/system/puppet-ca-listen.service]')
      is_expected.to contain_file('/etc/systemd/system/puppet-ca-listen.service').with_ensure('absent')
        .that_notifies('Exec[systemd reads puppet-ca-listen.service]')
    end
  end
end
