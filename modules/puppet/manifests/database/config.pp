# @summary PuppetDB's configuration: a TLS listener on loopback with this host's certificate, which is
#   also the only one that it answers; the database.
#
# @api private
class puppet::database::config {
  assert_private()

  $paths = $facts['puppet_settings']
  $confdir = $puppet::database::confdir
  $allowlist = "${confdir}/certificate-allowlist"
  $password_ini = "${confdir}/conf.d/database_password.ini"
  $set_password = "/usr/local/sbin/puppetdb_password ${password_ini}"

  file {
    default:
      ensure => file,
      owner  => 'root',
      group  => $puppet::database::user,
      mode   => '0640',
      ;
    "${confdir}/ssl":
      ensure => directory,
      mode   => '0750',
      ;
    "${confdir}/ssl/public.pem":
      source => $paths['hostcert'],
      ;
    "${confdir}/ssl/private.pem":
      source    => $paths['hostprivkey'],
      backup    => false,
      show_diff => false,
      ;
    "${confdir}/ssl/ca.pem":
      source => $paths['localcacert'],
      ;
    $allowlist:
      content => "${paths['certname']}\n",
      ;
    "${confdir}/conf.d/auth.conf":
      content => epp('puppet/database/auth.conf.epp', { 'allowed' => $paths['certname'] }),
      ;
    "${confdir}/conf.d/jetty.ini":
      content => epp('puppet/database/jetty.ini.epp', {
          'port'    => $puppet::database::backend_port,
          'confdir' => $confdir,
      }),
      ;
    "${confdir}/conf.d/puppetdb.ini":
      content => epp('puppet/database/puppetdb.ini.epp', { 'allowlist' => $allowlist }),
      ;
    "${confdir}/conf.d/database.ini":
      content => epp('puppet/database/database.ini.epp', {}),
      ;
    '/etc/default/puppetdb':
      group   => 'root',
      mode    => '0644',
      content => epp('puppet/database/default.epp', {
          'heap'    => $puppet::database::heap,
          'options' => $puppet::database::jvm_options,
      }),
      ;
    '/usr/local/sbin/puppetdb_password':
      source => 'puppet:///modules/puppet/puppetdb_password',
      group  => 'root',
      mode   => '0755',
  }

  -> exec { 'password of PuppetDB for PostgreSQL':
    command => $set_password,
    unless  => "${set_password} --check",
  }

  # On a host that is also the CA, its own certificate comes from there.
  Exec <| title == 'puppet_ca setup' |> -> File["${confdir}/ssl/public.pem", "${confdir}/ssl/private.pem", "${confdir}/ssl/ca.pem"]
}
