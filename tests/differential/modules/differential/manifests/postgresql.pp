# A database server with roles, databases and grants.
class differential::postgresql {
  class { 'postgresql::server':
    listen_addresses  => '*',
    postgres_password => 'secret',
  }
  ['one', 'two', 'three'].each |$name| {
    postgresql::server::db { $name:
      user     => $name,
      password => postgresql::postgresql_password($name, 'secret'),
    }
  }
  postgresql::server::config_entry { 'work_mem':
    value => '16MB',
  }
  postgresql::server::pg_hba_rule { 'the network':
    type        => 'host',
    database    => 'all',
    user        => 'all',
    address     => '10.0.0.0/8',
    auth_method => 'scram-sha-256',
  }
}
