# frozen_string_literal: true

require 'openssl'

module PuppetMaster
  # Who asks: the client certificate that Apache has verified. Read from the environment that Apache
  # sets, which no header of a client's can reach (those are all named HTTP_...).
  class Identity
    # Puppet's certnames, less what could be taken for a path.
    CERTNAME = /\A[a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9])?\z/

    attr_reader :certname, :certificate

    # @return [Identity, nil] nil if the client showed no certificate
    # @raise [Puppet::Network::HTTP::Error::HTTPNotAuthorizedError] if it is not one to be trusted
    def self.from(env, revocations)
      return nil if env['SSL_CLIENT_VERIFY'].to_s.empty? || env['SSL_CLIENT_VERIFY'] == 'NONE'
      raise PuppetMaster.forbidden('The client certificate is not verified') unless env['SSL_CLIENT_VERIFY'] == 'SUCCESS'

      certificate = OpenSSL::X509::Certificate.new(env['SSL_CLIENT_CERT'].to_s)
      raise PuppetMaster.forbidden('The client certificate is revoked') if revocations.revoked?(certificate)
      # Apache checks this too, but only when a connection begins.
      raise PuppetMaster.forbidden('The client certificate has expired') if certificate.not_after < Time.now

      new(certificate, env['SSL_CLIENT_S_DN_CN'])
    rescue OpenSSL::X509::CertificateError => e
      raise PuppetMaster.forbidden("The client certificate cannot be read: #{e.message}")
    end

    # @param certificate [OpenSSL::X509::Certificate]
    # @param common_name [String, nil] the name as Apache reads it from the same certificate
    def initialize(certificate, common_name)
      names = certificate.subject.to_a.select { |type, _, _| type == 'CN' }.map { |_, value, _| value }
      unless names == [common_name] && common_name.match?(CERTNAME) && !common_name.include?('..')
        raise PuppetMaster.forbidden("The client certificate's name is not a certname: #{names.inspect}")
      end

      @certname = common_name.dup.force_encoding(Encoding::UTF_8).freeze
      @certificate = certificate
    end
  end
end
