# @summary The CA's virtual host
#
# A client certificate is asked for but not required: a new node has none. The application decides what needs
# one. Which authority counts is read from the CA's own files: those in Puppet's ssldir belong to the user
# that runs the site's code, where the host is a master too.
#
# @api private
class puppet::ca::vhost {
  assert_private()

  $paths = $facts['puppet_settings']
  $public = "${puppet::ca::approot}/public"

  apache::vhost { 'puppet-ca':
    servername        => $puppet::ca::server,
    port              => $puppet::ca::port,
    docroot           => $public,
    manage_docroot    => false,
    ssl               => true,
    ssl_cert          => $paths['hostcert'],
    ssl_key           => $paths['hostprivkey'],
    ssl_ca            => "${puppet::ca::cadir}/ca_crt.pem",
    ssl_crl_path      => $puppet::crl::folder,
    ssl_crl_check     => 'chain',
    ssl_verify_client => 'optional',
    ssl_verify_depth  => $puppet::crl::depth,
    ssl_options       => ['+StdEnvVars', '+ExportCertData'],
    access_log_format => 'puppet',
    directories       => [
      {
        'path'           => $public,
        'require'        => 'all granted',
        'options'        => ['-MultiViews'],
        'allow_override' => ['None'],
      },
    ],
    custom_fragment   => epp('puppet/ca/vhost.epp', {
        'approot' => $puppet::ca::approot,
        'user'    => $puppet::ca::user,
    }),
  }
}
