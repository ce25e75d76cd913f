# frozen_string_literal: true

RSpec.describe 'Hadoop::Cluster' do
  it { is_expected.to allow_values('hadoop', 'a', 'word-count-2') }
  it { is_expected.not_to allow_values('', 'A', '-a', 'a-', 'a/b', 'a.b', "a\nb", 'a' * 64) }
end

RSpec.describe 'Hadoop::Role' do
  it { is_expected.to allow_values('namenode', 'jobtracker') }
  it { is_expected.not_to allow_values('worker', 'NameNode', '') }
end

RSpec.describe 'Hadoop::Daemon' do
  it { is_expected.to allow_values('namenode', 'secondarynamenode', 'datanode', 'resourcemanager', 'nodemanager', 'historyserver') }
  it { is_expected.not_to allow_values('jobtracker', 'hadoop-hdfs-namenode') }
end

RSpec.describe 'Hadoop::Megabytes' do
  it { is_expected.to allow_values(64, 2048) }
  it { is_expected.not_to allow_values(0, 63, -1, '2048', 2.5) }
end

RSpec.describe 'Hadoop::Rack' do
  it { is_expected.to allow_values('/default-rack', '/us-east-1a', '/hall-2/rack_14.a') }
  it { is_expected.not_to allow_values('', '/', 'rack', '/a/', '//a', '/a b', "/a\n", '/a"') }
end

RSpec.describe 'Hadoop::Properties' do
  it { is_expected.to allow_values({}, { 'a.b' => 'c', 'd' => 1, 'e' => true, 'f' => 0.5, 'g' => nil }) }
  it { is_expected.not_to allow_values({ 'a b' => 'c' }, { '<a>' => 'b' }, { '' => 'a' }, { 'a' => ['b'] }, 'a=b') }
end

RSpec.describe 'Hadoop::Site' do
  it { is_expected.to allow_values({}, { 'core-site' => { 'a' => 'b' }, 'capacity-scheduler' => {} }) }
  it { is_expected.not_to allow_values({ 'core-site.xml' => {} }, { 'hadoop-env' => {} }, { 'core-site' => 'a' }) }
end

RSpec.describe 'Hadoop::Partner' do
  it { is_expected.to allow_values({ 'address' => 'nn.example.com', 'port' => 8020 }, { 'address' => 'nn', 'port' => 1, 'certname' => 'x' }) }
  it { is_expected.not_to allow_values({ 'address' => 'nn' }, { 'address' => 'a b', 'port' => 1 }, { 'address' => 'nn', 'port' => '8020' }) }
end
