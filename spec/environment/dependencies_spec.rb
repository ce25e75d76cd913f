# frozen_string_literal: true

require 'semantic_puppet'

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

  needed = Dir[File.join(ROOT, 'modules/*/metadata.json')].flat_map do |file|
    JSON.parse(File.read(file))['dependencies'].map do |dependency|
      [File.basename(File.dirname(file)), dependency['name'].tr('/', '-'), dependency['version_requirement']]
    end
  end

  it 'lists the modules that ours need, and nothing but what those need in turn' do
    direct = needed.map { |_, name, _| name }.uniq
    in_turn = direct.flat_map do |name|
      metadata = JSON.parse(File.read(File.join(SYSTEM_MODULES, name.split('-').last, 'metadata.json')))
      metadata['dependencies'].map { |dependency| dependency['name'].tr('/', '-') }
    end
    expect(pinned.keys).to include(*direct)
    expect(pinned.keys - direct).to all(satisfy('be needed by one of them') { |name| in_turn.include?(name) })
  end

  needed.each do |ours, name, range|
    it "pins a #{name} that module #{ours} accepts" do
      expect(SemanticPuppet::VersionRange.parse(range)).to cover(pinned.fetch(name))
    end
  end
end
