# @summary This host's copy of the CA's revocation list
#
# It is there for Apache's virtual hosts (`SSLCARevocationPath`), the Rack application and Puppet: asked for
# every 30 s, verified, and in force at the next handshake without a reload of Apache. The first one, with
# which Apache starts, is what the host has already: from its own CA's setup, or from its agent's first run.
#
# @param ca_server
#   Host of the certificate authority.
# @param ca_port
#   Port of the certificate authority.
# @param seconds
#   Time between two questions to the CA.
#
# @api private
class puppet::crl (
  Stdlib::Host $ca_server = lookup('puppet::agent::ca_server', Stdlib::Host, 'first', $facts['puppet_settings']['ca_server']),
  Stdlib::Port $ca_port   = 8141,
  Integer[1] $seconds     = 30,
) {
  assert_private()

  # One home for each path.
  $state = '/var/lib/puppet-crl'
  $folder = "${state}/apache"
  $command = '/usr/local/bin/puppet_crl'
  $config = "${facts['puppet_settings']['confdir']}/crl.yaml"

  # For SSLVerifyDepth: any usual chain. It lets nobody in, since each authority of a chain must have its list in
  # the folder (`SSLCARevocationCheck chain`), where the site's own are and no others. One that followed the chain
  # was unknown before the CA's setup, and had Apache restarted while the first nodes were in their first runs.
  $depth = 5

  include puppet::scripts
  include puppet::apache
  contain puppet::crl::files
  contain puppet::crl::service

  Class['puppet::crl::files'] -> Class['apache::service'] -> Class['puppet::crl::service']
}
