# frozen_string_literal: true

require_relative 'support/rack_helper'

RSpec.describe PuppetMaster::VersionedCode do
  around do |example|
    in_directory do |directory|
      @directory = directory
      example.run
    end
  end

  def program(name, text)
    File.join(@directory, name).tap do |path|
      File.write(path, "#!/bin/sh\n#{text}\n")
      File.chmod(0o755, path)
    end
  end

  def code(id: 'echo "$1-7;a:b_c"', content: 'printf "%s|" "$@"')
    described_class.new(id: program('id', id), content: program('content', content))
  end

  def file(path = 'modules/demo/files/a', from: code, environment: 'production', code_id: 'v1')
    from.file(path, environment: environment, code_id: code_id)
  end

  it 'has the id that the program prints for the environment' do
    expect(code.id('production')).to eq('production-7;a:b_c')
  end

  it 'has no id without a program' do
    expect(described_class.new.id('production')).to be_nil
  end

  ['exit 3', 'echo', 'echo "a b"', 'echo a; echo b', 'echo ../x', 'echo --all', 'kill -9 $$'].each do |text|
    it "fails when the program does: #{text}" do
      expect { code(id: text).id('production') }.to raise_error(RuntimeError, /id/)
    end
  end

  it 'fails when the program is not there' do
    expect { described_class.new(id: '/nosuch', content: '/nosuch').id('production') }.to raise_error(SystemCallError)
  end

  it 'takes what the program says besides for a fault, and goes on' do
    expect(Puppet).to receive(:err).with(/careful/)
    expect(code(id: 'echo careful >&2; echo v1').id('production')).to eq('v1')
  end

  [nil, '', '../x', '--help', 'a b', %w[a b]].each do |environment|
    it "runs no program for the environment #{environment.inspect}" do
      expect(status_of { code(id: "touch #{@directory}/ran; echo v1").id(environment) }).to eq(400)
      expect(File.exist?("#{@directory}/ran")).to be(false)
    end
  end

  it 'prints the file of an environment, a version and a path' do
    expect(file).to eq('production|v1|modules/demo/files/a|')
  end

  it 'passes on bytes as they are' do
    expect(file(from: code(content: 'printf "\\377\\000\\n"'))).to eq("\xFF\0\n".b)
  end

  it 'goes on when the program ends without having read its input, or says more than a pipe holds' do
    text = 'dd if=/dev/zero bs=1024 count=300 2>/dev/null; dd if=/dev/zero bs=1024 count=300 2>/dev/null | tr "\\0" x >&2'
    allow(Puppet).to receive(:err)
    expect(file(from: code(content: text)).bytesize).to eq(300 * 1024)
  end

  it 'ends a program that hangs, with those that it has started' do
    stub_const('PuppetMaster::VersionedCode::TIMEOUT', 0.2)
    expect { file(from: code(content: 'sleep 60 & sleep 60')) }.to raise_error(RuntimeError, /killed/)
  end

  it 'does not wait for a process that the program has left behind' do
    stub_const('PuppetMaster::VersionedCode::TIMEOUT', 0.2)
    expect { file(from: code(content: 'sleep 60 & echo done')) }.to raise_error(RuntimeError, /killed/)
  end

  it 'fails where this master has no versions' do
    expect { file(from: described_class.new) }.to raise_error(RuntimeError, /code_content_command/)
  end

  it 'needs an environment and a version, well formed' do
    [nil, '', '../x', '-x', 'a b', %w[a b]].each do |text|
      expect([status_of { file(environment: text) }, status_of { file(code_id: text) }]).to eq([400, 400])
    end
  end

  %w[modules/demo/files/a site/demo/scripts/a modules/demo/lib/facter/x.rb modules/demo/tasks/t.sh].each do |path|
    it "serves #{path}" do
      expect(file(path)).to include(path)
    end
  end

  %w[modules/demo/manifests/init.pp data/common.yaml hiera.yaml modules/demo/files modules/demo/files/ files/a --x/demo/files/a
     modules/demo/templates/a].each do |path|
    it "refuses #{path}" do
      expect(status_of { file(path) }).to eq(403)
    end
  end
end
