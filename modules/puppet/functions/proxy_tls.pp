# @summary TLS from a virtual host to the server behind it, which shows a certificate of the site's CA for the name it is asked by
#
# @param certificate
#   The file with this host's certificate and key (`puppet::apache::proxy_certificate`).
# @return Parameters of `apache::vhost`
# @api private
function puppet::proxy_tls(Stdlib::Absolutepath $certificate) >> Hash[String[1], NotUndef] {
  $parameters = {
    'ssl_proxyengine'             => true,
    'ssl_proxy_protocol'          => '-all +TLSv1.2 +TLSv1.3',
    'ssl_proxy_verify'            => 'require',
    'ssl_proxy_verify_depth'      => $puppet::crl::depth,
    'ssl_proxy_ca_cert'           => $facts['puppet_settings']['localcacert'],
    'ssl_proxy_check_peer_name'   => 'on',
    'ssl_proxy_check_peer_expire' => 'on',
    'ssl_proxy_machine_cert'      => $certificate,
  }
  $parameters
}
