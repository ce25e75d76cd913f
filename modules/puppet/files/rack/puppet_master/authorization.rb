# frozen_string_literal: true

module PuppetMaster
  # Who may ask for what: the rules of puppetserver's default auth.conf that concern a master that only
  # compiles. What no rule allows is refused; so is all of the CA's API, which has no rule here.
  #
  #   allow: :anyone = with or without a certificate, :verified = any node with a certificate,
  #          :own = the node whose name is in the path, and no other
  #   params: the parameters that reach Puppet; others are dropped, since Puppet takes some of them
  #           (`instance`, `use_node`, `ignore_terminus`, `bucket_path`, ...) for its own
  module Authorization
    Rule = Struct.new(:path, :verbs, :allow, :params, keyword_init: true)

    FILE_PARAMS = %w[
      environment checksum_type code_id ignore links max_files recurse recurselimit source_permissions sourceselect
    ].freeze
    # "md5/d41d8.../optional/path"; a checksum is part of a path on the master's disk.
    BUCKET_KEY = %r{(?:md5|md5lite|sha256|sha256lite|sha1|sha1lite|sha224|sha384|sha512)/\h{32,128}(?:/.*)?}
    # Files are named MOUNT/PATH; a first segment with a colon would make Puppet read a URL.
    FILE_KEY = %r{[\w-]+(?:/.*)?}

    RULES = [
      Rule.new(path: %r{\A/puppet/v3/catalog/([^/]+)\z}, verbs: %w[GET POST], allow: :own,
               params: %w[environment configured_environment check_environment facts facts_format
                          transaction_uuid job_uuid job_id static_catalog checksum_type fail_on_404]),
      Rule.new(path: %r{\A/puppet/v3/node/([^/]+)\z}, verbs: %w[GET], allow: :own,
               params: %w[environment configured_environment transaction_uuid fail_on_404]),
      Rule.new(path: %r{\A/puppet/v3/facts/([^/]+)\z}, verbs: %w[PUT], allow: :own, params: %w[environment]),
      Rule.new(path: %r{\A/puppet/v3/report/([^/]+)\z}, verbs: %w[PUT], allow: :own, params: %w[environment]),
      Rule.new(path: %r{\A/puppet/v3/file_metadatas?/#{FILE_KEY}\z}, verbs: %w[GET POST], allow: :verified,
               params: FILE_PARAMS),
      Rule.new(path: %r{\A/puppet/v3/file_contents?/#{FILE_KEY}\z}, verbs: %w[GET POST], allow: :verified,
               params: FILE_PARAMS),
      Rule.new(path: %r{\A/puppet/v3/file_bucket_file/#{BUCKET_KEY}\z}, verbs: %w[GET HEAD POST PUT],
               allow: :verified, params: %w[environment]),
      Rule.new(path: %r{\A/puppet/v3/static_file_content/.+\z}, verbs: %w[GET], allow: :verified,
               params: %w[environment code_id]),
      Rule.new(path: %r{\A/puppet/v3/environments\z}, verbs: %w[GET], allow: :verified, params: []),
      Rule.new(path: %r{\A/status/v1/simple(?:/(?:server|master))?\z}, verbs: %w[GET], allow: :anyone, params: [])
    ].freeze

    module_function

    # @param identity [Identity, nil]
    # @return [Rule] the rule that allows the request
    # @raise [Puppet::Network::HTTP::Error::HTTPNotAuthorizedError] if none does
    def authorize(request, identity)
      RULES.find { |rule| allows?(rule, request, identity) } or
        raise PuppetMaster.forbidden("Forbidden request: #{request.path} (method #{request.verb})")
    end

    def allows?(rule, request, identity)
      match = rule.path.match(request.path)
      return false unless match && rule.verbs.include?(request.verb)

      case rule.allow
      when :anyone then true
      when :verified then !identity.nil?
      when :own then !identity.nil? && match[1] == identity.certname
      else false
      end
    end
  end
end
