# frozen_string_literal: true

require_relative 'support/rack_helper'

RSpec.describe PuppetMaster::Request do
  def request(path, **options)
    described_class.new(rack_env('GET', path, **options))
  end

  {
    '/puppet/v3/file_content/modules/a/b%20c' => '/puppet/v3/file_content/modules/a/b c',
    '/a/100%25' => '/a/100%',
    '/a/%2561' => '/a/%61',
    '/a/%C3%A4' => "/a/\u00e4",
    '/a/' => '/a/',
    '/a/...' => '/a/...',
  }.each do |raw, path|
    it "decodes #{raw} once" do
      expect(request(raw).path).to eq(path)
    end
  end

  ['', 'a', '*', '//a', '/a//b', '/a/./b', '/a/../b', '/a/..', '/a/.', '/a/%2e%2e/b', '/a/%2E./b', '/a/b%2F..%2Fc', '/a%2F/b',
   '/a%00', '/a%0a', '/a%0D%0Ab', '/a%7F', '/a%ff', '/a%C3', '/a%', '/a%zz', '/a%2', "/a/#{'b' * 2048}"].each do |raw|
    it "refuses the path #{raw[0, 20].inspect} as malformed" do
      expect(status_of { request(raw) }).to eq(400)
    end
  end

  ['a=%ff', 'a=%zz', 'a=%', "a=\xff", '%ff=a'].each do |query|
    it "refuses the parameters #{query.inspect} as malformed" do
      expect(status_of { request('/a', query: query).params }).to eq(400)
    end
  end

  it 'refuses more parameters than anybody needs, in the query or in a form' do
    form = { REQUEST_METHOD: 'POST', CONTENT_TYPE: 'application/x-www-form-urlencoded' }
    expect(status_of { request('/a', query: 'a=1&' * 2000).params }).to eq(400)
    expect(status_of { request('/a', body: 'a&' * 2000, **form).params }).to eq(400)
    expect(status_of { request('/a', body: 'a&' * 500, **form).params }).to eq(200)
  end

  it 'reads no nested parameters' do
    expect(request('/a', query: 'facts[name]=x&ignore[]=y').params).to eq('facts[name]' => 'x', 'ignore[]' => 'y')
  end

  it 'reads a body as parameters only from a form that is posted' do
    multipart = request('/a', body: 'a=b', CONTENT_TYPE: 'multipart/form-data', REQUEST_METHOD: 'POST')
    put = request('/a', body: 'a=b', CONTENT_TYPE: 'application/x-www-form-urlencoded', REQUEST_METHOD: 'PUT')
    form = request('/a', body: 'a=b', CONTENT_TYPE: 'application/x-www-form-urlencoded; charset=utf-8', REQUEST_METHOD: 'POST')
    expect([multipart.params, put.params, form.params]).to eq([{}, {}, { 'a' => 'b' }])
  end

  it 'has the headers under their lower-case names' do
    expect(request('/a', HTTP_ACCEPT: 'text/plain', CONTENT_TYPE: 'application/json').headers)
      .to eq('accept' => 'text/plain', 'content-type' => 'application/json')
  end
end
