# frozen_string_literal: true

require 'semantic_puppet'

# What each module says of itself in metadata.json, held together with what is tested: the Forge's modules that
# the specs and the lab run with, the systems whose facts are recorded, and the Puppetfile.

# The versions that Debian 12, 13 and 14 carry, which are what we run with.
TESTED = {
  'puppetlabs-apache' => %w[5.5.0 12.2.0],
  'puppetlabs-apt' => %w[9.0.1 9.4.0],
  'puppetlabs-concat' => %w[7.3.1],
  'puppetlabs-inifile' => %w[5.4.0],
  'puppetlabs-postgresql' => %w[6.7.0 10.5.0],
  'puppetlabs-stdlib' => %w[8.5.0 9.4.1]
}.transform_values { |versions| versions.map { |version| SemanticPuppet::Version.parse(version) } }

# What those name that our catalogs never load, and Debian does not have.
NEVER_LOADED = %w[puppet-systemd].freeze # postgresql: on RedHat and Gentoo only

# Of the modules on this machine.
module Installed
  def self.metadata(name)
    JSON.parse(File.read(File.join(SYSTEM_MODULES, name.split('-').last, 'metadata.json')))
  end

  # What modules need, and what that needs in turn.
  def self.closure(names)
    needed = names.reject { |name| NEVER_LOADED.include?(name) }
    more = needed.flat_map { |name| metadata(name)['dependencies'].map { |each| each['name'].tr('/', '-') } }
    more = (more - NEVER_LOADED - needed).uniq
    more.empty? ? needed : closure(needed + more)
  end
end

RSpec.describe 'Puppetfile' do
  # Its own language is Ruby: `mod NAME, VERSION`.
  pinned = Class.new do
    attr_reader :modules

    def initialize
      @modules = {}
      instance_eval(File.read(File.join(ROOT, 'Puppetfile')))
    end

    def mod(name, version)
      @modules[name] = SemanticPuppet::Version.parse(version)
    end
  end.new.modules

  direct = OURS.values.flat_map { |metadata| metadata['dependencies'].map { |each| each['name'].tr('/', '-') } }.uniq

  it 'lists the modules that ours need, what those need in turn, and nothing else' do
    expect(pinned.keys.sort).to eq(Installed.closure(direct).sort)
  end

  it 'pins the newest version of each that is tested' do
    expect(pinned).to eq(TESTED.transform_values(&:max))
  end

  %w[README.md manifests/puppetmaster.pp].each do |file|
    it "lists the modules that #{file} installs from Debian" do
      names = File.read(File.join(ROOT, file))[/puppet-module-puppetlabs-\{([^}]+)\}/, 1].split(',')
      expect(names.map { |name| "puppetlabs-#{name}" }).to match_array(pinned.keys)
    end
  end
end

OURS.each do |ours, metadata|
  RSpec.describe "metadata.json of #{ours}" do
    metadata['dependencies'].each do |dependency|
      name = dependency['name'].tr('/', '-')

      it "accepts #{name} from the oldest version that is tested to before the next major one" do
        oldest, newest = TESTED.fetch(name).minmax
        expect(dependency['version_requirement']).to eq(">= #{oldest} < #{newest.major + 1}.0.0")
      end

      it "accepts the #{name} of this machine, which is one of those that are listed as tested" do
        expect(TESTED.fetch(name).map(&:to_s)).to include(Installed.metadata(name)['version'])
      end
    end

    it 'needs nothing but what is tested, and has all that its manifests use' do
      manifests = Dir[File.join(ROOT, 'modules', ours, '{manifests,functions,types}/**/*.pp')].map { |file| File.read(file) }.join
      used = TESTED.keys.select do |name|
        short = name.split('-').last
        manifests.match?(/(?<!::)\b#{short}::\w|(?<![:\w])(class \{ ')?#{short}(':| \{)|contain #{short}$/) ||
          (short == 'inifile' && manifests.include?('ini_setting {'))
      end
      expect(metadata['dependencies'].map { |each| each['name'].tr('/', '-') }).to match_array(used | ['puppetlabs-stdlib'])
    end

    it 'supports the systems whose facts are recorded' do
      systems = metadata['operatingsystem_support'].flat_map do |system|
        system['operatingsystemrelease'].map { |release| "#{system['operatingsystem'].downcase}-#{release}" }
      end
      expect(systems).to match_array(RecordedFacts::SYSTEMS)
    end

    it 'accepts the Puppet of every recorded system of Debian, and that of this machine' do
      ranges = metadata['requirements'].to_h do |each|
        [each['name'], SemanticPuppet::VersionRange.parse(each['version_requirement'])]
      end
      expect(ranges.keys).to eq(%w[puppet openvox])
      versions = RecordedFacts::SYSTEMS.grep(/debian/).map { |system| RecordedFacts[system]['puppetversion'] }
      [*versions, Puppet.version].each do |version|
        plain = SemanticPuppet::Version.parse(version[/\A\d+\.\d+\.\d+/])
        expect(ranges.values).to include(satisfy("cover #{version}") { |range| range.cover?(plain) })
      end
    end

    it 'says what the Forge asks for' do
      expect(metadata).to include(
        'name' => "#{metadata['author']}-#{ours}", 'license' => 'Apache-2.0',
        'version' => SemanticPuppet::Version.parse(metadata['version']).to_s,
        'summary' => a_string_matching(/\A.{20,144}\z/), 'tags' => have_attributes(size: 3..6)
      )
    end
  end
end
