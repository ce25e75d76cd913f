# frozen_string_literal: true

RSpec.describe 'Hadoop::Directory' do
  it { is_expected.to allow_values('/data', '/data/1/hdfs', '/var/lib/hadoop-hdfs/name', '/a.b_c+d') }
  it { is_expected.not_to allow_values('', '/', 'data', '/data/', '//data', '/a,b', '/a b', "/a\n", '/a"b', "/a'b", '/$HOME', '/%h', '/a\\b', '/`id`') }
end

RSpec.describe 'Hadoop::Cluster_id' do
  it { is_expected.to allow_values('CID-8bf63244-0510-4db6-a949-8f74b50f2be9', 'testCluster', 'a.b_c') }
  it { is_expected.not_to allow_values('', '-x', 'a b', "a\n", 'a;b', '$(id)', 'a' * 256) }
end
