# frozen_string_literal: true

require 'uri'

module PuppetMaster
  # One request as the client sent it, decoded once. The path that is compared here is the path that
  # Puppet serves: Puppet does not decode again.
  class Request
    MAX_PATH = 2048
    MAX_PARAMS = 1000
    FORM = 'application/x-www-form-urlencoded'

    attr_reader :verb, :path

    # Apache hands over the path that it has itself normalised and escaped again.
    def initialize(env)
      @env = env
      @verb = env['REQUEST_METHOD'].to_s
      @path = decode_path(env['PATH_INFO'].to_s)
    end

    # @return [Hash{String => String, Array<String>}] query and form parameters, flat; a name that is
    #   given twice with different values holds them all.
    def params
      @params ||= parse(@env['QUERY_STRING'].to_s, form? ? body : '')
    end

    # @return [Hash{String => String}] headers under their lower-case names
    def headers
      @headers ||= @env.each_with_object({}) do |(key, value), result|
        name = key == 'CONTENT_TYPE' ? key : key[/\AHTTP_(.+)\z/, 1]
        result[name.tr('_', '-').downcase] = value if name
      end
    end

    def body
      @body ||= @env['rack.input'].nil? ? '' : @env['rack.input'].read.to_s
    end

    def ip
      @env['REMOTE_ADDR'].to_s
    end

    private

    def form?
      @verb == 'POST' && @env['CONTENT_TYPE'].to_s[/\A[^;\s]*/].casecmp?(FORM)
    end

    def decode_path(raw)
      raise PuppetMaster.bad_request('The path is too long') if raw.bytesize > MAX_PATH
      raise PuppetMaster.bad_request('The path has a malformed escape') if raw.match?(/%(?!\h\h)/n)

      path = raw.b.gsub(/%(\h\h)/n) { [Regexp.last_match(1)].pack('H2') }.force_encoding(Encoding::UTF_8)
      raise PuppetMaster.bad_request('The path is not UTF-8') unless path.valid_encoding?
      raise PuppetMaster.bad_request('The path has control characters') if path.match?(/[[:cntrl:]]/)

      check_segments(path)
      path
    end

    # Nothing may mean one thing to the table of rules and another to a file system.
    def check_segments(path)
      segments = path.split('/', -1)
      return if segments.shift == '' && segments[0..-2].none?(&:empty?) && (segments & %w[. ..]).empty?

      raise PuppetMaster.bad_request('The path is not a plain absolute path')
    end

    # Not URI.decode_www_form, which mends what is malformed.
    def parse(query, form)
      raise PuppetMaster.bad_request('Too many parameters') if [query, form].sum { |text| text.b.count('&') } > MAX_PARAMS

      pairs = [query, form].flat_map { |text| text.b.split('&').reject(&:empty?).map { |pair| decode_pair(pair) } }
      pairs.uniq.group_by(&:first).transform_values do |values|
        values.size == 1 ? values.first.last : values.map(&:last)
      end
    end

    def decode_pair(pair)
      decoded = pair.split('=', 2).map { |part| URI.decode_www_form_component(part, Encoding::UTF_8) }
      raise PuppetMaster.bad_request('The parameters are not UTF-8') unless decoded.all?(&:valid_encoding?)

      [decoded.first, decoded[1] || '']
    rescue ArgumentError => e
      raise PuppetMaster.bad_request("The parameters are malformed: #{e.message}")
    end
  end
end
