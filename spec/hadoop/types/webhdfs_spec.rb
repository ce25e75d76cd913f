# frozen_string_literal: true

require 'json'
require 'socket'
require File.join(ROOT, 'modules/hadoop/lib/puppet_x/hadoop/webhdfs')

RSpec.describe 'PuppetX::Hadoop::WebHdfs' do
  let(:server) { TCPServer.new('127.0.0.1', 0) }
  let(:requests) { [] }
  let(:client) do
    PuppetX::Hadoop::WebHdfs.new(url: "http://127.0.0.1:#{server.addr[1]}", user: 'hdfs', timeout: 5, pause: 0.01)
  end

  after { server.close }

  def answers(*responses)
    Thread.new do
      responses.each do |status, body|
        socket = server.accept
        requests << socket.gets.split.first(2).join(' ')
        nil until socket.gets.strip.empty?
        socket.write("HTTP/1.1 #{status} X\r\nContent-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}")
        socket.close
      end
    end
  end

  def exception(name, message)
    JSON.generate('RemoteException' => { 'exception' => name, 'message' => message })
  end

  it 'reads the status of a path as the superuser' do
    answers([200, JSON.generate('FileStatus' => { 'owner' => 'hdfs' })])
    expect(client.status('/tmp/a%b')).to eq('owner' => 'hdfs')
    expect(requests).to eq(['GET /webhdfs/v1/tmp/a%25b?op=GETFILESTATUS&user.name=hdfs'])
  end

  it 'tells a path that does not exist from one that it may not see' do
    answers([404, exception('FileNotFoundException', 'no')], [403, exception('AccessControlException', 'Permission denied')])
    expect(client.status('/a')).to be_nil
    expect { client.status('/a') }.to raise_error(PuppetX::Hadoop::WebHdfs::Refused, %r{GETFILESTATUS /a: AccessControlException: Permission denied})
  end

  it 'waits for a NameNode that starts, is in safe mode, or has no WebHDFS yet' do
    answers([403, exception('RetriableException', 'NameNode still not started')], [403, exception('SafeModeException', 'x')],
            [404, '<html>'], [200, '{"boolean":true}'])
    expect(client.mkdirs('/a', '1777')).to eq('boolean' => true)
    expect(requests.uniq).to eq(['PUT /webhdfs/v1/a?op=MKDIRS&user.name=hdfs&permission=1777'])
  end

  it 'gives up at the deadline, and says where and why' do
    port = server.addr[1]
    server.close
    impatient = PuppetX::Hadoop::WebHdfs.new(url: "http://127.0.0.1:#{port}", user: 'hdfs', timeout: 0.05, pause: 0.01)
    expect { impatient.status('/a') }
      .to raise_error(PuppetX::Hadoop::WebHdfs::NotServing, %r{NameNode at http://127.0.0.1:#{port} does not serve after 0.05 s: .*refused})
  end
end
