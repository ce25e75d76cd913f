# frozen_string_literal: true

# The ENC's helper.
RSpec.describe 'puppet::master' do
  let(:params) { { node_bucket: 's3://nodes' } }
  let(:socket) { '/run/puppet-node-classifier.sock' }
  let(:units) { %w[service socket].to_h { |kind| [kind, "/etc/systemd/system/puppet-node-classifier.#{kind}"] } }

  it 'keeps a socket for questions about nodes, which the master alone may ask' do
    is_expected.to contain_file(units['socket'])
      .with_content(/^ListenStream=#{socket}$/).with_content(/^SocketUser=puppet$/).with_content(/^SocketMode=0600$/)
    is_expected.to contain_service('puppet-node-classifier.socket').with_ensure('running').with_enable(true)
  end

  it "answers them as the master's user, to whom the cache belongs" do
    is_expected.to contain_file(units['service'])
      .with_content(/^User=puppet$/).with_content(%r{^ExecStart=/usr/local/bin/node_classifier --serve$})
  end

  it 'tells the command of the same socket' do
    is_expected.to contain_file('/etc/puppet/node_classifier.yaml').with_content(/^helper: #{socket}$/)
  end

  it 'has the command and its settings before the first question' do
    is_expected.to contain_service('puppet-node-classifier.socket').that_requires('File[/usr/local/bin/node_classifier]')
    is_expected.to contain_service('puppet-node-classifier.socket').that_requires('File[/etc/puppet/node_classifier.yaml]')
  end

  it 'has systemd read its units before the socket is opened' do
    units.each_value do |file|
      is_expected.to contain_exec('systemd reads puppet-node-classifier').that_subscribes_to("File[#{file}]")
    end
    is_expected.to contain_exec('systemd reads puppet-node-classifier')
      .with_refreshonly(true).that_comes_before('Service[puppet-node-classifier.socket]')
  end

  it 'ends one that runs with old code, which the next question starts anew' do
    is_expected.to contain_exec('end puppet-node-classifier')
      .with_command('/usr/bin/systemctl stop puppet-node-classifier.service').with_refreshonly(true)
    is_expected.to contain_exec('end puppet-node-classifier').that_subscribes_to('Class[puppet::scripts]')
    is_expected.to contain_exec('end puppet-node-classifier').that_subscribes_to("File[#{units['service']}]")
  end
end
