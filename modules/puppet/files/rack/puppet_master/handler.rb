# frozen_string_literal: true

module PuppetMaster
  # An authorized request, as Puppet's handler sees it.
  Exchange = Struct.new(:request, :identity, :params, keyword_init: true)

  # What Puppet answers, in Rack's form. Header names are in lower case, as Rack 3 wants them.
  class Response
    attr_accessor :status, :body
    attr_reader :headers

    def initialize
      @status = 200
      @headers = {}
      @body = []
    end

    def []=(name, value)
      @headers[name.downcase] = value
    end

    def finish
      [@status, @headers, @body]
    end
  end

  # A file as a Rack body, read in pieces and closed after it was sent.
  class FileBody
    PIECE = 256 * 1024

    def initialize(file)
      @file = file
    end

    def each
      while (piece = @file.read(PIECE))
        yield piece
      end
    end

    def close
      @file.close
    end
  end

  # Adapts Puppet's HTTP handler to Rack. Nothing that it returns comes from a header or parameter that
  # names the client: the name and the certificate are the identity's.
  class Handler
    include Puppet::Network::HTTP::Handler

    def initialize
      register([Routes.all])
    end

    # A node may ask for an environment that this master does not have while its record names another:
    # what Puppet then takes for the current one must be real, and not an empty environment of its own,
    # from which it would compile an empty catalog. Puppet has set this for the thread that loads the
    # application only.
    def process(exchange, response)
      Puppet.override(current_environment: Puppet.lookup(:environments).get!(Puppet[:environment])) { super }
    end

    def set_content_type(response, format)
      response['Content-Type'] = format_to_mime(format)
    end

    def set_response(response, body, status = 200)
      response.status = status
      response.body = body.is_a?(::IO) ? FileBody.new(body.tap(&:binmode)) : [body.to_s]
    end

    private

    def headers(exchange)
      exchange.request.headers.dup
    end

    def http_method(exchange)
      exchange.request.verb
    end

    def path(exchange)
      exchange.request.path.dup
    end

    def body(exchange)
      exchange.request.body
    end

    def params(exchange)
      decode_params(exchange.params).merge(
        node: exchange.identity.certname, ip: exchange.request.ip, authenticated: true
      ).merge(environment(exchange.params))
    end

    # Puppet would read an environment that is called 2024 as a number.
    def environment(params)
      name = params['environment']
      return {} if name.nil?
      return { environment: name } if name.is_a?(String) && name.match?(/\A\w+\z/)

      raise PuppetMaster.bad_request("The environment must be purely alphanumeric, not #{name.inspect}")
    end

    # The extensions in `$trusted` come from here.
    def client_cert(exchange)
      Puppet::SSL::Certificate.from_instance(exchange.identity.certificate)
    end
  end
end
