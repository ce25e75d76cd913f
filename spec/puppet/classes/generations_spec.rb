# frozen_string_literal: true

# What a release or a master cannot carry is refused with its reason, before anything is changed on the host.
{
  'puppet::database' => /puppet::database: Debian forky.sid has no package puppetdb: take Debian 12 or 13/,
  'puppet::master' => /puppet::master: Debian forky.sid has no package puppet-terminus-puppetdb: set puppetdb_urls to \[\]/
}.each do |role, refusal|
  RSpec.describe role do
    let(:params) { { node_bucket: 's3://nodes' } }

    context 'on a release without the packages' do
      let(:facts) { RecordedFacts['debian-14'].transform_keys(&:to_sym) }

      it { is_expected.to compile.and_raise_error(refusal) }
    end
  end
end

# The module apache of this machine is of Puppet 7's time.
%w[puppet::ca puppet::database puppet::master].each do |role|
  RSpec.describe role do
    let(:params) { { node_bucket: 's3://nodes' } }
    let(:recorded) { RecordedFacts['debian-13'] }
    let(:facts) { recorded.transform_keys(&:to_sym) }

    context 'for an agent that sends the facts of Puppet 7' do
      it { is_expected.to compile }
    end

    context 'for an agent that does not, on a master whose modules need them' do
      let(:recorded) { super().merge('operatingsystemrelease' => nil) }
      let(:refusal) { /#{role}: \S+ runs Puppet 8\.10\.0, which is newer than this master's module apache 5\.5\.0/ }

      it { is_expected.to compile.and_raise_error(refusal) }
    end

    context 'for an agent that does not, on a master whose modules do without them' do
      let(:recorded) { super().merge('operatingsystemrelease' => nil) }
      let(:pre_condition) { "function load_module_metadata($module) { { 'version' => '12.2.0' } }" }

      # As far as the module that is here in truth.
      it { is_expected.not_to compile.and_raise_error(/newer than this master/) }
    end
  end
end
