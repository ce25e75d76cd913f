# @summary Acts at once on what the conductor's messages tell of, where there is a queue for them.
#
# @api private
class puppet::ca::listen {
  assert_private()

  $queue = $puppet::ca::notify_queue
  $ensure = $queue ? {
    undef   => absent,
    default => present,
  }
  if $queue {
    ensure_resource('package', ['python3-boto3'], { 'ensure' => 'installed' })
    Package['python3-boto3'] -> Puppet::Resident['puppet-ca-listen']
  }

  # As root, as the look for terminated nodes: it does the same. The queue is read as the CA's user. One wait for
  # messages is 20 s, twice where the first gets no answer; a rest in an outage is a minute.
  puppet::resident { 'puppet-ca-listen':
    ensure      => $ensure,
    description => "Act on the conductor's messages",
    command     => "/usr/local/bin/check_csr --listen --queue ${queue} ${puppet::ca::node_bucket}",
    timeout     => 180,
    writes      => [$puppet::ca::cadir, *puppet::store_folders($puppet::ca::node_bucket)],
    subscribe   => [Class['puppet::scripts'], File["${puppet::ca::confdir}/ca.yaml"]],
  }
}
