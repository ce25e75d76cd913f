# frozen_string_literal: true

# What the specs of the master's Rack application share: the application, certificates, and the
# environment that Apache gives.

require 'openssl'
require 'stringio'
require 'tmpdir'
$LOAD_PATH.unshift(File.expand_path('../../../modules/puppet/files/rack', __dir__))
require 'puppet_master'

# A certificate authority in memory.
class SpecAuthority
  attr_reader :certificate

  # @param parent [SpecAuthority, nil] who signs this one; nil: itself
  def initialize(name = 'Puppet CA: spec', parent: nil)
    @key = OpenSSL::PKey::EC.generate('prime256v1')
    @serial = 0
    subject = OpenSSL::X509::Name.new([['CN', name]])
    @certificate = parent ? parent.sign_authority(subject, @key) : build(subject, @key, nil, authority: true)
  end

  def sign_authority(subject, key)
    build(subject, key, @certificate, authority: true)
  end

  # @param names [Array<String>] the values of the subject's CNs
  # @param extensions [Hash{String => String}] OID => text
  # @param key [OpenSSL::PKey::EC] for who must have it himself
  def issue(*names, extensions: {}, ends: Time.now + 3600, key: OpenSSL::PKey::EC.generate('prime256v1'))
    subject = OpenSSL::X509::Name.new(names.map { |name| ['CN', name] })
    build(subject, key, @certificate, extensions: extensions, ends: ends)
  end

  def crl(*revoked, number: 1, ends: Time.now + 3600)
    crl = OpenSSL::X509::CRL.new
    crl.version = 1
    crl.issuer = @certificate.subject
    crl.last_update = Time.now - 60
    crl.next_update = ends
    crl.add_extension(OpenSSL::X509::Extension.new('crlNumber', OpenSSL::ASN1::Integer(number)))
    revoked.each { |certificate| crl.add_revoked(revocation(certificate)) }
    crl.sign(@key, 'SHA256').to_pem
  end

  private

  def revocation(certificate)
    OpenSSL::X509::Revoked.new.tap do |entry|
      entry.serial = certificate.serial
      entry.time = Time.now
    end
  end

  def build(subject, key, issuer, authority: false, extensions: {}, ends: Time.now + 3600)
    certificate = OpenSSL::X509::Certificate.new
    certificate.version = 2
    certificate.serial = (@serial += 1)
    certificate.subject = subject
    certificate.issuer = issuer ? issuer.subject : subject
    certificate.public_key = key
    certificate.not_before = Time.now - 3600
    certificate.not_after = ends
    extensions.each do |oid, text|
      certificate.add_extension(OpenSSL::X509::Extension.new(oid, OpenSSL::ASN1::UTF8String(text).to_der, false))
    end
    certificate.add_extension(OpenSSL::X509::ExtensionFactory.new.create_extension('basicConstraints', 'CA:TRUE', true)) if authority
    certificate.sign(@key, 'SHA256')
  end
end

# The Rack environment as Apache and Passenger make it.
module RackHelper
  AUTHORITY = SpecAuthority.new
  NODES = Hash.new { |nodes, name| nodes[name] = AUTHORITY.issue(name) }

  # @param certificate [OpenSSL::X509::Certificate, nil] nil: the client showed none
  def rack_env(verb, path, certificate: nil, query: '', body: '', headers: {}, **env)
    ssl = certificate ? { 'SSL_CLIENT_VERIFY' => 'SUCCESS', 'SSL_CLIENT_CERT' => certificate.to_pem } : { 'SSL_CLIENT_VERIFY' => 'NONE' }
    name = certificate&.subject&.to_a&.find { |type, _, _| type == 'CN' }
    ssl['SSL_CLIENT_S_DN_CN'] = name[1] if name
    {
      'REQUEST_METHOD' => verb, 'PATH_INFO' => path, 'QUERY_STRING' => query, 'REMOTE_ADDR' => '192.0.2.7',
      'rack.input' => StringIO.new(body)
    }.merge(ssl, headers, env.transform_keys(&:to_s))
  end

  # @param crl [String] path of the list; the authorities are written beside it
  def revocations(crl, *authorities)
    file = "#{crl}.ca"
    File.write(file, [AUTHORITY, *authorities].map { |authority| authority.certificate.to_pem }.join)
    PuppetMaster::Revocations.new(crl, authorities: file)
  end

  def in_directory
    Dir.mktmpdir { |directory| yield directory }
  end

  # @return [Integer] the status of the error that the block raises
  def status_of
    yield
    200
  rescue Puppet::Network::HTTP::Error::HTTPError => e
    e.status
  end
end

RSpec.configure { |config| config.include RackHelper, file_path: %r{/spec/rack/} }
