# frozen_string_literal: true

module PuppetMaster
  # What this master shows PuppetDB, and by what it knows it: key, certificate, authorities, revocations. Puppet
  # reads them anew for each request, and reuses a connection only for the very same ones: each catalog began with
  # a handshake, which costs as much as a fifth of a small catalog. Kept here while the files are the same.
  module TlsContext
    FILES = %i[hostcert hostprivkey localcacert hostcrl].freeze # settings

    # @param client [Class] Puppet::HTTP::Client
    def self.install(client)
      unless client.method_defined?(:default_ssl_context)
        raise LoadError, "Puppet #{Puppet.version} makes its TLS contexts in another way: #{name} must follow it"
      end

      client.prepend(self)
    end

    def default_ssl_context
      @kept ||= Cached.new(*FILES.map { |setting| Puppet[setting] }) { super() }
      @kept.value
    end
  end
end
