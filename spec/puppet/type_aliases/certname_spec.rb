# frozen_string_literal: true

RSpec.describe 'Puppet::Certname' do
  it { is_expected.to allow_values('3f0c9a52-0000-4000-8000-0123456789ab-0', 'ip-172-31-0-10.ec2.internal', 'a', 'web_1.example.com') }
  it { is_expected.not_to allow_values('', '.', '..', 'a/b', '../x', 'A', "a\nb", 'a.', '-a', 'a' * 255, 'a b', 'é') }
end
