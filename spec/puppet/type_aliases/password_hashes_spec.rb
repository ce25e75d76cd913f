# frozen_string_literal: true

RSpec.describe 'Puppet::Password_hashes' do
  it { is_expected.to allow_values({}, { 'bob' => '$2y$05$c4WoMPo3SXsafkva.HHa6u' }, { 'a@example.com' => '$6$salt$hash/.' }) }

  it 'takes no password and nothing that would be another line of the file' do
    is_expected.not_to allow_values({ 'bob' => 'secret' }, { 'bob:x' => '$6$a' }, { "bob\n" => '$6$a' }, { 'bob' => "$6$a\nmallory:$6$b" }, ['bob'])
  end
end
