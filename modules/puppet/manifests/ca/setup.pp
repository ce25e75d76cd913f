# @summary The authority's own key and certificate, and this host's certificate: it cannot ask itself
#   before its Apache has one.
#
# @api private
class puppet::ca::setup {
  assert_private()

  $paths = $facts['puppet_settings']
  $command = [
    '/usr/local/bin/puppet_ca', 'setup',
    '--certname', $paths['certname'],
    "--dns-alt-names=${puppet::ca::dns_alt_names.join(',')}",
    '--ssldir', $paths['ssldir'],
    '--auth-role', $puppet::ca::auth_role,
  ].join(' ')

  # The key is what an import writes last.
  if $puppet::ca::import {
    exec { 'puppet_ca import':
      command => "/usr/local/bin/puppet_ca import ${puppet::ca::import}",
      creates => "${puppet::ca::cadir}/ca_key.pem",
      timeout => 0,
      before  => Exec['puppet_ca setup'],
    }
  }

  # It puts the whole CA in place in one step, so that its key stands for all of it.
  if $puppet::ca::restore {
    $restored = "/usr/bin/test -e ${puppet::ca::cadir}/ca_key.pem"
    exec { 'wait for `puppet_ca restore`':
      command   => $restored,
      unless    => $restored,
      tries     => 1440,
      try_sleep => 5,
      before    => Exec['puppet_ca setup'],
    }
  }

  exec { 'puppet_ca setup':
    command => $command,
    unless  => "${command} --check",
    timeout => 120,
  }
}
