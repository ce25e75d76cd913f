# frozen_string_literal: true

require 'open3'
require 'json'

# What our own units may do. `systemd-analyze security` says how much that is: 10 is everything.
RSpec.describe 'puppet::ca' do
  let(:pre_condition) do
    <<~PUPPET
      class { 'puppet::database': node_bucket => 's3://nodes' }
      class { 'puppet::master': node_bucket => 's3://nodes' }
      class { 'puppet::packages': node_bucket => 's3://nodes' }
      include puppet::agent
      include puppet::metrics
    PUPPET
  end
  let(:params) { { node_bucket: 's3://nodes', notify_queue: 'https://sqs.us-east-1.amazonaws.com/123456789012/nodes' } }

  # Name, its exposure at the most, the rights of root's that it has, and where it writes.
  [
    ['puppet-ca-terminated', 2.8, %w[CAP_DAC_READ_SEARCH CAP_SETGID CAP_SETUID], '/var/lib/puppet-ca'],
    ['puppet-ca-listen', 2.8, %w[CAP_DAC_READ_SEARCH CAP_SETGID CAP_SETUID], '/var/lib/puppet-ca'],
    ['puppet-node-status', 2.8, %w[CAP_DAC_READ_SEARCH CAP_SETGID CAP_SETUID], '/var/lib/puppet-node-status'],
    ['puppet-crl', 2.7, %w[CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER], '/var/lib/puppet-crl -/var/lib/puppet/ssl'],
    ['puppet-servers', 2.9, %w[CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_SETGID CAP_SETUID], '/var/lib/puppet-servers -/etc/puppet'],
    ['puppet-packages', 2.8, %w[CAP_DAC_READ_SEARCH CAP_SETGID CAP_SETUID], '/var/lib/puppet-packages'],
    ['puppet-master-recycle', 2.5, %w[CAP_DAC_OVERRIDE], '/var/lib/puppet-master -/run/passenger-instreg'],
    ['puppet-metrics', 2.5, %w[CAP_DAC_READ_SEARCH], '/var/lib/puppet-metrics'],
    ['puppet-node-classifier', 2.0, [], '/var/cache/puppet/node_classifier'],
    ['puppet-metadata', 2.4, %w[CAP_NET_ADMIN], nil]
  ].each do |name, exposure, capabilities, writes|
    describe name do
      let(:unit) { catalogue.resource('file', "/etc/systemd/system/#{name}.service")[:content] }

      it 'has those rights of root that it needs' do
        expect(unit[/^CapabilityBoundingSet=(.*)$/, 1].split).to eq(capabilities)
        expect(unit).to include("\nNoNewPrivileges=yes\n")
      end

      it 'writes where it must' do
        expect(unit).to include("\nProtectSystem=strict\n")
        expect(unit[/^ReadWritePaths=-(.*)$/, 1]).to eq(writes)
      end

      it 'is little exposed, as systemd sees it', if: system('systemd-analyze --version', out: File::NULL, err: File::NULL) do
        Dir.mktmpdir do |dir|
          path = File.join(dir, "#{name}.service")
          File.write(path, unit)
          output, status = Open3.capture2e('systemd-analyze', 'security', '--offline=yes', '--no-pager', path)
          expect(status).to be_success, output
          figure = output[/Overall exposure level for #{name}\.service: ([\d.]+)/, 1].to_f
          expect(figure).to be <= exposure, output
        end
      end
    end
  end

  context 'with a bucket that is a folder' do
    let(:pre_condition) { '' }
    let(:params) { { node_bucket: 'file:///srv/nodes' } }

    it 'writes there' do
      expect(catalogue.resource('file', '/etc/systemd/system/puppet-ca-terminated.service')[:content])
        .to include("\nReadWritePaths=-/var/lib/puppet-ca -/srv/nodes\n")
    end
  end

  it 'makes the folder of a service that may not make it itself' do
    is_expected.to contain_file('/var/lib/puppet-node-status').with_ensure('directory').with_mode('0750')
                                                               .that_comes_before('Puppet::Resident[puppet-node-status]')
  end
end
