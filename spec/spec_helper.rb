# frozen_string_literal: true

# What all specs share: our modules and the distribution's on the module path, the recorded facts of
# every supported system (spec/facts), and `compile_environment`, which compiles a node as a master does:
# with the environment's own hiera.yaml, manifest and data, which rspec-puppet leaves out.

require 'json'
require 'tmpdir'
require 'rspec-puppet'

ROOT = File.expand_path('..', __dir__)
# The distribution's modules; another folder shows whether we compile with those of another release.
SYSTEM_MODULES = ENV.fetch('SYSTEM_MODULES', '/usr/share/puppet/modules')
# The metadata of this repository's modules; a site that works in a copy may have put its own beside them.
OURS = Dir[File.join(ROOT, 'modules/*/metadata.json')].sort.to_h do |file|
  [File.basename(File.dirname(file)), JSON.parse(File.read(file))]
end.select { |_, metadata| metadata['author'] == 'puppethadoop' }.freeze
CERTNAME = '9f2c1d0e-6a0b-4f0e-9a54-0c5d7a1f3b11'

# Facts recorded on a supported system, with the flat facts that agents of Puppet 7 still send.
module RecordedFacts
  SYSTEMS = Dir[File.join(__dir__, 'facts', '*.json')].map { |file| File.basename(file, '.json') }.sort.freeze

  def self.[](system)
    facts = JSON.parse(File.read(File.join(__dir__, 'facts', "#{system}.json")))
    facts.merge(flat(facts))
  end

  def self.flat(facts)
    os = facts['os']
    facts['networking'].slice('fqdn', 'hostname', 'domain').merge(
      'operatingsystem' => os['name'], 'osfamily' => os['family'],
      'operatingsystemrelease' => os['release']['full'], 'operatingsystemmajrelease' => os['release']['major'],
      'architecture' => os['architecture'], 'hardwaremodel' => os['hardware'],
      'lsbdistid' => os['distro']['id'], 'lsbdistcodename' => os['distro']['codename'],
      'lsbdistrelease' => os['release']['full'], 'lsbmajdistrelease' => os['release']['major'],
      'processorcount' => facts['processors']['count'],
      'ipaddress' => facts['networking']['ip'], 'id' => 'root',
      'clientversion' => facts['puppetversion'], 'clientcert' => CERTNAME
    )
  end
  private_class_method :flat
end

# Each catalog has an environment of its own, which parses all manifests anew: a third of the time. The same text
# is the same tree, as for a master, which parses once for all nodes.
module ParsedOnce
  TREES = {}

  def parse_string(text, source = nil)
    templates? ? super : TREES[[text, source]] ||= super
  end

  def parse_file(file)
    templates? ? super : TREES[[File.binread(file), file]] ||= super
  end

  private

  # Those are the business of spec/rack.
  def templates?
    !instance_of?(Puppet::Pops::Parser::EvaluatingParser)
  end
end
Puppet::Pops::Parser::EvaluatingParser.prepend(ParsedOnce)

# @yieldparam system [String] such as `debian-13`
# @yieldparam facts [Hash] with symbols as keys, as rspec-puppet wants them
def on_supported_systems(only: //)
  RecordedFacts::SYSTEMS.grep(only).each do |system|
    yield system, RecordedFacts[system].transform_keys(&:to_sym)
  end
end

# Compiles a catalog in this repository's environment, as a master does with the ENC's answer.
module EnvironmentCompiler
  # @param classes [Hash] what the ENC prints as `classes`
  # @param parameters [Hash] what the ENC prints as `parameters`
  # @param manifest [String] main manifest, a path in the repository
  # @return [Puppet::Resource::Catalog]
  def compile_environment(facts:, classes: {}, parameters: {}, certname: CERTNAME, manifest: 'manifests/site.pp')
    Dir.mktmpdir do |dir|
      Puppet[:basemodulepath] = SYSTEM_MODULES
      File.symlink(ROOT, File.join(dir, 'production'))
      environments = Puppet::Environments::Directories.new(dir, [SYSTEM_MODULES])
      trusted = Puppet::Context::TrustedInformation.new('remote', certname, {})
      Puppet.override(environments: environments, trusted_information: trusted) do
        environment = environments.get!(:production).override_with(manifest: File.join(ROOT, manifest))
        node = Puppet::Node.new(certname, environment: environment, classes: classes, parameters: parameters)
        node.fact_merge(Puppet::Node::Facts.new(certname, facts.transform_keys(&:to_s)))
        node.trusted_data = trusted.to_h
        Puppet::Parser::Compiler.compile(node)
      end
    end
  end
end

# Which resources of our modules some spec has looked at: by where they are declared, so that those with names of
# a spec's own choice count once. rspec-puppet notes each resource that a matcher finds.
module Declarations
  # @return [Array<String>] those at which no spec has looked
  def self.untouched
    places = RSpec::Puppet::Coverage.instance.instance_variable_get(:@collection).values.group_by { |each| place(each.resource) }
    ours = places.select { |where, _| OURS.keys.any? { |name| where.match?(%r{\Amodules/#{name}/|\AClass\[#{name}\b}i) } }
    ours.reject { |_, found| found.any?(&:touched?) }.map { |where, found| "#{where}: #{found.first}" }.sort
  end

  def self.place(resource)
    resource.file ? "#{resource.file.delete_prefix("#{ROOT}/")}:#{resource.line}" : resource.to_s
  end
  private_class_method :place
end

RSpec.configure do |config|
  # Of all specs, and not of those that somebody has picked.
  config.after(:suite) do
    next unless config.files_to_run.sort == Dir[File.join(__dir__, '**/*_spec.rb')].sort && config.filter_manager.empty?

    lacking = Declarations.untouched
    raise "no spec looks at:\n#{lacking.join("\n")}" unless lacking.empty?
  end

  config.module_path = [File.join(ROOT, 'modules'), SYSTEM_MODULES].join(File::PATH_SEPARATOR)
  config.strict_variables = true
  config.default_facts = RecordedFacts['debian-13'].transform_keys(&:to_sym)

  # spec/MODULE/classes, .../defines and so on: rspec-puppet itself knows only spec/classes.
  { 'classes' => :class, 'defines' => :define, 'functions' => :function, 'type_aliases' => :type_alias }.each do |dir, type|
    config.define_derived_metadata(file_path: %r{/spec/[^/]+/#{dir}/}) { |metadata| metadata[:type] = type }
  end
  config.include RSpec::Puppet::ClassExampleGroup, type: :class
  config.include RSpec::Puppet::DefineExampleGroup, type: :define
  config.include RSpec::Puppet::FunctionExampleGroup, type: :function
  config.include RSpec::Puppet::TypeAliasExampleGroup, type: :type_alias
  config.include EnvironmentCompiler, type: :host
end
