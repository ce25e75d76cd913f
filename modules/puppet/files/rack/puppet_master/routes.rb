# frozen_string_literal: true

module PuppetMaster
  # Puppet's routes, with one thing added: what a node sends in a body is about that node. Puppet takes
  # the name of the facts, and the host of a report, from the body and not from the path; a node could
  # otherwise replace another's facts in PuppetDB.
  class Routes < Puppet::Network::HTTP::API::IndirectedRoutes
    unless private_method_defined?(:read_body_into_model)
      raise LoadError, "Puppet #{Puppet.version} reads bodies in another way: #{name} must follow it"
    end

    def self.all
      v3 = Puppet::Network::HTTP::API::Server::V3
      routes = new
      Puppet::Network::HTTP::Route.path(%r{^/puppet/}).any.chain(
        Puppet::Network::HTTP::Route.path(/v3/).any.chain(
          v3::ENVIRONMENTS, Puppet::Network::HTTP::Route.path(/.*/).any(routes)
        )
      )
    end

    private

    def read_body_into_model(model, request)
      Document.check(request.body.to_s) if Document::FORMATS.include?(request.formatter.name)
      object = super
      owner = request.params[:node]
      named = owner_of(object)
      return object if named.nil? || named == owner

      raise PuppetMaster.bad_request("The body of #{request.path} is about #{named.inspect}, not #{owner.inspect}")
    end

    def owner_of(object)
      case object
      when Puppet::Node::Facts then object.name.to_s
      when Puppet::Transaction::Report then object.host.to_s
      end
    end
  end
end
