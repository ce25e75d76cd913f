# @summary The board's way to PuppetDB: Apache on loopback, which shows this host's certificate there, and
#   passes on nothing but questions.
#
# @api private
class puppet::board::reader {
  assert_private()

  $certificate = '/etc/puppetboard-proxy.pem'

  puppet::apache::proxy_certificate { $certificate: }

  # A host with the database has declared it already, with the same parameter.
  ensure_resource('class', 'apache::mod::proxy', { 'proxy_via' => 'Off' })
  include apache::mod::proxy_http

  apache::vhost { 'puppet-board-reader':
    servername        => 'localhost',
    ip                => '127.0.0.1',
    port              => $puppet::board::reader_port,
    docroot           => false,
    access_log_format => 'puppet',
    directories       => [
      { 'provider' => 'location', 'path' => '/', 'require' => 'all denied' },
      { 'provider' => 'locationmatch', 'path' => '^/(pdb/(query|meta)|metrics)/', 'require' => 'method GET' },
    ],
    # PuppetDB is known by its host's private name, its certificate has that too; the name of a load
    # balancer is the operator's to give.
    *                 => puppet::proxy_tls($certificate),
    proxy_add_headers => false,
    proxy_pass        => [
      {
        'path'   => '/',
        'url'    => "${puppet::board::database}/",
        'params' => { 'connectiontimeout' => 5, 'timeout' => 60, 'disablereuse' => 'On', 'retry' => 0 },
      },
    ],
  }
}
