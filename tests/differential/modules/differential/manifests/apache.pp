# A web server with forty virtual hosts, concatenated files, EPP and ERB.
class differential::apache {
  class { 'apache': default_vhost => false, mpm_module => 'event' }
  include apache::mod::ssl
  include apache::mod::proxy
  include apache::mod::proxy_http
  Integer[1, 40].each |$i| {
    apache::vhost { "site${i}.example.com":
      port     => 80,
      docroot  => "/var/www/site${i}",
      aliases  => [{ 'alias' => '/img', 'path' => "/srv/img${i}" }],
      rewrites => [{
        'comment'      => 'to TLS',
        'rewrite_cond' => ['%{HTTPS} off'],
        'rewrite_rule' => ['^(.*)$ https://%{HTTP_HOST}$1 [R=301,L]'],
      }],
    }
    concat { "/etc/app${i}.conf":
      ensure => present,
    }
    concat::fragment { "app${i}-a":
      target  => "/etc/app${i}.conf",
      content => inline_epp('<%= $facts["networking"]["fqdn"] %> <%= $i %>', { 'i' => $i }),
      order   => 1,
    }
    file { "/etc/cron.d/job${i}":
      ensure  => file,
      content => inline_template("# <%= @i %> of <%= scope['facts']['networking']['hostname'] %>\n"),
    }
  }
}
