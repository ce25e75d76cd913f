# frozen_string_literal: true

# Our master's Rack application in one process, as one of Passenger's workers has it, with the host's own
# settings, ENC and PuppetDB. Reads requests as JSON from standard input, and writes what each catalog cost.
#
# WITHOUT=templates,classifier,connections takes these tunings away. It is run as the user of the master's workers.

require 'json'
require 'stringio'
$LOAD_PATH.unshift('/usr/share/puppet-master/lib')
require 'puppet_master'

# The same, with nothing installed.
module NotInstalled
  def install(*, **); end
end

input = JSON.parse($stdin.read)
TUNINGS = {
  'templates' => PuppetMaster::CompiledTemplates,
  'classifier' => PuppetMaster::Classifier,
  'connections' => PuppetMaster::TlsContext
}.freeze
ENV.fetch('WITHOUT', '').split(',').each { |name| TUNINGS.fetch(name).singleton_class.prepend(NotInstalled) }

# What the master's own config.ru says, without what belongs to Passenger alone.
config = File.read('/usr/share/puppet-master/config.ru').gsub(/^PuppetMaster::UnixSocketsOnly.*$/, '')
application = Class.new do
  attr_reader :app

  def run(app)
    @app = app
  end
end.new
application.instance_eval(config.gsub('__dir__', '"/usr/share/puppet-master"'))
Puppet::Util::Log.close_all

def catalog(app, request)
  environment = {
    'REQUEST_METHOD' => 'POST', 'PATH_INFO' => request['path'], 'QUERY_STRING' => request['query'], 'REMOTE_ADDR' => '127.0.0.1',
    'CONTENT_TYPE' => 'application/x-www-form-urlencoded', 'HTTP_ACCEPT' => request['accept'],
    'SSL_CLIENT_VERIFY' => 'SUCCESS', 'SSL_CLIENT_CERT' => request['certificate'], 'SSL_CLIENT_S_DN_CN' => request['name'],
    'rack.input' => StringIO.new(request['body'])
  }
  status, _, body = app.call(environment)
  text = +''
  body.each { |piece| text << piece }
  raise "#{request['name']}: #{status} #{text[0, 500]}" unless status == 200
end

# Seconds of processor time, of this process and of those that it has started.
def processor
  times = Process.times
  times.utime + times.stime + times.cutime + times.cstime
end

costs = input['requests'].transform_values do |request|
  catalog(application.app, request) # parses what all later ones find parsed
  Array.new(request['times']) do
    begin_ = processor
    catalog(application.app, request)
    processor - begin_
  end
end
resident = File.read('/proc/self/status')[/VmRSS:\s+(\d+)/, 1].to_i * 1024
puts JSON.generate('costs' => costs, 'resident' => resident)
