# frozen_string_literal: true

require 'openssl'
require 'set'

module PuppetMaster
  # The serial numbers that the CA has revoked, from the CRL that the master keeps. Apache checks the
  # same CRL in the handshake; this catches connections that were open before.
  class Revocations
    PEM = /-----BEGIN X509 CRL-----.+?-----END X509 CRL-----/m

    # @param path [String] file of PEM CRLs, replaced as a whole by whoever writes it
    def initialize(path)
      @path = path
    end

    # @raise [SystemCallError, OpenSSL::X509::CRLError] if there is no readable CRL: nobody is let in
    #   on the word of a CRL that is not there
    def revoked?(certificate)
      refresh
      @revoked.include?([certificate.issuer, certificate.serial.to_i])
    end

    private

    def refresh
      stat = File.stat(@path)
      version = [stat.ino, stat.size, stat.mtime]
      return if @version == version

      @revoked = load(File.read(@path))
      @version = version
    end

    def load(text)
      crls = text.scan(PEM).map { |pem| OpenSSL::X509::CRL.new(pem) }
      raise OpenSSL::X509::CRLError, "no CRL in #{@path}" if crls.empty?

      crls.flat_map { |crl| crl.revoked.map { |entry| [crl.issuer, entry.serial.to_i] } }.to_set
    end
  end
end
