# frozen_string_literal: true

RSpec.describe 'Puppet::Life_time' do
  it { is_expected.to allow_values(60, 157_680_000, '5y', '90d', '1y30d12h5m1s') }
  it { is_expected.not_to allow_values(0, 59, -1, 1.5, '', '90', 'd', '1w', '1 y', '-1d', "90d\n", 'forever') }
end
