# frozen_string_literal: true

require 'puppet'
require File.join(ROOT, 'modules/hadoop/lib/puppet/type/hdfs_directory')
require File.join(ROOT, 'modules/hadoop/lib/puppet/provider/hdfs_directory/webhdfs')

RSpec.describe 'hdfs_directory' do
  def directory(path, **attributes)
    Puppet::Type.type(:hdfs_directory).new({ name: path, url: 'http://nn.example.com:9870' }.merge(attributes))
  end

  it 'takes modes with and without a leading zero for the same' do
    expect(directory('/a', mode: '755')[:mode]).to eq('0755')
    expect(directory('/a', mode: '1777')[:mode]).to eq('1777')
  end

  ['a', '/a/', '/a b', '//', '', '/a:b'].each do |path|
    it("refuses the path #{path.inspect}") { expect { directory(path) }.to raise_error(Puppet::Error, /absolute path/) }
  end

  %w[888 77 17777 rwx].each do |mode|
    it("refuses the mode #{mode}") { expect { directory('/a', mode: mode) }.to raise_error(Puppet::Error, /octal/) }
  end

  it 'needs the address of the NameNode' do
    expect { Puppet::Type.type(:hdfs_directory).new(name: '/a') }.to raise_error(Puppet::Error, /url is missing/)
    expect { directory('/a', url: 'nn:9870') }.to raise_error(Puppet::Error, %r{http://HOST:PORT})
  end

  it 'comes after its parent' do
    catalog = Puppet::Resource::Catalog.new
    catalog.add_resource(child = directory('/a/b'), parent = directory('/a'))
    expect(child.autorequire.map { |edge| edge.source.ref }).to eq([parent.ref])
  end

  it 'cannot be absent' do
    expect { directory('/a', ensure: :absent) }.to raise_error(Puppet::Error, /Invalid value/)
  end
end
