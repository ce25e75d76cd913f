# frozen_string_literal: true

# Answers requests by our Rack application itself, without Apache and TLS in front: what would they get that
# TLS refuses? Reads JSON, [[method, path, query, headers, body, certificate or null], ...], prints [status, ...].

require 'json'
require 'openssl'
require 'rack'
require 'stringio'

ROOT = '/usr/share/puppet-master'

def application
  lines = File.readlines("#{ROOT}/config.ru").reject { |line| line.include?('PhusionPassenger') }
  built = Rack::Builder.new_from_string(lines.join.gsub('#{__dir__}', ROOT), "#{ROOT}/config.ru")
  built.is_a?(Array) ? built.first : built
end

def environment(verb, path, query, headers, body, certificate)
  names = headers.to_h { |name, value| [name == 'Content-Type' ? 'CONTENT_TYPE' : "HTTP_#{name.upcase.tr('-', '_')}", value] }
  { 'REQUEST_METHOD' => verb, 'PATH_INFO' => path, 'QUERY_STRING' => query, 'REMOTE_ADDR' => '192.0.2.7',
    'rack.input' => StringIO.new(body), **names, **tls(certificate) }
end

def tls(certificate)
  return { 'SSL_CLIENT_VERIFY' => 'NONE' } if certificate.nil?

  subject = OpenSSL::X509::Certificate.new(certificate).subject.to_a
  { 'SSL_CLIENT_VERIFY' => 'SUCCESS', 'SSL_CLIENT_CERT' => certificate,
    'SSL_CLIENT_S_DN_CN' => subject.find { |type, _, _| type == 'CN' }[1] }
end

requests = JSON.parse($stdin.read)
app = application
puts JSON.generate(requests.map { |request| app.call(environment(*request)).first.to_i })
