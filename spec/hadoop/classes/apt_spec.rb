# frozen_string_literal: true

RSpec.describe 'hadoop::apt', type: :class do
  let(:source) { '/etc/apt/sources.list.d/hadoop.sources' }

  it 'manages no source without a location' do
    is_expected.to compile.with_all_deps
    is_expected.not_to contain_file(source)
    is_expected.not_to contain_exec('fetch the package lists for hadoop')
  end

  context 'with a location and a key' do
    let(:params) { { location: 'http://packages.example.com/hadoop', key_content: "KEY\n" } }

    it 'trusts that source with that key alone' do
      is_expected.to contain_file('/etc/apt/keyrings/hadoop.asc').with_content("KEY\n").that_comes_before("File[#{source}]")
      is_expected.to contain_file(source).with_content(<<~SOURCES)
        # Written by Puppet (class hadoop::apt).
        Types: deb
        URIs: http://packages.example.com/hadoop
        Suites: hadoop
        Components: main
        Signed-By: /etc/apt/keyrings/hadoop.asc
      SOURCES
    end

    it 'fetches the lists until that has succeeded once after the last change' do
      is_expected.to contain_exec('fetch the package lists for hadoop')
        .that_requires("File[#{source}]").without_refreshonly
        .with_unless(/-nt #{Regexp.escape('/etc/apt/sources.list.d/hadoop.sources')}.*-nt #{Regexp.escape('/etc/apt/keyrings/hadoop.asc')}/)
    end
  end

  context 'with suite, components and a key file of its own' do
    let(:params) do
      { location: 'file:/srv/hadoop', release: 'bookworm', repos: 'contrib', key_source: 'puppet:///x/key.gpg', keyring: '/etc/apt/keyrings/x.gpg' }
    end

    it 'uses them' do
      is_expected.to contain_file('/etc/apt/keyrings/x.gpg').with_source('puppet:///x/key.gpg')
      is_expected.to contain_file(source).with_content(%r{^URIs: file:/srv/hadoop\nSuites: bookworm\nComponents: contrib\nSigned-By: /etc/apt/keyrings/x\.gpg$})
    end
  end

  context 'with a flat repository' do
    let(:params) { { location: 'http://packages.example.com', release: 'debian/' } }

    it { is_expected.to contain_file(source).with_content(%r{^Suites: debian/\nSigned-By}) }
    it { is_expected.not_to contain_file('/etc/apt/keyrings/hadoop.asc') }
  end

  context 'with two keys' do
    let(:params) { { key_content: 'KEY', key_source: 'puppet:///x/key' } }

    it { is_expected.to compile.and_raise_error(/key_content and key_source/) }
  end

  context 'with a location that is no URL' do
    let(:params) { { location: 'packages.example.com' } }

    it { is_expected.to compile.and_raise_error(/parameter 'location'/) }
  end
end
