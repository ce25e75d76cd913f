# frozen_string_literal: true

# Puppet does not require all that its HTTP handler uses; these are what its server entry needs.
require 'puppet'
require 'puppet/http'
require 'puppet/network/http'
require 'puppet/network/http/api/server'
require 'puppet/network/http/api/server/v3'
require 'puppet/network/http/api/indirected_routes'
require 'puppet/network/http/handler'
require 'puppet/network/authorization'
require 'puppet/application_support'
require 'puppet/indirector/indirection'
require 'puppet/file_serving/content'
require 'puppet/file_serving/metadata'
require 'puppet/file_bucket/file'
require 'puppet/node'
require 'puppet/indirector/node/exec'
require 'puppet/node/facts'
require 'puppet/resource/catalog'
require 'puppet/ssl/oids'
require 'puppet/ssl/certificate'
require 'puppet/transaction/report'
require 'puppet/parser/compiler'
require 'puppet/pops'

module PuppetMaster
  # Makes this process a Puppet server. Done once, before Passenger forks the workers.
  module Boot
    module_function

    # @param directories [Hash{Symbol => String}] Puppet's directory settings. They must be given: a
    #   Puppet that does not run as root would look for them in its home.
    def boot(directories)
      Puppet.settings.preferred_run_mode = :server
      Puppet.initialize_settings(directories.flat_map { |name, path| ["--#{name}", path] }, true, true)
      apply_defaults
      Puppet::ApplicationSupport.push_application_context(Puppet.run_mode)
      Puppet.settings.use(:main, :server, :metrics)
      configure_indirections
      register_extensions
      HieraPaths.install(Puppet::Pops::Lookup::HieraConfig)
      TlsContext.install(Puppet::HTTP::Client)
      CompiledTemplates.install(Puppet::Pops::Parser::EvaluatingParser::EvaluatingEppParser, Puppet::Util)
      log
    end

    def apply_defaults
      defaults = Puppet::Settings.app_defaults_for_run_mode(Puppet::Util::RunMode[:server])
      Puppet.settings.initialize_app_defaults(defaults.merge(name: 'server', facts_terminus: 'yaml'))
      Puppet[:always_retry_plugins] = false
    end

    def configure_indirections
      # For all threads: `terminus_class=` would set it for the one that loads the application.
      { Puppet::FileServing::Content => :file_server, Puppet::FileServing::Metadata => :file_server,
        Puppet::FileBucket::File => :file }.each do |model, terminus|
        model.indirection.set_global_setting(:terminus_class, terminus)
      end
      Puppet::ApplicationSupport.configure_indirector_routes('server')
      # Without a loader Puppet refuses every request; with one it leaves the decision to us.
      Puppet::Network::Authorization.authconfigloader_class = Authorization
    end

    # Certificate extensions have Puppet's names (and the site's own) in `$trusted`; OpenSSL must know
    # them to find them at all.
    def register_extensions
      Puppet::SSL::Oids.register_puppet_oids
      Puppet::SSL::Oids.load_custom_oid_file(Puppet[:trusted_oid_mapping_file])
    end

    def log
      Puppet::Util::Log.level = Puppet[:log_level].to_sym
      Puppet::Util::Log.newdestination(Puppet.features.syslog? ? :syslog : :console)
    end
  end
end
