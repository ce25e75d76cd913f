# @summary The board's way to PuppetDB: Apache on loopback, which shows this host's certificate there, and
#   passes on nothing but questions.
#
# @api private
class puppet::board::reader {
  assert_private()

  $paths = $facts['puppet_settings']
  $certificate = '/etc/puppetboard-proxy.pem'

  # Apache wants the certificate that it shows and its key in one file.
  concat { $certificate:
    owner     => 'root',
    group     => 'root',
    mode      => '0600',
    backup    => false,
    show_diff => false,
    notify    => Class['apache::service'],
  }
  ['hostcert', 'hostprivkey'].each |$order, $setting| {
    concat::fragment { "${certificate} ${setting}":
      target => $certificate,
      source => $paths[$setting],
      order  => String($order),
    }
  }

  # A host with the database has declared it already, with the same parameter.
  ensure_resource('class', 'apache::mod::proxy', { 'proxy_via' => 'Off' })
  include apache::mod::proxy_http

  apache::vhost { 'puppet-board-reader':
    servername                  => 'localhost',
    ip                          => '127.0.0.1',
    port                        => $puppet::board::reader_port,
    docroot                     => false,
    access_log_format           => 'puppet',
    directories                 => [
      { 'provider' => 'location', 'path' => '/', 'require' => 'all denied' },
      { 'provider' => 'locationmatch', 'path' => '^/(pdb/(query|meta)|metrics)/', 'require' => 'method GET' },
    ],
    ssl_proxyengine             => true,
    ssl_proxy_protocol          => '-all +TLSv1.2 +TLSv1.3',
    ssl_proxy_verify            => 'require',
    ssl_proxy_verify_depth      => $puppet::crl::depth,
    ssl_proxy_ca_cert           => $paths['localcacert'],
    # PuppetDB is known by its host's private name, its certificate has that too; the name of a load
    # balancer is the operator's to give.
    ssl_proxy_check_peer_name   => 'on',
    ssl_proxy_check_peer_expire => 'on',
    ssl_proxy_machine_cert      => $certificate,
    proxy_add_headers           => false,
    proxy_pass                  => [
      {
        'path'   => '/',
        'url'    => "${puppet::board::database}/",
        'params' => { 'connectiontimeout' => 5, 'timeout' => 60, 'disablereuse' => 'On', 'retry' => 0 },
      },
    ],
  }

  # On a host that is also the CA, its own certificate comes from there.
  Exec <| title == 'puppet_ca setup' |> -> Concat[$certificate]
}
