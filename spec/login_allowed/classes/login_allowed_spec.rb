# frozen_string_literal: true

RSpec.describe 'login_allowed' do
  key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDEYHk7aKNlXZp5lZt2Lm0M8sEZC+qqQz1w0rVZ9jvxX alice@example.com'
  body = 'AAAAC3NzaC1lZDI1NTE5AAAAIDEYHk7aKNlXZp5lZt2Lm0M8sEZC\+qqQz1w0rVZ9jvxX'

  on_supported_systems do |system, facts|
    context "on #{system}" do
      let(:facts) { facts }
      let(:params) { { keys: [key] } }
      let(:home) { "/home/#{facts[:os]['name'].downcase}" }

      it { is_expected.to compile.with_all_deps }

      it "adds the key to those of the distribution's user" do
        is_expected.to contain_file("#{home}/.ssh").with_ensure('directory').with_mode('0700')
        is_expected.to contain_file("#{home}/.ssh/authorized_keys").with_mode('0600').without_content.without_source
        is_expected.to contain_file_line("login_allowed #{key}").with_line(key).with_match(body)
      end
    end
  end

  context 'where cloud-init names another user' do
    let(:facts) { RecordedFacts['debian-13'].transform_keys(&:to_sym).merge(image_user: 'admin') }
    let(:params) { { keys: [key] } }

    it { is_expected.to contain_file('/home/admin/.ssh/authorized_keys').with_owner('admin') }
  end

  context 'without keys' do
    it 'touches nobody' do
      is_expected.to compile.with_all_deps
      expect(catalogue.resources.select { |resource| %w[File File_line].include?(resource.type) }).to be_empty
    end
  end

  context 'with a revoked key' do
    let(:params) { { keys: [key], revoked_keys: [key] } }

    it 'removes it, and does not add it' do
      is_expected.to contain_file_line("login_allowed not #{key}").with_ensure('absent').with_match(body)
      is_expected.not_to contain_file_line("login_allowed #{key}")
    end
  end
end
