# frozen_string_literal: true

RSpec.describe 'puppet::metadata' do
  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }

      it "flushes no table but its own" do
        content = catalogue.resources.select { |r| r.type == 'Concat::Fragment' }.map { |r| r[:content] }.join
        expect(content).not_to match(/flush ruleset/)
        expect(content.scan(/^delete table (.+)$/)).to eq([['inet metadata']])
      end

      it 'closes both addresses' do
        is_expected.to contain_concat__fragment('puppet-metadata tail')
          .with_content(/ip daddr \{ 169\.254\.169\.254 \} meta skuid != @users/)
          .with_content(/ip6 daddr \{ fd00:ec2::254 \} meta skuid != @users/)
      end

      it "comes back after Debian's nftables.service, which flushes every table" do
        is_expected.to contain_file('/etc/systemd/system/nftables.service.d/puppet-metadata.conf')
          .with_content(/^ExecStartPost=/).with_content(/^ExecReload=/).with_content(/^ExecStopPost=/)
          .that_comes_before('Service[puppet-metadata.service]')
      end
    end
  end
end
