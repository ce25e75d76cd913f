# frozen_string_literal: true

require 'cgi'
require 'json'

module PuppetMaster
  # How large the documents of nodes (facts, reports) may be in what they hold. Puppet reads them with the
  # parser that it finds; Debian's (Oj) takes minutes for some megabytes of opened brackets, and gigabytes of
  # memory for as many empty objects: a single node could hold all workers. So they are read here before, by
  # a parser that stops at a depth and takes nothing that is not JSON.
  module Document
    DEPTH = 100
    VALUES = 1_000_000
    FORMATS = %i[json pson].freeze
    FACTS_FORMATS = %w[application/json pson].freeze

    module_function

    # @param text [String] JSON
    # @raise [Puppet::Network::HTTP::Error::HTTPBadRequestError] if it is not, or beyond the bounds
    def check(text)
      # Strings hold some of these as well: a little less than the bound may be refused, never more let in.
      raise PuppetMaster.bad_request("The document holds more than #{VALUES} values") if text.b.count(',[{') > VALUES

      JSON.parse(text, max_nesting: DEPTH)
    rescue JSON::NestingError
      raise PuppetMaster.bad_request("The document is deeper than #{DEPTH} levels")
    rescue JSON::ParserError, EncodingError => e
      raise PuppetMaster.bad_request("The document is not JSON: #{e.message[0, 200].scrub}")
    end

    # @param params [Hash] of a request for a catalog; agents escape the facts in its form a second time
    def check_facts(params)
      check(CGI.unescape(params['facts'].to_s)) if FACTS_FORMATS.include?(params['facts_format'])
    end
  end
end
