# frozen_string_literal: true

RSpec.describe 'hadoop::cluster_ids' do
  let(:facts) { RecordedFacts['debian-13'].merge({ 'hadoop_cluster_ids' => own }.compact) }
  let(:own) { nil }

  def with_rows(rows)
    "function hadoop::puppetdb(Array $query) { #{rows} }"
  end

  context 'without PuppetDB' do
    it { is_expected.to run.with_params('hadoop').and_return({}) }

    context 'on a node that holds an id' do
      let(:own) { { 'hadoop' => { 'CID-1' => ['/a', '/b'] }, 'other' => { 'CID-2' => ['/c'] } } }

      it { is_expected.to run.with_params('hadoop').and_return('CID-1' => ['/a on this host', '/b on this host']) }
      it { is_expected.to run.with_params('third').and_return({}) }
    end
  end

  context 'with PuppetDB' do
    let(:pre_condition) do
      with_rows("[{ 'certname' => 'w1', 'value' => { 'hadoop' => { 'CID-1' => ['/a'] } } },
                  { 'certname' => 'w2', 'value' => { 'hadoop' => { 'CID-1' => ['/a'], 'CID-2' => ['/b'] } } },
                  { 'certname' => 'w3', 'value' => 'nonsense' }, { 'certname' => 'w4', 'value' => { 'hadoop' => undef } }]")
    end

    it 'gathers what the active nodes hold, and passes over what is no answer' do
      is_expected.to run.with_params('hadoop').and_return('CID-1' => ['/a on w1', '/a on w2'], 'CID-2' => ['/b on w2'])
    end
  end

  context 'when PuppetDB does not answer' do
    let(:pre_condition) { "function hadoop::puppetdb(Array $query) { fail('PuppetDB is down') }" }

    it('fails rather than know of nothing') { is_expected.to run.with_params('hadoop').and_raise_error(/PuppetDB is down/) }

    context 'and the node itself holds an id' do
      let(:own) { { 'hadoop' => { 'CID-1' => ['/a'] } } }

      it { is_expected.to run.with_params('hadoop').and_return('CID-1' => ['/a on this host']) }
    end
  end

  it { is_expected.to run.with_params('Not A Cluster').and_raise_error(ArgumentError) }
end
