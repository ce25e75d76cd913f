# frozen_string_literal: true

require_relative 'support/rack_helper'

RSpec.describe PuppetMaster::Identity do
  around do |example|
    in_directory do |directory|
      @crl = File.join(directory, 'crl.pem')
      File.write(@crl, RackHelper::AUTHORITY.crl)
      example.run
    end
  end

  let(:revoked) { revocations(@crl) }

  def identity(certificate, **env)
    described_class.from(rack_env('GET', '/', certificate: certificate, **env), revoked)
  end

  it 'is the name in the certificate' do
    expect(identity(RackHelper::NODES['agent1.example.com']).certname).to eq('agent1.example.com')
  end

  it 'is nobody without a certificate' do
    expect(identity(nil)).to be_nil
  end

  ['FAILED:certificate has expired', 'GENEROUS', 'success', 'SUCCESS '].each do |verdict|
    it "refuses a certificate of which Apache says #{verdict.inspect}" do
      expect(status_of { identity(RackHelper::NODES['agent1'], SSL_CLIENT_VERIFY: verdict) }).to eq(403)
    end
  end

  it 'is no one else by a header of any name' do
    headers = %w[SSL_CLIENT_S_DN_CN SSL_CLIENT_VERIFY X_CLIENT_CN X_CLIENT_DN X_CLIENT_CERT X_CLIENT_VERIFY X_FORWARDED_FOR
                 X_SSL_SUBJECT REMOTE_USER].to_h { |name| ["HTTP_#{name}", 'agent1'] }
    expect(identity(RackHelper::NODES['agent2'], **headers.transform_keys(&:to_sym)).certname).to eq('agent2')
    expect(identity(nil, **headers.transform_keys(&:to_sym))).to be_nil
  end

  it 'refuses what is not a certificate' do
    expect(status_of { identity(RackHelper::NODES['agent1'], SSL_CLIENT_CERT: 'garbage') }).to eq(403)
    expect(status_of { identity(RackHelper::NODES['agent1'], SSL_CLIENT_CERT: '') }).to eq(403)
  end

  it "refuses a certificate that is not the one of Apache's name" do
    expect(status_of { identity(RackHelper::NODES['agent1'], SSL_CLIENT_S_DN_CN: 'agent2') }).to eq(403)
  end

  it 'refuses a certificate that has expired since the connection began' do
    expect(status_of { identity(RackHelper::AUTHORITY.issue('agent1', ends: Time.now - 1)) }).to eq(403)
  end

  it 'refuses a certificate with two names' do
    expect(status_of { identity(RackHelper::AUTHORITY.issue('agent2', 'agent1')) }).to eq(403)
  end

  it 'refuses a certificate without a name' do
    expect(status_of { identity(RackHelper::AUTHORITY.issue) }).to eq(403)
  end

  ['.', '..', '../agent1', 'a/b', 'a..b', 'AGENT1', 'agent1 ', 'agent1.', '.agent1', "agent1\n", "agent1\0", "age\tnt1",
   'agent1;x', 'agent1%2e', "\u00e4gent1", '*', '-', 'a' * 255].each do |name|
    it "refuses the name #{name[0, 20].inspect}" do
      expect(status_of { identity(RackHelper::AUTHORITY.issue(name)) }).to eq(403)
    end
  end

  it 'refuses a revoked certificate, from the moment that the CRL has it' do
    certificate = RackHelper::AUTHORITY.issue('agent3')
    expect(identity(certificate).certname).to eq('agent3')
    replace_crl(RackHelper::AUTHORITY.crl(certificate, number: 2))
    expect(status_of { identity(certificate) }).to eq(403)
    expect(identity(RackHelper::NODES['agent1']).certname).to eq('agent1')
  end

  it 'refuses a revoked certificate also where the CRL writes the name of its issuer in another string type' do
    certificate = RackHelper::AUTHORITY.issue('agent5')
    crl = OpenSSL::X509::CRL.new(RackHelper::AUTHORITY.crl(certificate))
    crl.issuer = OpenSSL::X509::Name.new(crl.issuer.to_a.map { |type, value, _| [type, value, OpenSSL::ASN1::PRINTABLESTRING] })
    replace_crl(crl.sign(OpenSSL::PKey::EC.generate('prime256v1'), 'SHA256').to_pem)
    expect(OpenSSL::X509::CRL.new(File.read(@crl)).issuer.to_der).not_to eq(certificate.issuer.to_der)
    expect(status_of { identity(certificate) }).to eq(403)
  end

  context 'with an authority that is signed by another' do
    let(:root) { SpecAuthority.new('Puppet Root CA: spec') }
    let(:intermediate) { SpecAuthority.new('Puppet CA: intermediate', parent: root) }
    let(:node) { intermediate.issue('agent6') }
    let(:revoked) { revocations(@crl, intermediate, root) }

    it 'looks a node up in the list of its own authority' do
      replace_crl(intermediate.crl + root.crl)
      expect(identity(node).certname).to eq('agent6')
      replace_crl(intermediate.crl(node, number: 2) + root.crl)
      expect(status_of { identity(node) }).to eq(403)
    end

    it 'refuses every node of an authority that the root has revoked' do
      replace_crl(intermediate.crl + root.crl(intermediate.certificate))
      expect(status_of { identity(node) }).to eq(403)
    end

    it 'lets nobody in while the list of one of the two is missing or has ended' do
      [intermediate.crl, root.crl, intermediate.crl + root.crl(ends: Time.now - 1),
       intermediate.crl(ends: Time.now - 1) + root.crl].each do |lists|
        replace_crl(lists)
        expect { identity(node) }.to raise_error(OpenSSL::X509::CRLError)
      end
    end
  end

  it "lets a node in whose serial number another authority's CRL has" do
    certificate = RackHelper::AUTHORITY.issue('agent4')
    replace_crl(RackHelper::AUTHORITY.crl + SpecAuthority.new('Another').crl(certificate))
    expect(identity(certificate).certname).to eq('agent4')
  end

  ['', 'garbage', "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"].each do |text|
    it "lets nobody in on the CRL #{text[0, 30].inspect}" do
      replace_crl(text)
      expect { identity(RackHelper::NODES['agent1']) }.to raise_error(OpenSSL::X509::CRLError)
    end
  end

  def replace_crl(text)
    File.write("#{@crl}.new", text)
    File.rename("#{@crl}.new", @crl)
  end
end
