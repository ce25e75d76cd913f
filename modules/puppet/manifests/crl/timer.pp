# @summary Asks the CA for its list again and again.
#
# @api private
class puppet::crl::timer {
  assert_private()

  puppet::timer { 'puppet-crl':
    description => 'Fetch the CA revocation list',
    command     => "${puppet::crl::command} --config ${facts['puppet_settings']['confdir']}/crl.yaml fetch",
    seconds     => $puppet::crl::seconds,
    timeout     => 60,
  }
}
