# frozen_string_literal: true

require_relative '../../../puppet_x/hadoop/webhdfs'

Puppet::Type.type(:hdfs_directory).provide(:webhdfs) do
  desc "Through the NameNode's REST API (WebHDFS)."

  def exists?
    !status.nil?
  end

  def create
    client.mkdirs(resource[:path], resource[:mode] || '0755')
    client.chown(resource[:path], owner: resource[:owner], group: resource[:group]) if resource[:owner] || resource[:group]
    # MKDIRS is subject to the NameNode's umask.
    client.chmod(resource[:path], resource[:mode]) if resource[:mode]
  end

  def owner
    status['owner']
  end

  def owner=(value)
    client.chown(resource[:path], owner: value)
  end

  def group
    status['group']
  end

  def group=(value)
    client.chown(resource[:path], group: value)
  end

  def mode
    status['permission'].rjust(4, '0')
  end

  def mode=(value)
    client.chmod(resource[:path], value)
  end

  private

  # Asked once a run: the path's properties change by our own setters only, after they were read.
  def status
    return @status if defined?(@status)

    found = client.status(resource[:path])
    raise Puppet::Error, "#{resource[:path]} in HDFS is no directory" if found && found['type'] != 'DIRECTORY'

    @status = found
  rescue PuppetX::Hadoop::WebHdfs::NotServing
    raise unless resource.noop?

    # What would be made is not waited for.
    @status = nil
  end

  def client
    @client ||= PuppetX::Hadoop::WebHdfs.new(url: resource[:url], user: resource[:superuser], timeout: resource.noop? ? 0 : resource[:timeout])
  end
end
