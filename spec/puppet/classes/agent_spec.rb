# frozen_string_literal: true

RSpec.describe 'puppet::agent' do
  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }
      it { is_expected.to contain_service('puppet').with_ensure('running').with_enable(true) }

      it 'removes the secret of the launch' do
        is_expected.to contain_file('/etc/puppet/csr_attributes.yaml').with_ensure('absent').with_backup(false)
      end

      it 'closes the metadata service' do
        is_expected.to contain_class('puppet::metadata')
      end

      it 'does not wait two minutes for a host that drops packets' do
        is_expected.to contain_ini_setting('puppet.conf [agent] http_connect_timeout').with_value('10s')
      end

      it 'leaves alone what the first boot has written' do
        is_expected.not_to contain_ini_setting('puppet.conf [agent] server')
        is_expected.not_to contain_ini_setting('puppet.conf [agent] ca_server')
        is_expected.not_to contain_ini_setting('puppet.conf [main] certname')
      end

      it 'is not restarted in the middle of its own run' do
        conf = catalogue.resources.select { |resource| resource.type == 'Ini_setting' }
        expect(conf).not_to be_empty
        expect(conf.map { |setting| setting[:notify] }.compact).to be_empty
        expect(catalogue.resource('service', 'puppet')[:subscribe]).to be_nil
      end
    end
  end

  context 'with a server and a certificate authority' do
    let(:params) { { server: 'master.example.com', ca_server: 'ca.example.com', ca_port: 8141, certname: 'web-1' } }

    it 'writes them where the agent looks' do
      is_expected.to contain_ini_setting('puppet.conf [agent] server').with_value('master.example.com').with_section('agent')
      is_expected.to contain_ini_setting('puppet.conf [agent] ca_server').with_value('ca.example.com')
      is_expected.to contain_ini_setting('puppet.conf [agent] ca_port').with_value('8141')
      is_expected.to contain_ini_setting('puppet.conf [main] certname').with_value('web-1').with_section('main')
    end
  end

  context 'where the compiling host knows masters' do
    let(:masters) { %w[m1.ec2.internal:8140 m2.ec2.internal:8140] }
    let(:pre_condition) { "function puppet::masters_for($host) { #{masters} }" }

    it 'names them all, so that the agent goes on when one dies' do
      is_expected.to contain_ini_setting('puppet.conf [agent] server_list').with_value(masters.join(',')).with_section('agent')
    end

    context 'but one was given by hand' do
      let(:params) { { server: 'masters.example.com' } }

      it { is_expected.not_to contain_ini_setting('puppet.conf [agent] server_list') }
    end

    context 'but a list was given by hand' do
      let(:params) { { server_list: ['a.example.com', 'b.example.com:9140'] } }

      it { is_expected.to contain_ini_setting('puppet.conf [agent] server_list').with_value('a.example.com,b.example.com:9140') }
    end

    context "but puppet.conf's own is to stay" do
      let(:params) { { server_list: [] } }

      it { is_expected.not_to contain_ini_setting('puppet.conf [agent] server_list') }
    end
  end

  context "with Puppet's own packages" do
    let(:facts) do
      RecordedFacts['debian-13'].transform_keys(&:to_sym).merge(
        puppet_settings: RecordedFacts['debian-13']['puppet_settings'].merge(
          'confdir' => '/etc/puppetlabs/puppet', 'csr_attributes' => '/etc/puppetlabs/puppet/csr_attributes.yaml'
        )
      )
    end

    it 'writes to their paths' do
      is_expected.to contain_ini_setting('puppet.conf [agent] runinterval').with_path('/etc/puppetlabs/puppet/puppet.conf')
      is_expected.to contain_file('/etc/puppetlabs/puppet/csr_attributes.yaml').with_ensure('absent')
    end
  end

  context 'where nobody closes the metadata service' do
    let(:params) { { close_metadata: false } }

    it { is_expected.not_to contain_class('puppet::metadata') }
  end
end
