# @summary Asks the CA for its list again and again.
#
# @api private
class puppet::crl::timer {
  assert_private()

  puppet::timer { 'puppet-crl':
    description => 'Fetch the CA revocation list',
    command     => "${puppet::crl::command} --config ${puppet::crl::config} fetch",
    seconds     => $puppet::crl::seconds,
    timeout     => 60,
    # Where the host is the CA, there is nobody to ask before.
    after       => ['network-online.target', 'apache2.service'],
  }
}
