# frozen_string_literal: true

RSpec.describe 'Puppet::Queue_url' do
  it { is_expected.to allow_values('https://sqs.us-east-1.amazonaws.com/123456789012/puppet-hadoop-nodes', 'https://sqs.lab:8443/123456789012/a_b') }
  it { is_expected.not_to allow_values('nodes', 'http://sqs.us-east-1.amazonaws.com/123456789012/q', 'https://sqs.us-east-1.amazonaws.com/q', 'https://h/123456789012/a b', "https://h/123456789012/q\n", 'https://h/123456789012/q;x', 'https://h/123456789012/%i', 'https://h/123456789012/a/b', '', 7) }
end
