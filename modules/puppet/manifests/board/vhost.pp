# @summary Who may look: certificates that are named, and users with a password.
#
# @api private
class puppet::board::vhost {
  assert_private()

  $public = "${puppet::board::approot}/public"
  $users_file = "${puppet::board::confdir}/users"
  $hashes = $puppet::board::users.unwrap

  $named = $puppet::board::allow.map |$name| { "'${name}'" }.join(', ')
  $by_certificate = $puppet::board::allow.empty ? {
    true    => [],
    default => ["expr \"%{SSL_CLIENT_VERIFY} == 'SUCCESS' and %{SSL_CLIENT_S_DN_CN} in { ${named} }\""],
  }
  $by_password = $hashes.empty ? {
    true    => {},
    default => {
      'auth_type'           => 'Basic',
      'auth_name'           => 'Puppetboard',
      'auth_basic_provider' => 'file',
      'auth_user_file'      => $users_file,
    },
  }
  $required = $by_certificate + ($hashes.empty ? { true => [], default => ['valid-user'] })

  unless $hashes.empty {
    include apache::mod::auth_basic
    include apache::mod::authn_file
    include apache::mod::authz_user
  }
  file { $users_file:
    ensure    => file,
    owner     => 'root',
    group     => 'www-data',
    mode      => '0640',
    content   => Sensitive($hashes.keys.sort.map |$name| { "${name}:${hashes[$name]}\n" }.join),
    show_diff => false,
    require   => Package['httpd'],
  }

  apache::vhost { 'puppet-board':
    servername        => $facts['networking']['fqdn'],
    port              => $puppet::board::port,
    docroot           => $public,
    manage_docroot    => false,
    *                 => puppet::vhost_tls('optional'),
    access_log_format => 'puppet',
    directories       => [
      {
        'path'           => $public,
        'require'        => 'all granted',
        'options'        => ['-MultiViews'],
        'allow_override' => ['None'],
      },
      { 'provider' => 'location', 'path' => '/', 'require' => { 'enforce' => 'any', 'requires' => $required } } + $by_password,
    ],
    custom_fragment   => epp('puppet/board/vhost.epp', {
        'approot' => $puppet::board::approot,
        'user'    => $puppet::board::user,
    }),
  }
}
