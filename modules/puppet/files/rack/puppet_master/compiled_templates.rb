# frozen_string_literal: true

require 'erb'

module PuppetMaster
  # Keeps what Puppet makes of a template's text, as Puppet itself keeps what it makes of a manifest's: without
  # this, each evaluation parses an EPP template and compiles an ERB template anew (bench/README.md says what
  # that costs). A file that is changed counts at once, as without this.
  module CompiledTemplates
    MOST = 1000 # templates; beyond it, all are made anew, since a site has no such number of living ones

    # @param epp [Class] Puppet::Pops::Parser::EvaluatingParser::EvaluatingEppParser
    # @param util [Module] Puppet::Util
    def self.install(epp, util)
      # Both are no public interface of Puppet's.
      unless epp.method_defined?(:parse_file) && epp.method_defined?(:validate) && util.respond_to?(:create_erb)
        raise LoadError, "Puppet #{Puppet.version} evaluates templates in another way: #{name} must follow it"
      end

      epp.prepend(Epp)
      util.singleton_class.prepend(Erb)
    end

    # The models of one environment's EPP templates. They hang on the environment, and go with it.
    class Models < Puppet::Pops::Adaptable::Adapter
      Entry = Struct.new(:state, :model)

      # @return [Models] of the environment for which a catalog is compiled now
      def self.current
        adapt(Puppet.lookup(:current_environment))
      end

      # @param path [String] the template's file
      # @yieldreturn [Puppet::Pops::Model::Program, nil] what is in it; nil is not kept
      def fetch(path)
        state = Cached.version(path)
        entry = entries[path]
        return entry.model if entry && entry.state == state

        yield&.tap do |model|
          entries.clear if entries.size >= MOST
          entries[path] = Entry.new(state, model)
        end
      end

      private

      def entries
        @entries ||= {}
      end
    end

    # An EPP template of which Puppet has to warn is not kept, so that it warns each time.
    module Epp
      def parse_file(file)
        model = nil
        kept = Models.current.fetch(file) do
          @said = 0
          model = super
          model if @said.zero?
        end
        kept || model
      end

      def validate(parse_result)
        super.tap { |acceptor| @said = acceptor.diagnostics.size }
      end
    end

    # An ERB template's Ruby code follows from its text alone.
    module Erb
      def create_erb(content)
        @compiled ||= {}
        @compiled.clear if @compiled.size >= MOST
        @compiled[content.dup.freeze] ||= super
      end
    end
  end
end
