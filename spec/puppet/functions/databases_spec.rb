# frozen_string_literal: true

require 'tmpdir'

RSpec.describe 'puppet::databases' do
  let(:copy) { File.join(Dir.mktmpdir, 'servers.json') }
  let(:pre_condition) { "function puppet::servers_file() { '#{copy}' }" }

  after { FileUtils.rm_rf(File.dirname(copy)) }

  it 'names the URL of each database' do
    databases = [{ 'certname' => 'd1', 'name' => 'd1.ec2.internal', 'port' => 8081 }]
    File.write(copy, JSON.dump('masters' => [], 'databases' => databases))
    is_expected.to run.and_return(['https://d1.ec2.internal:8081'])
  end

  it 'names none where the host keeps no list' do
    is_expected.to run.and_return([])
  end
end
