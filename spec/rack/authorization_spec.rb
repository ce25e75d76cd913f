# frozen_string_literal: true

require_relative 'support/rack_helper'

# Notes what would be served, in place of Puppet: these specs are about what gets that far.
class RecordingHandler
  attr_reader :exchange

  def process(exchange, response)
    @exchange = exchange
    response.body = ['served']
  end
end

RSpec.describe PuppetMaster::App do
  let(:handler) { RecordingHandler.new }
  let(:code) { instance_double(PuppetMaster::VersionedCode, file: 'served', id: 'v1') }
  let(:master) { RackHelper::NODES['master.example.com'] }

  around do |example|
    in_directory do |directory|
      @crl = File.join(directory, 'crl.pem')
      File.write(@crl, RackHelper::AUTHORITY.crl)
      example.run
    end
  end

  def call(verb, path, certificate = nil, **options)
    described_class.new(revocations: revocations(@crl), code: code, handler: handler).call(rack_env(verb, path, certificate: certificate, **options))
  end

  def status(...)
    call(...).first
  end

  # Who gets what: one row for each rule of puppetserver's auth.conf that concerns a master, and for what
  # has none. `own` is agent1 asking about agent1, `other` is agent2 asking about it.
  #
  #   methods that are allowed                  path                                        none  own  other
  [
    [%w[GET POST],                              '/puppet/v3/catalog/agent1',                403, 200, 403],
    [%w[GET],                                   '/puppet/v3/node/agent1',                   403, 200, 403],
    [%w[PUT],                                   '/puppet/v3/facts/agent1',                  403, 200, 403],
    [%w[PUT],                                   '/puppet/v3/report/agent1',                 403, 200, 403],
    [%w[GET POST],                              '/puppet/v3/file_metadata/modules/a/b',     403, 200, 200],
    [%w[GET POST],                              '/puppet/v3/file_metadatas/plugins',        403, 200, 200],
    [%w[GET POST],                              '/puppet/v3/file_content/modules/a/b%20c',  403, 200, 200],
    [%w[GET HEAD POST PUT],                     "/puppet/v3/file_bucket_file/sha256/#{'a' * 64}/etc/motd", 403, 200, 200],
    [%w[GET],                                   '/puppet/v3/static_file_content/a/files/b', 403, 200, 200],
    [%w[GET],                                   '/puppet/v3/environments',                  403, 200, 200],
    [%w[GET],                                   '/status/v1/simple',                        200, 200, 200],
    [%w[GET],                                   '/status/v1/simple/server',                 200, 200, 200],
    [[],                                        '/puppet/v4/catalog',                       403, 403, 403],
    [[],                                        '/puppet/v3/catalog',                       403, 403, 403],
    [[],                                        '/puppet/v3/catalog/agent1/x',              403, 403, 403],
    [[],                                        '/puppet/v3/facts_search/agent1',           403, 403, 403],
    [[],                                        '/puppet/v3/resource_type/x',               403, 403, 403],
    [[],                                        '/puppet/v3/environment/production',        403, 403, 403],
    [[],                                        '/puppet/v3/certificate/agent1',            403, 403, 403],
    [[],                                        '/puppet-ca/v1/certificate/ca',             403, 403, 403],
    [[],                                        '/puppet-ca/v1/certificate_request/agent1', 403, 403, 403],
    [[],                                        '/puppet-ca/v1/certificate_revocation_list/ca', 403, 403, 403],
    [[],                                        '/puppet-ca/v1/certificate_status/agent1',  403, 403, 403],
    [[],                                        '/puppet-ca/v1/certificate_renewal',        403, 403, 403],
    [[],                                        '/puppet-ca/v1/sign/all',                   403, 403, 403],
    [[],                                        '/puppet-admin-api/v1/environment-cache',   403, 403, 403],
    [[],                                        '/status/v1/services',                      403, 403, 403],
    [[],                                        '/metrics/v2',                              403, 403, 403],
    [[],                                        '/',                                        403, 403, 403],
  ].each do |allowed, path, none, own, other|
    %w[GET HEAD POST PUT DELETE OPTIONS PATCH TRACE get].each do |verb|
      expected = allowed.include?(verb) ? [none, own, other] : [403, 403, 403]

      it "answers #{verb} #{path} with #{expected.join(', ')} to nobody, agent1, agent2" do
        callers = [nil, RackHelper::NODES['agent1'], RackHelper::NODES['agent2']]
        expect(callers.map { |certificate| status(verb, path, certificate) }).to eq(expected)
      end
    end
  end

  it 'gives the certificate of a master no right to the catalog of a node' do
    expect(status('GET', '/puppet/v3/catalog/agent1', master)).to eq(403)
  end

  it 'gives the extension pp_cli_auth no right to the catalog of a node' do
    operator = RackHelper::AUTHORITY.issue('operator', extensions: { '1.3.6.1.4.1.34380.1.3.39' => 'true' })
    expect(status('GET', '/puppet/v3/catalog/agent1', operator)).to eq(403)
  end

  it 'answers a refusal in the form of a Puppet error' do
    status, headers, body = call('GET', '/puppet/v3/catalog/agent1', RackHelper::NODES['agent2'])
    expect([status, headers['content-type']]).to eq([403, 'application/json; charset=utf-8'])
    expect(JSON.parse(body.first)).to include('issue_kind' => 'FAILED_AUTHORIZATION')
  end

  it 'logs a refusal with who asked for what' do
    expect(Puppet).to receive(:warning).with(%r{\AGET "/puppet/v3/catalog/agent1" from "agent2" \(192\.0\.2\.7\): 403 })
    call('GET', '/puppet/v3/catalog/agent1', RackHelper::NODES['agent2'])
  end

  it 'hands over the name and the certificate that Apache has verified' do
    call('GET', '/puppet/v3/catalog/agent1', RackHelper::NODES['agent1'])
    expect(handler.exchange.identity.certname).to eq('agent1')
    expect(handler.exchange.identity.certificate).to eq(RackHelper::NODES['agent1'])
  end

  it 'drops parameters that Puppet would take for its own' do
    query = 'environment=production&node=agent1&ip=1&instance=x&use_node=x&ignore_terminus=true&authenticated=true'
    call('GET', '/puppet/v3/catalog/agent2', RackHelper::NODES['agent2'], query: query)
    expect(handler.exchange.params).to eq('environment' => 'production', 'code_id' => 'v1')
  end

  it 'gives a catalog the id of the code that is there, whatever the node asks for' do
    call('GET', '/puppet/v3/catalog/agent1', RackHelper::NODES['agent1'], query: 'environment=production&code_id=old')
    expect(code).to have_received(:id).with('production')
    expect(handler.exchange.params).to eq('environment' => 'production', 'code_id' => 'v1')
  end

  it 'hands over what identifies a versioned file, and nothing else' do
    call('GET', '/puppet/v3/static_file_content/modules/demo/files/a%20b', RackHelper::NODES['agent1'],
         query: 'environment=production&code_id=v1&x=y')
    expect(code).to have_received(:file).with('modules/demo/files/a b', environment: 'production', code_id: 'v1')
  end

  it 'drops the bucket path and the listing of a file bucket' do
    call('GET', "/puppet/v3/file_bucket_file/md5/#{'a' * 32}", RackHelper::NODES['agent2'],
         query: 'bucket_path=/etc&list_all=true&diff_with=../../x&environment=production')
    expect(handler.exchange.params).to eq('environment' => 'production')
  end

  it 'reads the parameters of a form as those of the query' do
    call('POST', '/puppet/v3/catalog/agent1', RackHelper::NODES['agent1'],
         query: 'environment=production', body: 'environment=production&facts_format=application%2Fjson&facts=%257B%257D',
         CONTENT_TYPE: 'application/x-www-form-urlencoded')
    expect(handler.exchange.params).to include('environment' => 'production', 'facts' => '%7B%7D')
  end

  it 'keeps every value of a parameter that is a list' do
    call('GET', '/puppet/v3/file_metadatas/plugins', RackHelper::NODES['agent1'], query: 'ignore=.git&ignore=.svn')
    expect(handler.exchange.params).to eq('ignore' => ['.git', '.svn'])
  end

  it 'refuses an environment that is given twice with different values' do
    expect(status('GET', '/puppet/v3/catalog/agent1', RackHelper::NODES['agent1'],
                  query: 'environment=production&environment=other')).to eq(400)
  end

  # The latter three are no StandardError: one that got through to Passenger would end the worker.
  [RuntimeError, NotImplementedError, LoadError, SystemStackError].each do |failure|
    it "answers a #{failure} in Puppet's code or the site's with 500 and goes on" do
      allow(handler).to receive(:process).and_raise(failure, 'broken')
      expect(Puppet).to receive(:log_exception)
      expect(status('GET', '/puppet/v3/environments', RackHelper::NODES['agent1'])).to eq(500)
    end
  end

  it 'lets nobody in while there is no CRL' do
    File.unlink(@crl)
    allow(Puppet).to receive(:log_exception)
    expect(status('GET', '/puppet/v3/environments', RackHelper::NODES['agent1'])).to eq(500)
    expect(handler.exchange).to be_nil
  end
end
