# frozen_string_literal: true

require 'socket'
require_relative 'support/rack_helper'

RSpec.describe PuppetMaster::Classifier do
  let(:socket) { File.join(Dir.mktmpdir, 'helper.sock') }
  let(:terminus) do
    Class.new do
      def find(argv)
        execute(argv, failonfail: true)
      end

      private

      def execute(argv, _options)
        "the program's answer to #{argv.last}"
      end
    end
  end

  before { described_class.install(terminus, command: '/bin/classify', socket: socket) }

  def helper(*pieces)
    asked = nil
    listening = UNIXServer.new(socket)
    thread = Thread.new do
      link = listening.accept
      asked = link.gets
      pieces.each { |piece| link.write(piece) }
      link.close
    end
    yield
    thread.join(5)
    listening.close
    asked
  end

  def found(argv = ['/bin/classify', 'node1'])
    terminus.new.find(argv)
  end

  it "asks the helper, and takes its document as the program's output" do
    document = "--- {classes: {}, parameters: {role: caf\u00e9}}\n"
    asked = helper("0 #{document.bytesize}\n", document) { expect(found).to eq(document) }
    expect(asked).to eq("node1\n")
  end

  {
    'says that there is no such node' => ["1 5\n", 'sorry'],
    'ends in the midst of its answer' => ["0 50\n", '--- {}'],
    'says nothing' => [],
    'says something else' => ["0 \n--- {}"]
  }.each do |case_, pieces|
    it "runs the program if the helper #{case_}" do
      helper(*pieces) { expect(found).to eq("the program's answer to node1") }
    end
  end

  it 'runs the program if the helper stays silent' do
    stub_const("#{described_class}::TIMEOUT", 0.05)
    UNIXServer.new(socket)
    expect(found).to eq("the program's answer to node1")
  end

  it 'runs the program if there is no helper' do
    expect(found).to eq("the program's answer to node1")
  end

  it 'takes an answer of any length for none' do
    stub_const("#{described_class}::MAX_ANSWER", 10)
    helper("0 30\n", 'x' * 30) { expect(found).to eq("the program's answer to node1") }
  end

  it 'runs any other program that a site has set as its own classifier' do
    expect(found(['/bin/other', 'node1'])).to eq("the program's answer to node1")
  end

  it 'does not start with a Puppet that classifies nodes in another way' do
    expect { described_class.install(Class.new, command: '/bin/x', socket: socket) }.to raise_error(LoadError, /Puppet/)
  end
end
