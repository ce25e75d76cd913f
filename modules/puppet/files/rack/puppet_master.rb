# frozen_string_literal: true

# The master's Rack application: request -> identity -> authorization -> Puppet's own handler.
# Apache ends TLS and verifies the client's certificate; everything else about who may have what is
# decided here, since Puppet's Ruby code no longer asks.
module PuppetMaster
  # What a client's request is answered with, as Puppet's HTTP errors (status and JSON form).
  def self.bad_request(message)
    Puppet::Network::HTTP::Error::HTTPBadRequestError.new(message)
  end

  def self.forbidden(message)
    Puppet::Network::HTTP::Error::HTTPNotAuthorizedError.new(
      message, Puppet::Network::HTTP::Issues::FAILED_AUTHORIZATION
    )
  end
end

require_relative 'puppet_master/unix_sockets_only'
require_relative 'puppet_master/boot'
require_relative 'puppet_master/hiera_paths'
require_relative 'puppet_master/cached'
require_relative 'puppet_master/tls_context'
require_relative 'puppet_master/compiled_templates'
require_relative 'puppet_master/classifier'
require_relative 'puppet_master/request'
require_relative 'puppet_master/document'
require_relative 'puppet_master/revocations'
require_relative 'puppet_master/identity'
require_relative 'puppet_master/authorization'
require_relative 'puppet_master/routes'
require_relative 'puppet_master/versioned_code'
require_relative 'puppet_master/counts'
require_relative 'puppet_master/handler'
require_relative 'puppet_master/app'
