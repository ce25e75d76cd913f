# @summary TLS of a virtual host: this host's certificate, and clients' of the site's CA as long as its revocation list allows
#
# @param clients
#   Whether a client must have a certificate, or may.
# @return Parameters of `apache::vhost`
# @api private
function puppet::vhost_tls(Enum['require', 'optional'] $clients) >> Hash[String[1], NotUndef] {
  $paths = $facts['puppet_settings']
  $parameters = {
    'ssl'               => true,
    'ssl_cert'          => $paths['hostcert'],
    'ssl_key'           => $paths['hostprivkey'],
    'ssl_ca'            => $paths['localcacert'],
    'ssl_crl_path'      => $puppet::crl::folder,
    'ssl_crl_check'     => 'chain',
    'ssl_verify_client' => $clients,
    'ssl_verify_depth'  => $puppet::crl::depth,
  }
  $parameters
}
