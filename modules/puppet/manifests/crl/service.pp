# @summary Asks the CA for its list again and again.
#
# @api private
class puppet::crl::service {
  assert_private()

  puppet::resident { 'puppet-crl':
    description  => 'Fetch the CA revocation list',
    command      => "${puppet::crl::command} --config ${puppet::crl::config} fetch",
    seconds      => $puppet::crl::seconds,
    # Puppet's own copy belongs to the master's user, and so does its folder.
    writes       => [$puppet::crl::state, $facts['puppet_settings']['ssldir']],
    capabilities => ['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER'],
    # Where the host is the CA, there is nobody to ask before.
    after        => ['network-online.target', 'apache2.service'],
    subscribe    => [Class['puppet::scripts'], Puppet::Scripts::Package['crl'], File[$puppet::crl::config]],
  }
}
