# frozen_string_literal: true

require 'openssl'
require 'set'

module PuppetMaster
  # What the site's authorities have revoked, from the lists that the master keeps: one of each authority,
  # where the nodes' own is signed by another. Apache checks the same lists in the handshake; this catches
  # connections that were open before.
  class Revocations
    CRL = /-----BEGIN X509 CRL-----.+?-----END X509 CRL-----/m
    CERTIFICATE = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/m
    List = Struct.new(:serials, :ends, keyword_init: true)

    # @param lists [String] file of PEM CRLs, replaced as a whole by whoever writes it
    # @param authorities [String] file of PEM certificates
    def initialize(lists, authorities:)
      @lists = Cached.new(lists) { load_lists(File.read(lists)) }
      @authorities = Cached.new(authorities) { load_authorities(File.read(authorities)) }
    end

    # @raise [SystemCallError, OpenSSL::X509::CRLError] if there is no list, in force now, of each authority
    #   above the certificate: nobody is let in on the word of a list that is not there
    def revoked?(certificate)
      return true if list_of(certificate.issuer).serials.include?(certificate.serial.to_i)

      authority = @authorities.value[certificate.issuer]
      !authority.nil? && authority.issuer != authority.subject && revoked?(authority)
    end

    private

    def list_of(issuer)
      list = @lists.value[issuer] or raise OpenSSL::X509::CRLError, "there is no CRL by #{issuer}"
      raise OpenSSL::X509::CRLError, "the CRL by #{issuer} has ended" if list.ends && list.ends <= Time.now

      list
    end

    def load_lists(text)
      text.scan(CRL).map { |pem| OpenSSL::X509::CRL.new(pem) }.to_h do |crl|
        [crl.issuer, List.new(serials: crl.revoked.map { |entry| entry.serial.to_i }.to_set, ends: crl.next_update)]
      end
    end

    def load_authorities(text)
      text.scan(CERTIFICATE).map { |pem| OpenSSL::X509::Certificate.new(pem) }.to_h { |authority| [authority.subject, authority] }
    end
  end
end
