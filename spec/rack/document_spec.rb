# frozen_string_literal: true

require_relative 'support/rack_helper'

RSpec.describe PuppetMaster::Document do
  def status(text)
    status_of { described_class.check(text) }
  end

  {
    'facts' => '{"name":"agent1","values":{"a":[1,{"b":"\u00e4"}]}}',
    'as deep as it may be' => "#{'[' * 100}#{']' * 100}",
    'bytes without an encoding' => "{\"a\":\"\u00e4\"}".b,
    'texts of the signs that are counted' => "[\"#{',[{' * 1000}\"]"
  }.each do |what, text|
    it "lets pass #{what}" do
      expect(status(text)).to eq(200)
    end
  end

  {
    'a level too deep' => "#{'[' * 101}#{']' * 101}", 'objects too deep' => '{"a":' * 200,
    'brackets that nobody closes' => '[' * 900_000, 'very many objects' => "[#{'{},' * 600_000}0]",
    'nothing' => '', 'half a document' => '{"a":', 'no JSON' => '--- {}', 'not a number' => '[NaN]', 'NUL behind it' => "[1]\0"
  }.each do |what, text|
    it "refuses #{what}, at once" do
      begin_at = Process.clock_gettime(Process::CLOCK_MONOTONIC)
      expect(status(text)).to eq(400)
      expect(Process.clock_gettime(Process::CLOCK_MONOTONIC) - begin_at).to be < 5
    end
  end

  it 'makes no objects of classes that a document names' do
    described_class.check('{"json_class":"NoSuchClass","a":1}')
  end

  it 'reads the facts of a catalog as they are escaped in its form' do
    deep = CGI.escape('[' * 200)
    expect(status_of { described_class.check_facts('facts' => deep, 'facts_format' => 'application/json') }).to eq(400)
    expect(status_of { described_class.check_facts({}) }).to eq(200)
  end
end
