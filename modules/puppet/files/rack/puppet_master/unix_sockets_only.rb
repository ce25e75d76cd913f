# frozen_string_literal: true

module PuppetMaster
  # A worker of Passenger's listens on a Unix socket that only its own user can open, and, for debugging,
  # on a TCP port of 127.0.0.1. That asks for a password, but whoever sends it what it cannot parse ends
  # the worker, and any user of the host can. So it becomes a Unix socket as well.
  module UnixSocketsOnly
    # @param request_handler [Class] PhusionPassenger::RequestHandler
    def self.install(request_handler)
      unless %i[create_tcp_socket create_unix_socket_on_filesystem].all? { |name| request_handler.private_method_defined?(name) }
        raise LoadError, "This Passenger makes its sockets in another way: #{name} must follow it"
      end

      request_handler.prepend(self)
    end

    private

    def create_tcp_socket(options)
      create_unix_socket_on_filesystem(options)
    end
  end
end
