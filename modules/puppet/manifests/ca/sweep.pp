# @summary Looks again at requests that wait (every 2 minutes), and for terminated nodes (every 10 s).
#
# @api private
class puppet::ca::sweep {
  assert_private()

  file { '/etc/cron.d/puppet-ca':
    ensure  => file,
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
    content => epp('puppet/ca/cron.epp', {
        'user'        => $puppet::ca::user,
        'node_bucket' => $puppet::ca::node_bucket,
    }),
  }
  service { 'cron':
    ensure  => running,
    enable  => true,
    require => Package['cron'],
  }

  # As root: it acts as the CA's user, and asks PuppetDB with the host's key, which that user cannot read.
  puppet::resident { 'puppet-ca-terminated':
    description => 'Revoke the certificates of terminated nodes',
    command     => "/usr/local/bin/check_csr --terminated ${puppet::ca::node_bucket}",
    seconds     => 10,
    writes      => [$puppet::ca::cadir, *puppet::store_folders($puppet::ca::node_bucket)],
    subscribe   => [Class['puppet::scripts'], File["${puppet::ca::confdir}/ca.yaml"]],
  }
}
