# frozen_string_literal: true

RSpec.describe 'Puppet::Heap' do
  it { is_expected.to allow_values('512m', '2g', '1G', '262144k') }
  it { is_expected.not_to allow_values('', '0m', '512', '1.5g', '512mb', '512m -Dx=y', 512) }
end
