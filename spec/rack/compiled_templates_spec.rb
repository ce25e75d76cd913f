# frozen_string_literal: true

require_relative 'support/rack_helper'

RSpec.describe PuppetMaster::CompiledTemplates do
  # Subclasses, so that the other specs' Puppet stays as it is.
  let(:epp) { Class.new(Puppet::Pops::Parser::EvaluatingParser::EvaluatingEppParser) }
  let(:util) { Module.new { def self.create_erb(text) = ERB.new(text, trim_mode: '-') } }
  let(:environment) { Puppet::Node::Environment.create(:production, []) }
  let(:file) { File.join(Dir.mktmpdir, 'template.epp') }

  before { described_class.install(epp, util) }

  def parsed(environment = self.environment)
    Puppet.override(current_environment: environment) { epp.new.parse_file(file) }
  end

  def write(text)
    File.write("#{file}.new", text)
    File.rename("#{file}.new", file)
  end

  it 'parses an EPP template once' do
    write('<%= 1 %>')
    expect(parsed).to equal(parsed)
  end

  it 'sees that an EPP template has changed, be it of the same length and in the same second' do
    write('<%= 1 %>')
    first = parsed
    write('<%= 2 %>')
    expect(parsed).not_to equal(first)
  end

  it 'keeps nothing from one environment for another' do
    write('<%= 1 %>')
    expect(parsed).not_to equal(parsed(Puppet::Node::Environment.create(:other, [])))
  end

  it 'fails each time with an EPP template that is malformed' do
    write('<%= ( %>')
    2.times { expect { parsed }.to raise_error(Puppet::ParseError, /template.epp/) }
  end

  it 'fails with an EPP template that is there no more' do
    write('<%= 1 %>')
    parsed
    File.unlink(file)
    expect { parsed }.to raise_error(Errno::ENOENT)
  end

  it 'lets Puppet warn of an EPP template each time' do
    write('<% $a = { x => 1, x => 2 } %>')
    warned = 0
    allow(Puppet::Util::Log).to receive(:create) { |log| warned += 1 if log[:level] == :warning }
    Puppet[:strict] = :warning
    2.times { parsed }
    expect(warned).to eq(2)
  end

  it 'keeps no more EPP templates than a site can have' do
    stub_const("#{described_class}::MOST", 2)
    folder = File.dirname(file)
    Puppet.override(current_environment: environment) do
      models = %w[a b c a].map do |name|
        File.write(File.join(folder, name), name)
        epp.new.parse_file(File.join(folder, name))
      end
      expect(models.first).not_to equal(models.last)
    end
  end

  it 'compiles the same ERB text once, and another text by itself' do
    first = util.create_erb('<%= 1 %>')
    expect(util.create_erb(+'<%= 1 %>')).to equal(first)
    expect(util.create_erb('<%= 2 %>').result).to eq('2')
  end

  it 'keeps no more ERB texts than a site can have' do
    stub_const("#{described_class}::MOST", 2)
    first = util.create_erb('a')
    %w[b c].each { |text| util.create_erb(text) }
    expect(util.create_erb('a')).not_to equal(first)
  end

  it 'does not start with a Puppet that evaluates templates in another way' do
    expect { described_class.install(Class.new, util) }.to raise_error(LoadError, /Puppet/)
  end
end
