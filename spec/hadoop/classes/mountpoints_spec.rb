# frozen_string_literal: true

require 'open3'
require_relative '../support'

RSpec.describe 'hadoop::worker', type: :class do
  include_context 'with exports', [%w[n namenode nn.example.com 8020], %w[j jobtracker jt.example.com 8032]]
  let(:node) { NODE }
  let(:directories) { { data_dirs: ['/data/1/hdfs', '/data/2/hdfs'], local_dirs: ['/data/1/yarn'], log_dirs: ['/data/2/logs'] } }

  on_supported_systems do |system, facts|
    context "on #{system}, with disks that must be mounted" do
      let(:facts) { facts }
      let(:params) { directories.merge(mountpoints: ['/data/1', '/data/2']) }

      it { is_expected.to compile.with_all_deps }

      it 'writes nothing beneath before they are' do
        %w[/data/1 /data/2].each do |mountpoint|
          is_expected.to contain_exec("refuse to write to #{mountpoint} while it is not mounted").with_unless("mountpoint -q #{mountpoint}")
          %w[/data/1/hdfs /data/2/hdfs /data/1/yarn /data/2/logs].each do |directory|
            is_expected.to contain_hadoop__mountpoint(mountpoint).that_comes_before("File[#{directory}]")
          end
        end
      end

      it 'has systemd start no daemon before they are, at boot either' do
        %w[hadoop-hdfs-datanode hadoop-yarn-nodemanager].each do |unit|
          is_expected.to contain_file("/etc/systemd/system/#{unit}.service.d/hadoop.conf")
            .with_content(%r{^\[Unit\]\nRequiresMountsFor=/data/1\nAssertPathIsMountPoint=/data/1\nRequiresMountsFor=/data/2$})
            .that_comes_before("Exec[reload systemd for #{unit}]")
          is_expected.to contain_exec("reload systemd for #{unit}").with_onlyif(/NeedDaemonReload/).that_comes_before("Package[#{unit}]")
        end
      end
    end
  end

  context 'with a disk that is not mounted' do
    let(:params) { directories.merge(mountpoints: ['/data/1']) }

    it 'says which, and what to do' do
      exec = catalogue.resource('exec', 'refuse to write to /data/1 while it is not mounted')
      output, status = Open3.capture2e('sh', '-c', exec[:command])
      expect(status).not_to be_success
      expect(output).to match(%r{\A/data/1 .*is not mounted.*Mount its disk})
    end
  end

  context 'without mount points' do
    it 'needs none' do
      expect(catalogue.resources.map(&:type)).not_to include('Hadoop::Mountpoint')
      is_expected.to contain_file('/etc/systemd/system/hadoop-hdfs-datanode.service.d/hadoop.conf').with_ensure('absent')
    end
  end

  {
    'a mount point beneath which nothing is' => [{ mountpoints: ['/data/3'] }, %r{mountpoints names /data/3, beneath which is none of data_dirs, local_dirs}],
    'a mount point with the beginning of a name in common' => [{ mountpoints: ['/data/1/hd'] }, %r{mountpoints names /data/1/hd,}],
    'one directory for two purposes' => [{ local_dirs: ['/data/2/hdfs'] }, %r{hadoop::worker: /data/2/hdfs \(local_dirs\) is within /data/2/hdfs \(data_dirs\)}],
    'a directory within another' => [{ data_dirs: ['/data'] }, %r{/data/1/yarn \(local_dirs\) is within /data \(data_dirs\)}],
    'a directory twice' => [{ data_dirs: %w[/a /a] }, %r{/a \(data_dirs\) is within /a \(data_dirs\)}],
    'a comma, at which Hadoop splits' => [{ data_dirs: ['/a,b'] }, /parameter 'data_dirs'/],
    'a slash at the end' => [{ mountpoints: ['/data/1/'] }, /parameter 'mountpoints'/],
  }.each do |what, (wrong, error)|
    context "with #{what}" do
      let(:params) { directories.merge(wrong) }

      it { is_expected.to compile.and_raise_error(error) }
    end
  end
end

RSpec.describe 'hadoop::namenode', type: :class do
  let(:node) { NODE }
  let(:params) { { name_dirs: ['/data/1/name', '/var/name'], mountpoints: ['/data/1'] } }

  it 'formats nothing while a disk of its names is missing, and does not start' do
    is_expected.to compile.with_all_deps
    is_expected.to contain_hadoop__mountpoint('/data/1').that_comes_before('File[/data/1/name]')
    is_expected.to contain_file('/data/1/name').that_comes_before('Exec[format the namenode]')
    is_expected.to contain_file('/etc/systemd/system/hadoop-hdfs-namenode.service.d/hadoop.conf').with_content(%r{^AssertPathIsMountPoint=/data/1$})
  end

  context 'with a mount point of none of its directories' do
    let(:params) { { mountpoints: ['/data/9'] } }

    it { is_expected.to compile.and_raise_error(%r{hadoop::namenode: mountpoints names /data/9, beneath which is none of name_dirs}) }
  end

  context 'beside a worker with the same disk' do
    let(:post_condition) { "class { 'hadoop::worker': data_dirs => ['/data/1/hdfs'], mountpoints => ['/data/1'] }" }

    it { is_expected.to compile.with_all_deps }
  end
end
