# @summary Who may log in as the image's default user: the holders of the given SSH keys
#
# Keys that others have put there (cloud-init, the operator) stay.
#
# @param keys
#   Public keys, as in a line of authorized_keys.
# @param revoked_keys
#   Public keys to remove, as in a line of authorized_keys.
# @param user
#   Whose authorized keys.
# @param home
#   That user's home.
#
# @example In a node's record
#   parameters:
#     data:
#       login_allowed::keys: ["ssh-ed25519 AAAA... alice@example.com"]
class login_allowed (
  Pattern[/\A[a-z_][a-z0-9_-]*\z/] $user,
  Array[Login_allowed::Key] $keys = [],
  Array[Login_allowed::Key] $revoked_keys = [],
  Stdlib::Absolutepath $home = "/home/${user}",
) {
  unless $keys.empty and $revoked_keys.empty {
    $dir = "${home}/.ssh"
    $authorized_keys = "${dir}/authorized_keys"

    file {
      default:
        owner => $user,
        ;
      $dir:
        ensure => directory,
        mode   => '0700',
        ;
      $authorized_keys:
        ensure => file,
        mode   => '0600',
    }

    # The key itself tells two lines apart: options and comments are not part of it.
    ($keys - $revoked_keys).each |$key| {
      file_line { "login_allowed ${key}":
        path    => $authorized_keys,
        line    => $key,
        match   => regexpescape($key.split(' ').filter |$word| { $word =~ /\AAAAA/ }[0]),
        require => File[$authorized_keys],
      }
    }
    $revoked_keys.each |$key| {
      file_line { "login_allowed not ${key}":
        ensure            => absent,
        path              => $authorized_keys,
        match             => regexpescape($key.split(' ').filter |$word| { $word =~ /\AAAAA/ }[0]),
        match_for_absence => true,
        multiple          => true,
        require           => File[$authorized_keys],
      }
    }
  }
}
