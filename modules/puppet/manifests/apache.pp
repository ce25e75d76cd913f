# The Apache that `puppet::ca` and `puppet::master` share when both are on one host: modules, limits
# and TLS settings that belong to the server and not to a virtual host. Each role adds its own virtual
# host, port and user; nothing else listens, port 80 included.
#
# @param workers
#   Most worker processes that one application may have; the pool holds two applications.
# @param timeouts
#   How slow a client's request may be (mod_reqtimeout), so that slow bodies cannot hold threads.
#
# @api private
class puppet::apache (
  Integer[1] $workers     = max(2, $facts['processors']['count']),
  Array[String] $timeouts = ['handshake=10', 'header=20-40,MinRate=500', 'body=20,MinRate=1000'],
) {
  assert_private()

  class { 'apache':
    default_mods           => [],
    default_vhost          => false,
    default_ssl_vhost      => false,
    mpm_module             => 'event',
    purge_configs          => true,
    root_directory_secured => true,
    root_directory_options => ['None'],
    server_tokens          => 'Prod',
    server_signature       => 'Off',
    trace_enable           => 'Off',
    log_formats            => {
      'puppet' => '%h %l %{SSL_CLIENT_S_DN_CN}x %t \"%r\" %>s %b %D \"%{User-Agent}i\"',
    },
  }

  class { 'apache::mod::reqtimeout':
    timeouts => $timeouts,
  }
  contain apache
  contain apache::mod::headers
  contain apache::mod::ssl
  contain apache::mod::passenger

  # The class of mod_ssl always sets up a session cache, which no later directive takes back.
  File <| title == 'ssl.conf' |> {
    content => epp('puppet/apache/ssl.conf.epp'),
  }

  # The class of mod_passenger in Debian 12 does not know all of these.
  apache::custom_config { 'puppet':
    priority      => 10,
    verify_config => false,
    content       => epp('puppet/apache/puppet.conf.epp', { 'workers' => $workers }),
  }

  # The default registry directory is inside PrivateTmp, where `passenger-status` cannot find it; here it
  # looks by itself. It must be there before Apache starts, at each boot.
  file { '/etc/systemd/system/apache2.service.d':
    ensure => directory,
    mode   => '0755',
  }
  file { '/etc/systemd/system/apache2.service.d/passenger.conf':
    ensure  => file,
    mode    => '0644',
    content => "[Service]\nRuntimeDirectory=passenger-instreg\n",
    notify  => Class['apache::service'],
  }
}
