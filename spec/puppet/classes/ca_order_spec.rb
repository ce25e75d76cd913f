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

  it 'takes up new code and configuration' do
    is_expected.to contain_file('/usr/local/lib/puppet-enrolment/enrolment').that_notifies('Exec[restart the CA workers]')
    is_expected.to contain_file('/etc/puppet-ca/ca.yaml').that_notifies('Exec[restart the CA workers]')
  end

  it 'lets its user through to the metadata service once there is such a user' do
    is_expected.to contain_concat('/etc/puppet-metadata.nft').that_requires('User[puppet-ca]')
  end
end
