# @summary The Apache that the roles of one host share
#
# It has the modules, limits and TLS settings that belong to the server and not to a virtual host. Each role
# adds its own virtual host, port and user; nothing else listens, port 80 included. Roles that are
# applications of Passenger's contain `puppet::apache::passenger` too.
#
# @param workers
#   Most worker processes that one application may have.
# @param connections
#   How many connections are served at a time; each has a thread while its request comes in.
# @param timeouts
#   How slow a client's request may be (mod_reqtimeout), so that slow bodies cannot hold threads.
#
# @api private
class puppet::apache (
  Integer[1] $workers      = max(2, $facts['processors']['count']),
  Integer[50] $connections = 400,
  Array[String] $timeouts  = ['handshake=10', 'header=20-40,MinRate=500', 'body=20,MinRate=1000'],
) {
  assert_private()

  $dropins = '/etc/systemd/system/apache2.service.d'

  class { 'apache':
    default_mods           => [],
    default_vhost          => false,
    default_ssl_vhost      => false,
    mpm_module             => false,
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

  # Slow connections that mod_reqtimeout has not cut off yet must leave threads for the others.
  $threads = 50
  class { 'apache::mod::event':
    threadsperchild   => $threads,
    maxrequestworkers => $connections,
    serverlimit       => ceiling($connections * 1.0 / $threads),
    minsparethreads   => $threads,
    maxsparethreads   => $threads * 3,
  }
  class { 'apache::mod::reqtimeout':
    timeouts => $timeouts,
  }

  # Its package brings the rule for all of /var/log/apache2 (daily, 14 days), but not the program; nor does
  # PostgreSQL's. The reload that goes with it each day also has Apache read the revocation lists anew.
  ensure_resource('package', ['logrotate'], { 'ensure' => 'installed' })

  contain apache
  contain apache::mod::event
  contain apache::mod::headers
  contain apache::mod::ssl
  contain puppet::apache::certificate

  Class['apache::service'] -> Class['puppet::apache::certificate']

  # The class of mod_ssl always sets up a session cache, which no later directive takes back.
  File <| title == 'ssl.conf' |> {
    content => epp('puppet/apache/ssl.conf.epp'),
  }

  # For what the roles add to the unit of the distribution.
  file { $dropins:
    ensure => directory,
    mode   => '0755',
  }
}
