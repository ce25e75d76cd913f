# frozen_string_literal: true

RSpec.describe 'hadoop::endpoint' do
  let(:title) { 'namenode of hadoop on nn' }
  let(:params) { { cluster: 'hadoop', role: 'namenode', address: 'nn.example.com', port: 8020 } }

  it 'leaves what the fact hadoop_partners reads' do
    content = catalogue.resource('file', '/etc/hadoop/partners.d/hadoop.namenode.yaml')[:content]
    expect(YAML.safe_load(content)).to eq('cluster' => 'hadoop', 'role' => 'namenode', 'address' => 'nn.example.com', 'port' => 8020)
  end

  context 'with an address that would write more than an address' do
    let(:params) { super().merge(address: "nn\nrole: x") }

    it { is_expected.to compile.and_raise_error(/parameter 'address'/) }
  end
end
