# frozen_string_literal: true

RSpec.describe 'Login_allowed::Key' do
  it do
    is_expected.to allow_values(
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDEYHk7aKNlXZp5lZt2Lm0M8sEZC',
      'ssh-rsa AAAAB3NzaC1yc2E= alice@example.com',
      'from="10.0.0.0/8",no-pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDEY a comment of words',
      'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t'
    )
  end

  it do
    is_expected.not_to allow_values(
      '', 'AAAAC3NzaC1lZDI1NTE5AAAAIDEY', 'ssh-ed25519', 'ssh-dss AAAAB3NzaC1kc3M=', 'ssh-rsa bm90IGEga2V5',
      "ssh-rsa AAAAB3NzaC1yc2E= a\nssh-rsa AAAAB3NzaC1yc2E= b"
    )
  end
end
