# frozen_string_literal: true

RSpec.describe 'puppet::ca' do
  let(:params) { { node_bucket: 's3://nodes' } }

  it 'has its commands before it sets the authority up' do
    is_expected.to contain_file('/usr/local/bin/puppet_ca').that_comes_before('Exec[puppet_ca setup]')
  end

  it 'has its user and configuration before it sets the authority up' do
    is_expected.to contain_user('puppet-ca').that_comes_before('Exec[puppet_ca setup]')
    is_expected.to contain_file('/etc/puppet-ca/ca.yaml').that_comes_before('Exec[puppet_ca setup]')
  end

  it "has the host's certificate before Apache starts" do
    is_expected.to contain_exec('puppet_ca setup').that_comes_before('Service[httpd]')
  end

  it 'publishes what is being served' do
    is_expected.to contain_exec('puppet_ca publish').that_requires('Service[httpd]')
  end

  it "publishes when its user may ask for the instance's credentials" do
    is_expected.to contain_exec('puppet_ca publish').that_requires('Service[puppet-metadata.service]')
  end

  it 'takes up new code and configuration' do
    is_expected.to contain_file('/usr/local/lib/puppet-enrolment/enrolment').that_notifies('Exec[restart the CA workers]')
    is_expected.to contain_file('/etc/puppet-ca/ca.yaml').that_notifies('Exec[restart the CA workers]')
  end

  it 'has its code compiled, for a user that cannot write there, whenever it has changed' do
    is_expected.to contain_exec('compile /usr/local/lib/puppet-enrolment')
      .with_command('/usr/bin/python3 -m compileall -q /usr/local/lib/puppet-enrolment').with_refreshonly(true)
      .that_subscribes_to('File[/usr/local/lib/puppet-enrolment/enrolment]')
      .that_requires('Package[python3-yaml]').that_comes_before('Exec[puppet_ca setup]')
  end

  it 'listens when there is an authority to act for, and anew when its code or configuration has changed' do
    params[:notify_queue] = 'https://sqs.us-east-1.amazonaws.com/123456789012/nodes'
    is_expected.to contain_service('puppet-ca-listen.service').that_requires('Exec[puppet_ca setup]')
      .that_subscribes_to('File[/usr/local/lib/puppet-enrolment/enrolment]').that_subscribes_to('File[/etc/puppet-ca/ca.yaml]')
  end

  it 'lets its user through to the metadata service once there is such a user' do
    is_expected.to contain_concat('/etc/puppet-metadata.nft').that_requires('User[puppet-ca]')
  end
end
