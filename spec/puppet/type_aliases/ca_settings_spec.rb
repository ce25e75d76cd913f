# frozen_string_literal: true

RSpec.describe 'Puppet::Ca_settings' do
  it { is_expected.to allow_values({}, { 'cert_ttl' => 86_400 }, { 'key_type' => 'ec' }, { 'cert_ttl' => '1d', 'allow_auto_renewal' => true, 'auto_renewal_cert_ttl' => '90d' }, { 'allow_unenrolled' => true },
                                   { 'max_waiting' => 1000, 'max_waiting_per_address' => 200, 'waiting_ttl' => '1d', 'requests_per_minute' => 0 }) }
  it { is_expected.not_to allow_values({ 'cert_ttl' => '1w' }, { 'key_type' => 'dsa' }, { 'auto_sign' => true }, { 'cert_ttl' => 0 }, { 'waiting_ttl' => 0 },
                                       { 'requests_per_minute' => -1 }, { 'max_waiting_per_address' => 0 }, { 'ca_name' => 'a "quoted" name' }) }
end
