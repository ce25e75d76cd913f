# frozen_string_literal: true

require_relative '../support'

RSpec.describe 'hadoop::client', type: :class do
  let(:node) { NODE }

  on_supported_systems do |system, facts|
    context "on #{system} with both masters" do
      include_context 'with exports', [%w[n namenode nn.example.com 8020], %w[j jobtracker jt.example.com 8032]]
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }

      it 'has commands and configuration, and no daemon' do
        is_expected.to contain_package('hadoop-client')
        expect(xml('core-site')['fs.defaultFS']).to eq('hdfs://nn.example.com:8020')
        expect(xml('yarn-site')['yarn.resourcemanager.hostname']).to eq('jt.example.com')
        expect(catalogue.resources.select { |resource| resource.type == 'Service' }).to be_empty
        expect(catalogue.resource('file', '/etc/hadoop/conf.puppet/hadoop-env.sh')[:content]).not_to match(/_OPTS=/)
      end

      it 'asks both masters at the end of a run' do
        is_expected.to contain_exec('hadoop_health client').with_unless('hadoop_health client')
      end
    end
  end

  context 'without a jobtracker' do
    include_context 'with exports', [%w[n namenode nn.example.com 8020]]

    it 'waits for it' do
      is_expected.to contain_service('puppet-agent-assembly.timer')
      is_expected.not_to contain_exec('hadoop_health client')
    end
  end
end
