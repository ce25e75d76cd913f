# frozen_string_literal: true

RSpec.describe 'Puppet::Store_url' do
  it { is_expected.to allow_values('s3://nodes', 's3://my.nodes-1', 'https://nodes.s3.amazonaws.com', 'https://s3.lab:8443/nodes', 'file:///var/lib/puppet-nodes') }
  it { is_expected.not_to allow_values('nodes', 's3://', 's3://UPPER', 's3://nodes/prefix', 'https://', 'https://h/a b', "https://h\nx", 'file://host/dir', 'file:///a b', 'file:///a%20b', 'file:///a;b', 'file:///$(id)', 'file:///a"b', 'https://h/a&b', 'http://h/x', 'ftp://h/x', '', 7) }
end
