# frozen_string_literal: true

module PuppetMaster
  # The Rack application.
  class App
    STATUS = %r{\A/status/v1/}
    CATALOG = %r{\A/puppet/v3/catalog/}
    STATIC_FILE = %r{\A/puppet/v3/static_file_content/}
    # Parameters that say what is compiled or for whom: one value or none.
    SINGLE = %w[environment configured_environment facts facts_format code_id transaction_uuid].freeze

    # @param revocations [Revocations]
    # @param code [VersionedCode]
    # @param catalog_errors [Counts] of catalogs that were not given, by status
    def initialize(revocations:, code: VersionedCode.new, catalog_errors: Counts.new, handler: Handler.new)
      @revocations = revocations
      @code = code
      @catalog_errors = catalog_errors
      @handler = handler
    end

    def call(env)
      response = respond(env)
      failed(env, response) if response.status >= 400
      response.body = [] if env['REQUEST_METHOD'] == 'HEAD'
      response.finish
    end

    private

    def respond(env)
      answer(env)
    rescue Puppet::Network::HTTP::Error::HTTPError => e
      failure(e)
    rescue StandardError, ScriptError, SystemStackError => e
      # The latter two are not too much for a worker, which Passenger would end: a function that is not
      # implemented, code that a node's facts send into an endless recursion.
      Puppet.log_exception(e, "#{describe(env)}: #{e.message}")
      failure(Puppet::Network::HTTP::Error::HTTPServerError.new(e))
    end

    def answer(env)
      request = Request.new(env)
      identity = Identity.from(env, @revocations)
      rule = Authorization.authorize(request, identity)
      return running if request.path.match?(STATUS)

      params = parameters(request, rule)
      return static_file(request, params) if request.path.match?(STATIC_FILE)

      serve(request, identity, params)
    end

    def parameters(request, rule)
      params = request.params.slice(*rule.params)
      repeated = params.slice(*SINGLE).select { |_, value| value.is_a?(Array) }.keys
      raise PuppetMaster.bad_request("Parameters given twice: #{repeated.join(', ')}") unless repeated.empty?

      params
    end

    def serve(request, identity, params)
      response = Response.new
      if request.path.match?(CATALOG)
        Document.check_facts(params)
        response['X-Puppet-Compiler-Name'] = Puppet[:certname]
        code_id = @code.id(params['environment'])
        params = params.merge('code_id' => code_id) if code_id
      end
      @handler.process(Exchange.new(request: request, identity: identity, params: params), response)
      response
    end

    def static_file(request, params)
      content = @code.file(request.path.sub(STATIC_FILE, ''), environment: params['environment'], code_id: params['code_id'])
      Response.new.tap do |response|
        response['Content-Type'] = 'application/octet-stream'
        response.body = [content]
      end
    end

    def running
      Response.new.tap do |response|
        response['Content-Type'] = 'text/plain; charset=utf-8'
        response.body = ['running']
      end
    end

    def failure(error)
      Response.new.tap do |response|
        response.status = error.status
        response['Content-Type'] = 'application/json; charset=utf-8'
        response.body = [error.to_json]
      end
    end

    def failed(env, response)
      @catalog_errors.add(response.status.to_s) if env['PATH_INFO'].to_s.match?(CATALOG)
      log(env, response)
    end

    # Absent files are everyday; the rest somebody will want to look up.
    def log(env, response)
      level = response.status == 404 ? :info : :warning
      Puppet.send(level, "#{describe(env)}: #{response.status} #{response.body.first.to_s[0, 500]}")
    end

    def describe(env)
      "#{env['REQUEST_METHOD']} #{env['PATH_INFO'].inspect} from #{env['SSL_CLIENT_S_DN_CN'].inspect} (#{env['REMOTE_ADDR']})"
    end
  end
end
