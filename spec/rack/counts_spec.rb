# frozen_string_literal: true

require_relative 'support/rack_helper'

RSpec.describe PuppetMaster::Counts do
  around do |example|
    in_directory do |directory|
      @path = File.join(directory, 'errors')
      example.run
    end
  end

  let(:counts) { described_class.new(@path) }

  it 'adds to what is there' do
    2.times { counts.add('500') }
    described_class.new(@path).add('404')
    expect(File.read(@path)).to eq("500 2\n404 1\n")
  end

  it 'counts for all workers' do
    4.times.map { fork { 50.times { counts.add('500') } } }.each { |pid| Process.wait(pid) }
    expect(File.read(@path)).to eq("500 200\n")
  end

  it 'takes what is no number for nothing' do
    File.write(@path, "500 x\nrubbish\n404 7\n")
    counts.add('404')
    expect(File.read(@path)).to eq("404 8\n")
  end

  it 'follows no link' do
    File.symlink('/dev/null', @path)
    expect(Puppet).to receive(:warning).with(/errors/)
    counts.add('500')
  end

  it 'goes on where nothing can be counted' do
    expect(Puppet).to receive(:warning)
    described_class.new('/nosuch/errors').add('500')
    described_class.new.add('500')
  end
end

RSpec.describe PuppetMaster::App do
  it 'counts the catalogs that it does not give, and nothing else' do
    counted = []
    errors = instance_double(PuppetMaster::Counts)
    allow(errors).to receive(:add) { |status| counted << status }
    app = described_class.new(revocations: nil, catalog_errors: errors, handler: nil)
    app.call(rack_env('POST', '/puppet/v3/catalog/node-1'))
    app.call(rack_env('GET', '/puppet/v3/node/node-1'))
    expect(counted.length).to eq(1)
    expect(counted.first).to match(/\A[45]\d\d\z/)
  end
end
