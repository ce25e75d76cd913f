# @summary The virtual host in front of PuppetDB: who may talk to it.
#
# @api private
class puppet::database::vhost {
  assert_private()

  $certname = $facts['puppet_settings']['certname']

  # Roles that the CA writes into a certificate (pp_auth_role) by the classes of the host's record; nobody
  # can ask for one.
  $roles = ['puppet-master', 'puppet-ca']
  # The board asks, and does nothing else.
  $reads = "'puppet-board' in PeerExtList('1.3.6.1.4.1.34380.1.3.13') and %{REQUEST_METHOD} == 'GET'"
  $names = [$certname] + $puppet::database::allow
  $listed = $names.map |$name| { "'${name}'" }.join(', ')
  $required = ["expr \"%{SSL_CLIENT_S_DN_CN} in { ${listed} }\""] + $roles.map |$role| {
    "expr \"'${role}' in PeerExtList('1.3.6.1.4.1.34380.1.3.13')\""
  } + ["expr \"${reads}\""]

  # What trapperkeeper could take for an identity, were it told to.
  $spoofs = ['X-Client-Verify', 'X-Client-DN', 'X-Client-Cert']

  puppet::apache::proxy_certificate { $puppet::database::proxy_certificate: }

  class { 'apache::mod::proxy':
    proxy_via => 'Off',
  }
  contain apache::mod::proxy
  contain apache::mod::proxy_http

  apache::vhost { 'puppet-database':
    servername            => $facts['networking']['fqdn'],
    port                  => $puppet::database::port,
    docroot               => false,
    *                     => puppet::vhost_tls('require') + puppet::proxy_tls($puppet::database::proxy_certificate),
    # The CRL is looked at in the handshake: a connection that stays open could outlive a revocation.
    keepalive             => 'off',
    # The name in PuppetDB's certificate is this host's certname: it is asked for under that name.
    request_headers       => ["set Host ${certname}"] + $spoofs.map |$header| { "unset ${header}" },
    allow_encoded_slashes => 'nodecode',
    access_log_format     => 'puppet',
    directories           => [
      {
        'provider' => 'location',
        'path'     => '/',
        'require'  => { 'enforce' => 'any', 'requires' => $required },
      },
    ],
    proxy_preserve_host   => true,
    proxy_add_headers     => false,
    # Connections are kept for less than PuppetDB keeps them, so that none is closed while it is being used
    # again. One that is refused says nothing about the next: PuppetDB may be back by then.
    proxy_pass            => [
      {
        'path'   => '/',
        'url'    => "https://127.0.0.1:${puppet::database::backend_port}/",
        'params' => { 'connectiontimeout' => 5, 'timeout' => 300, 'ttl' => 10, 'retry' => 0 },
      },
    ],
  }
}
