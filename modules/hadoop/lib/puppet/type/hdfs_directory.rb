# frozen_string_literal: true

Puppet::Type.newtype(:hdfs_directory) do
  @doc = <<~DOC
    A directory in HDFS, by the NameNode's WebHDFS: a check costs one HTTP request, no JVM.

    Waits for a NameNode that is starting or in safe mode. Parents that are managed come first.

        hdfs_directory { '/tmp':
          owner => 'hdfs',
          group => 'hadoop',
          mode  => '1777',
          url   => 'http://namenode.example.com:9870',
        }
  DOC

  ensurable do
    desc 'Only `present`: nothing in HDFS is removed.'
    newvalue(:present) { provider.create }
    defaultto :present
  end

  newparam(:path, namevar: true) do
    desc 'The absolute path in HDFS.'
    validate do |value|
      raise ArgumentError, "hdfs_directory: #{value} is not an absolute path" unless value.match?(%r{\A(/|(/[^/\s:]+)+)\z})
    end
  end

  newparam(:url) do
    desc "The NameNode's web address, such as `http://HOST:9870`."
    isrequired
    validate do |value|
      raise ArgumentError, "hdfs_directory: url #{value} is not http://HOST:PORT" unless value.match?(%r{\Ahttp://[^/\s]+\z})
    end
  end

  newparam(:superuser) do
    desc 'Who the requests are made as.'
    defaultto 'hdfs'
  end

  newparam(:timeout) do
    desc 'Seconds to wait for a NameNode that does not serve yet.'
    defaultto 180
    munge { |value| Integer(value) }
  end

  newproperty(:owner) do
    desc 'The owner.'
  end

  newproperty(:group) do
    desc 'The group.'
  end

  newproperty(:mode) do
    desc 'The permissions, three or four octal digits.'
    validate do |value|
      raise ArgumentError, "hdfs_directory: mode #{value} is not octal" unless value.to_s.match?(/\A[01]?[0-7]{3}\z/)
    end
    munge { |value| value.to_s.rjust(4, '0') }
  end

  validate do
    raise Puppet::Error, "hdfs_directory #{self[:path]}: url is missing" unless self[:url]
  end

  autorequire(:hdfs_directory) do
    parent = File.dirname(self[:path])
    parent unless parent == self[:path]
  end
end
