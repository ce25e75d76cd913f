# frozen_string_literal: true

RSpec.describe 'puppet::metadata_access' do
  let(:title) { 'puppet' }

  it { is_expected.to compile.with_all_deps }
  it { is_expected.to contain_class('puppet::metadata') }
  it { is_expected.to contain_concat__fragment('puppet-metadata user puppet').with_content("    puppet,\n") }

  context 'with a name that would be read as rules' do
    let(:title) { "puppet }\nflush ruleset" }

    it { is_expected.to compile.and_raise_error(/expects a match for Pattern/) }
  end
end
