# frozen_string_literal: true

# A master in a process of its own: Puppet's settings are global, and rspec-puppet has its own. Reads a
# directory and requests as JSON from standard input, writes the answers to standard output.

require 'json'
require 'stringio'
$LOAD_PATH.unshift(File.expand_path('../../../modules/puppet/files/rack', __dir__))
require 'puppet_master'

input = JSON.parse($stdin.read)
directory = input['directory']
names = %w[confdir codedir vardir rundir logdir ssldir]
PuppetMaster::Boot.boot(names.to_h { |name| [name.to_sym, File.join(directory, name)] })
Puppet::Util::Log.close_all
app = PuppetMaster::App.new(
  revocations: PuppetMaster::Revocations.new(File.join(directory, 'crl.pem'), authorities: File.join(directory, 'ca.pem')),
  code: PuppetMaster::VersionedCode.new(**input.fetch('code', {}).transform_keys(&:to_sym))
)

# Passenger serves requests in another thread than the one that loads the application.
answers = Thread.new do
  input['requests'].map do |env|
    status, headers, body = app.call(env.merge('rack.input' => StringIO.new(env.delete('body').to_s)))
    text = +''
    body.each { |piece| text << piece }
    body.close if body.respond_to?(:close)
    { 'status' => status, 'headers' => headers, 'body' => text }
  end
end.value
puts JSON.generate(answers)
