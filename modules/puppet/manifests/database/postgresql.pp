# @summary PostgreSQL with PuppetDB's role and database
#
# The role's password is set on the host (puppet::database::config), so that no catalog carries it.
#
# @api private
class puppet::database::postgresql {
  assert_private()

  class { 'postgresql::globals':
    version => $puppet::database::postgresql_version,
  }
  class { 'postgresql::server':
    listen_addresses => 'localhost',
  }
  contain postgresql::server

  postgresql::server::role { 'puppetdb': }
  -> postgresql::server::database { 'puppetdb':
    owner    => 'puppetdb',
    encoding => 'UTF8',
    locale   => 'C.UTF-8',
    template => 'template0',
  }
  -> postgresql::server::extension { 'pg_trgm':
    database => 'puppetdb',
  }
}
