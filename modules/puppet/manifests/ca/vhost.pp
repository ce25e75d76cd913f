# @summary The CA's virtual host
#
# A client certificate is asked for but not required: a new node has none. The application decides what needs
# one. Which authority counts is read from the CA's own files: those in Puppet's ssldir belong to the user
# that runs the site's code, where the host is a master too.
#
# @api private
class puppet::ca::vhost {
  assert_private()

  $public = "${puppet::ca::approot}/public"

  apache::vhost { 'puppet-ca':
    servername        => $puppet::ca::server,
    port              => $puppet::ca::port,
    docroot           => $public,
    manage_docroot    => false,
    *                 => puppet::vhost_tls('optional') + { 'ssl_ca' => "${puppet::ca::cadir}/ca_crt.pem" },
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
