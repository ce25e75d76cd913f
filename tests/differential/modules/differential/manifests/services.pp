# Smaller modules of the distribution.
class differential::services {
  class { 'memcached':
    max_memory => 256,
    listen_ip  => '127.0.0.1',
  }
  class { 'ntp':
    servers => ['0.example.com', '1.example.com'],
  }
  include haproxy
  haproxy::listen { 'web':
    ports     => '80',
    ipaddress => '0.0.0.0',
    options   => { 'balance' => 'roundrobin' },
  }
  Integer[1, 10].each |$i| {
    haproxy::balancermember { "web${i}":
      listening_service => 'web',
      ports             => '8080',
      server_names      => "web${i}",
      ipaddresses       => "10.0.0.${i}",
    }
  }
}
