# frozen_string_literal: true

require 'facter'

RSpec.describe 'fact image_user' do
  before { Facter.clear }
  after { Facter.clear }

  # @param files [Hash] path under /etc/cloud to content
  def value(files)
    paths = files.transform_keys { |name| "/etc/cloud/#{name}" }
    allow(File).to receive(:readable?).and_call_original
    allow(File).to receive(:readable?).with('/etc/cloud/cloud.cfg').and_return(paths.key?('/etc/cloud/cloud.cfg'))
    allow(Dir).to receive(:glob).and_call_original
    allow(Dir).to receive(:glob).with('/etc/cloud/cloud.cfg.d/*.cfg').and_return(paths.keys.grep(%r{cloud\.cfg\.d}).sort)
    allow(File).to receive(:read).and_call_original
    paths.each { |path, content| allow(File).to receive(:read).with(path).and_return(content) }
    load File.join(ROOT, 'modules/login_allowed/lib/facter/image_user.rb')
    Facter.value(:image_user)
  end

  image = "system_info:\n  default_user:\n    name: debian\n"

  it "is the user that cloud-init's configuration names" do
    expect(value('cloud.cfg' => image)).to eq('debian')
  end

  it 'is what a later file says, as for cloud-init' do
    expect(value('cloud.cfg' => image, 'cloud.cfg.d/90.cfg' => image.sub('debian', 'admin'))).to eq('admin')
  end

  it 'passes over files that say nothing, or are no YAML' do
    expect(Facter).to receive(:warn).with(%r{cloud\.cfg\.d/92\.cfg cannot be read})
    files = { 'cloud.cfg' => image, 'cloud.cfg.d/91.cfg' => '# empty', 'cloud.cfg.d/92.cfg' => '{', 'cloud.cfg.d/93.cfg' => '- a' }
    expect(value(files)).to eq('debian')
  end

  it 'is unknown on a host without cloud-init' do
    expect(value({})).to be_nil
  end
end
