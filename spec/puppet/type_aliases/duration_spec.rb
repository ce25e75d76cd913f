# frozen_string_literal: true

RSpec.describe 'Puppet::Duration' do
  it { is_expected.to allow_values(0, 1800, '1800', '30m', '10s', '2h', '1d', '5y') }
  it { is_expected.not_to allow_values(-1, '', '30 m', '30min', 'm', '1.5h', "30m\n") }
end
