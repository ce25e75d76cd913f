# @summary A web server with one page
#
# @param greeting
#   What the page says.
# @param port
#   Where it is served.
class site::web (
  String[1] $greeting,
  Stdlib::Port $port = 80,
) {
  $docroot = '/srv/web'

  class { 'apache':
    default_vhost => false,
    default_mods  => ['dir'],
    mpm_module    => 'event',
  }

  apache::vhost { $facts['networking']['fqdn']:
    port    => $port,
    docroot => $docroot,
  }

  file { "${docroot}/index.html":
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
    content => epp('site/index.html.epp', { 'greeting' => $greeting }),
    require => Apache::Vhost[$facts['networking']['fqdn']],
  }
}
