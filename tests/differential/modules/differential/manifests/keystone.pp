# OpenStack's identity service.
class differential::keystone {
  class { 'keystone::db':
    database_connection => 'mysql+pymysql://keystone:secret@127.0.0.1/keystone',
  }
  class { 'keystone':
    service_name => 'keystone',
  }
  class { 'keystone::bootstrap':
    password   => 'secret',
    public_url => 'https://keystone.example.com:5000',
  }
}
