# Another database server.
class differential::mysql {
  class { 'mysql::server':
    root_password    => Sensitive('secret'),
    override_options => { 'mysqld' => { 'max_connections' => 500 } },
  }
  mysql::db { 'app':
    user     => 'app',
    password => 'secret',
    host     => 'localhost',
    grant    => ['SELECT', 'UPDATE'],
  }
}
