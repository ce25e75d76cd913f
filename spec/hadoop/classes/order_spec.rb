# frozen_string_literal: true

require_relative '../support'

# Packages start their daemons, so all that a daemon reads must be there before.
RSpec.describe 'hadoop::worker', type: :class do
  include_context 'with exports', [%w[n namenode nn.example.com 8020], %w[j jobtracker jt.example.com 8032]]
  let(:node) { NODE }

  it 'has the package source before Java and the common packages' do
    is_expected.to contain_class('hadoop::apt').with_stage('apt')
    is_expected.to contain_stage('apt').that_comes_before('Stage[hadoop-base]')
  end

  it 'has the configuration before the daemons' do
    is_expected.to contain_class('hadoop::base').with_stage('hadoop-base')
    is_expected.to contain_stage('hadoop-base').that_comes_before('Stage[main]')
    %w[core-site.xml hdfs-site.xml hadoop-env.sh log4j.properties].each do |file|
      is_expected.to contain_file("/etc/hadoop/conf.puppet/#{file}").that_comes_before('Package[hadoop-hdfs-datanode]')
    end
    is_expected.to contain_file('/etc/hadoop/conf.puppet/yarn-site.xml').that_comes_before('Package[hadoop-yarn-nodemanager]')
  end

  it 'has Java before Hadoop, and Hadoop before its configuration' do
    is_expected.to contain_package('openjdk-21-jre-headless').that_comes_before('Package[hadoop-client]')
    is_expected.to contain_package('hadoop-client').that_comes_before('File[/etc/hadoop/conf.puppet]')
  end
end
