# frozen_string_literal: true

require 'fileutils'
require 'open3'
require_relative 'support/rack_helper'

# Puppet's own handler behind the application, with real settings, modules and files.
RSpec.describe 'The master' do
  MANIFEST = <<~'PUPPET'
    node default {
      notify { "trusted ${trusted['authenticated']} ${trusted['certname']} role=${trusted['extensions']['pp_role']}": }
      notify { "fact ${facts['colour']}": }
      notify { "secret ${lookup('secret', String, 'first', 'none')}": }
      notify { "context ${demo::context($facts['replaced'])}": }
      file { '/srv/a': source => 'puppet:///modules/demo/a b%20c' }
    }
  PUPPET
  # What connections are made with; they can be reused where it is the same object.
  CONTEXT = <<~'RUBY'
    Puppet::Functions.create_function(:'demo::context') do
      dispatch(:context) { param 'Any', :replaced }

      def context(replaced)
        if replaced
          FileUtils.cp(Puppet[:hostcrl], "#{Puppet[:hostcrl]}.new")
          File.rename("#{Puppet[:hostcrl]}.new", Puppet[:hostcrl])
        end
        Puppet.lookup(:ssl_context).object_id
      end
    end
  RUBY
  HIERA = <<~YAML
    version: 5
    hierarchy:
      - name: all
        paths: ['nodes/%{trusted.certname}.yaml', 'os/%{facts.os.name}.yaml', '%{facts.site}.yaml']
      - name: glob
        glob: 'sites/%{facts.site}/*.yaml'
      - name: mapped
        mapped_paths: [facts.groups, group, 'groups/%{group}.yaml']
  YAML
  AGENT = RackHelper::AUTHORITY.issue('agent1', extensions: { '1.3.6.1.4.1.34380.1.1.13' => 'worker' })
  JSON_BODY = { 'CONTENT_TYPE' => 'application/json', 'HTTP_ACCEPT' => 'application/json' }.freeze
  REPORT = {
    host: 'agent1', time: '2026-11-24T00:00:00Z', configuration_version: 1, transaction_uuid: 'x', report_format: 12,
    puppet_version: '8.10.0', status: 'changed', environment: 'production', logs: [], metrics: {}, resource_statuses: {}
  }.freeze

  def facts(name, **more)
    { name: name, values: { colour: 'green', clientversion: '8.10.0', clientnoop: false }.merge(more) }.to_json
  end

  def secret_file
    File.join(@directory, 'codedir/environments/production/data/nodes/agent2')
  end

  def catalog(facts_json, format: 'application/json', **more)
    facts = { facts_format: format, facts: Puppet::Util.uri_query_encode(facts_json) }
    body = URI.encode_www_form(environment: 'production', **facts, **more)
    rack_env('POST', '/puppet/v3/catalog/agent1', certificate: AGENT, HTTP_ACCEPT: 'application/json',
                                                  CONTENT_TYPE: 'application/x-www-form-urlencoded').merge('body' => body)
  end

  def put(path, body, **env)
    rack_env('PUT', path, certificate: AGENT, query: 'environment=production', **JSON_BODY.transform_keys(&:to_sym), **env)
      .merge('body' => body)
  end

  def get(path, query: 'environment=production', accept: 'application/json')
    rack_env('GET', path, certificate: AGENT, query: query, HTTP_ACCEPT: accept)
  end

  REQUESTS = {
    catalog: ->(spec) { spec.catalog(spec.facts('agent1')) },
    catalog_again: ->(spec) { spec.catalog(spec.facts('agent1')) },
    catalog_after_new_crl: ->(spec) { spec.catalog(spec.facts('agent1', replaced: true)) },
    catalog_of_another: ->(spec) { spec.catalog(spec.facts('agent2')) },
    catalog_with_data: ->(spec) { spec.catalog(spec.facts('agent1', os: { name: 'Debian' }, groups: ['a'])) },
    catalog_stray_path: ->(spec) { spec.catalog(spec.facts('agent1', os: { name: '../nodes/agent2' })) },
    catalog_stray_glob: ->(spec) { spec.catalog(spec.facts('agent1', site: '../nodes')) },
    catalog_stray_mapped_path: ->(spec) { spec.catalog(spec.facts('agent1', groups: ['../nodes/agent2'])) },
    catalog_absolute_path: ->(spec) { spec.catalog(spec.facts('agent1', site: spec.secret_file)) },
    catalog_static: ->(spec) { spec.catalog(spec.facts('agent1'), static_catalog: 'true', checksum_type: 'sha256.md5') },
    catalog_deep: ->(spec) { spec.catalog(%({"name":"agent1","values":{"a":#{'[' * 200}#{']' * 200}}})) },
    catalog_malformed: ->(spec) { spec.catalog('{') },
    catalog_yaml: ->(spec) { spec.catalog("--- !ruby/object:Puppet::Node::Facts {}\n", format: 'yaml') },
    catalog_unknown_environment: ->(spec) { spec.get('/puppet/v3/catalog/agent1', query: 'environment=nosuch') },
    catalog_numeric_environment: ->(spec) { spec.get('/puppet/v3/file_metadata/modules/demo/a', query: 'environment=2024') },
    catalog_path_environment: ->(spec) { spec.get('/puppet/v3/catalog/agent1', query: 'environment=..%2F..%2Fetc') },
    facts: ->(spec) { spec.put('/puppet/v3/facts/agent1', spec.facts('agent1')) },
    facts_of_another: ->(spec) { spec.put('/puppet/v3/facts/agent1', spec.facts('agent2')) },
    facts_malformed: ->(spec) { spec.put('/puppet/v3/facts/agent1', '[1') },
    facts_deep: ->(spec) { spec.put('/puppet/v3/facts/agent1', '[' * 200_000) },
    report_of_very_many_values: ->(spec) { spec.put('/puppet/v3/report/agent1', "[#{'{},' * 600_000}0]") },
    facts_yaml: ->(spec) { spec.put('/puppet/v3/facts/agent1', '--- {}', CONTENT_TYPE: 'text/yaml') },
    facts_without_type: ->(spec) { spec.put('/puppet/v3/facts/agent1', '{}').tap { |env| env.delete('CONTENT_TYPE') } },
    report: ->(spec) { spec.put('/puppet/v3/report/agent1', REPORT.to_json) },
    report_of_another: ->(spec) { spec.put('/puppet/v3/report/agent1', REPORT.merge(host: 'agent2').to_json) },
    node: ->(spec) { spec.get('/puppet/v3/node/agent1') },
    metadata: ->(spec) { spec.get('/puppet/v3/file_metadata/modules/demo/a%20b%2520c') },
    content: ->(spec) { spec.get('/puppet/v3/file_content/modules/demo/a%20b%2520c', accept: 'application/octet-stream') },
    content_absent: ->(spec) { spec.get('/puppet/v3/file_content/modules/demo/nosuch', accept: 'application/octet-stream') },
    static: ->(spec) { spec.get('/puppet/v3/static_file_content/modules/demo/files/a', query: 'environment=production&code_id=x') },
    environments: ->(spec) { spec.get('/puppet/v3/environments', query: '') },
    status: ->(spec) { spec.get('/status/v1/simple', query: '') }
  }.freeze

  before(:context) do
    @directory = Dir.mktmpdir
    environment = File.join(@directory, 'codedir/environments/production')
    FileUtils.mkdir_p([File.join(environment, 'manifests'), File.join(environment, 'modules/demo/files')])
    File.write(File.join(environment, 'manifests/site.pp'), MANIFEST)
    File.write(File.join(environment, 'hiera.yaml'), HIERA)
    { 'nodes/agent2' => 'theirs', 'os/Debian' => 'everybodys' }.each do |name, secret|
      FileUtils.mkdir_p(File.dirname(File.join(environment, "data/#{name}.yaml")))
      File.write(File.join(environment, "data/#{name}.yaml"), "secret: #{secret}\n")
    end
    File.write(File.join(environment, 'modules/demo/files/a b%20c'), "content\n")
    FileUtils.mkdir_p(File.join(@directory, 'confdir'))
    File.write(File.join(@directory, 'confdir/puppet.conf'), "[server]\nreports = store\ncertname = master\nuser = root\ngroup = root\n")
    write_own_certificate(File.join(@directory, 'ssldir'))
    FileUtils.mkdir_p(File.join(environment, 'modules/demo/lib/puppet/functions/demo'))
    File.write(File.join(environment, 'modules/demo/lib/puppet/functions/demo/context.rb'), CONTEXT)
    File.write(File.join(@directory, 'crl.pem'), RackHelper::AUTHORITY.crl)
    File.write(File.join(@directory, 'ca.pem'), RackHelper::AUTHORITY.certificate.to_pem)
    @answers = serve(REQUESTS)
  end

  def write_own_certificate(ssldir)
    key = OpenSSL::PKey::EC.generate('prime256v1')
    {
      'certs/ca.pem' => RackHelper::AUTHORITY.certificate.to_pem, 'crl.pem' => RackHelper::AUTHORITY.crl,
      'certs/master.pem' => RackHelper::AUTHORITY.issue('master', key: key).to_pem, 'private_keys/master.pem' => key.to_pem
    }.each do |name, content|
      FileUtils.mkdir_p(File.dirname(File.join(ssldir, name)))
      File.write(File.join(ssldir, name), content)
    end
  end

  # @return [String] which context the catalog was compiled with
  def context_of(name)
    answer(name)['body'][/context (\d+)/, 1] or raise "no context in #{answer(name)}"
  end

  def serve(requests, code: {})
    input = { directory: @directory, code: code, requests: requests.values.map { |build| build.call(self).except('rack.input') } }
    output, errors, result = Open3.capture3(RbConfig.ruby, File.join(__dir__, 'support/real_master.rb'), stdin_data: input.to_json)
    raise "the master did not run: #{errors}" unless result.success?

    requests.keys.zip(JSON.parse(output)).to_h
  end

  def program(name, text)
    File.join(@directory, name).tap do |path|
      File.write(path, "#!/bin/sh\n#{text}\n")
      File.chmod(0o755, path)
    end
  end

  after(:context) { FileUtils.rm_rf(@directory) }

  def answer(name)
    @answers.fetch(name)
  end

  it 'compiles a catalog from the facts that a node sends, and says which master did' do
    expect(answer(:catalog)).to include('status' => 200)
    expect(answer(:catalog)['body']).to include('fact green')
    expect(answer(:catalog)['headers']).to include('x-puppet-compiler-name' => 'master')
  end

  it 'connects to PuppetDB with the same certificates as before, so that connections can be reused' do
    expect(context_of(:catalog_again)).to eq(context_of(:catalog))
  end

  it 'connects anew when one of their files has been replaced' do
    expect(context_of(:catalog_after_new_crl)).not_to eq(context_of(:catalog))
  end

  it 'has the name and the extensions of the certificate in $trusted' do
    expect(answer(:catalog)['body']).to include('trusted remote agent1 role=worker')
  end

  it 'never compiles an empty environment for one that it does not have' do
    expect(JSON.parse(answer(:catalog_unknown_environment)['body'])).to include('environment' => 'production')
    expect(answer(:catalog_unknown_environment)['body']).to include('trusted remote agent1')
  end

  it "looks up a node's data by its facts" do
    expect(answer(:catalog_with_data)['body']).to include('secret everybodys')
  end

  %i[catalog_stray_path catalog_stray_glob catalog_stray_mapped_path catalog_absolute_path].each do |name|
    it "gives no node another's data by its facts: #{name.to_s.tr('_', ' ')}" do
      expect(answer(name)).to include('status' => 400), answer(name)['body']
      expect(answer(name)['body']).to include("The facts make Hiera's path")
      expect(answer(name)['body']).not_to include('theirs')
    end
  end

  it 'makes no static catalog of code that has no versions' do
    catalog = JSON.parse(answer(:catalog_static)['body'])
    expect([catalog['code_id'], catalog.key?('metadata')]).to eq([nil, false])
  end

  it 'makes a static catalog of code that has, and serves the files of that very version' do
    answers = serve(REQUESTS.slice(:catalog_static, :catalog_malformed, :static),
                    code: { id: program('id', 'echo v1'), content: program('content', 'echo "$@"') })
    catalog = JSON.parse(answers[:catalog_static]['body'])
    expect(catalog['code_id']).to eq('v1'), answers[:catalog_static]['body']
    expect(catalog['metadata']['/srv/a']).to include('content_uri' => 'puppet:///modules/demo/files/a b%20c')
    expect(answers[:static]).to include('status' => 200, 'body' => "production x modules/demo/files/a\n")
    expect(answers[:static]['headers']).to include('content-type' => 'application/octet-stream')
  end

  it 'compiles no catalog when the version of the code cannot be told' do
    answers = serve(REQUESTS.slice(:catalog), code: { id: program('id', 'exit 1'), content: program('content', 'true') })
    expect(answers[:catalog]).to include('status' => 500)
  end

  it 'compiles no catalog from the facts of another node' do
    expect(answer(:catalog_of_another)).to include('status' => 500)
    expect(answer(:catalog_of_another)['body']).to include('wrong node')
  end

  {
    catalog_malformed: 400, catalog_deep: 400, catalog_yaml: 500, catalog_numeric_environment: 404, catalog_path_environment: 400,
    facts_malformed: 400, facts_deep: 400, report_of_very_many_values: 400, facts_yaml: 415, facts_without_type: 400, content_absent: 404, static: 500,
    facts: 200, report: 200, node: 200, environments: 200
  }.each do |name, status|
    it "answers #{name.to_s.tr('_', ' ')} with #{status}" do
      expect(answer(name)['status']).to eq(status), answer(name)['body']
    end
  end

  it 'answers errors as JSON with a message and the kind of issue' do
    answers = @answers.values.select { |answer| answer['status'] >= 400 }
    expect(answers.map { |answer| answer['headers']['content-type'] }.uniq).to eq(['application/json; charset=utf-8'])
    expect(answers.map { |answer| JSON.parse(answer['body']).keys.sort }.uniq).to eq([%w[issue_kind message]])
  end

  it 'takes no facts about another node' do
    expect(answer(:facts_of_another)).to include('status' => 400)
    expect(Dir[File.join(@directory, 'vardir/**/agent2*')]).to be_empty
    expect(Dir[File.join(@directory, 'vardir/**/agent1.yaml')]).not_to be_empty
  end

  it 'takes no report about another node' do
    expect(answer(:report_of_another)).to include('status' => 400)
    expect(Dir[File.join(@directory, 'vardir/reports/*')].map { |dir| File.basename(dir) }).to eq(['agent1'])
  end

  it 'serves a file whose name has a space and an escape' do
    expect(answer(:content)).to include('status' => 200, 'body' => "content\n")
    expect(answer(:metadata)).to include('status' => 200)
  end

  it 'says that it runs' do
    expect(answer(:status)).to include('status' => 200, 'body' => 'running')
  end
end
