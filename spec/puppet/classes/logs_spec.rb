# frozen_string_literal: true

# Each log that something of ours writes is rotated: by Debian's rules for Apache and PostgreSQL, or by who writes it.
# All else goes to the journal, which bounds itself.
RSpec.describe 'puppet::ca' do
  let(:pre_condition) do
    <<~PUPPET
      class { 'puppet::database': node_bucket => 's3://nodes' }
      class { 'puppet::master': node_bucket => 's3://nodes' }
      class { 'puppet::packages': node_bucket => 's3://nodes' }
      include puppet::agent
    PUPPET
  end
  let(:params) { { node_bucket: 's3://nodes' } }
  let(:contents) { catalogue.resources.filter_map { |resource| resource[:content] }.grep(String) }

  it 'has the program that rotates' do
    is_expected.to contain_package('logrotate')
  end

  it "has all of Apache's logs where the rule of its package looks for them" do
    logs = contents.flat_map { |content| content.scan(/^\s*(?:CustomLog|ErrorLog|TransferLog)\s+"?([^\s"]+)/) }.flatten
    expect(logs.length).to be >= 10
    expect(logs).to all(match(%r{\A/var/log/apache2/[^/]+\.log\z}))
  end

  it 'writes no other log' do
    named = contents.flat_map { |content| content.scan(%r{/var/log/[^\s"'<>]*}) }.uniq
    # Puppet's logdir is a setting that the workers are given; they log to syslog.
    expect(named.reject { |path| path.start_with?('/var/log/apache2') }).to eq(['/var/log/puppet'])
    units = catalogue.resources.select { |resource| resource.title.to_s.end_with?('.service') && resource[:content] }
    expect(units.map { |unit| unit[:content] }.join).not_to match(/Standard(Output|Error)=/)
    expect(catalogue.resource('file', '/etc/cron.d/puppet-ca')[:content]).not_to include('>')
  end
end
