# @summary Puppetboard behind Apache and Passenger: nodes, reports and facts of the site, in a browser
#
# It shows what PuppetDB holds, which may be secret, so people name themselves: by a certificate of the site's
# CA, or by a user's name and password. It only ever reads.
#
# The package comes from the repository that `packaging/build` makes, and takes the rest from Debian 13.
#
# @param allow
#   Certnames whose certificates let somebody in (`puppet_ca generate NAME` makes one for a browser).
# @param users
#   Who may log in by a password: user to its hash, as `htpasswd -nB USER` prints it. From Hiera it is sensitive by
#   itself, so that PuppetDB, and with it the board, does not show the hashes; a manifest has to say so.
# @param puppetdb_url
#   PuppetDB; without it the site's, as the master knows it. It lets this host in if its record had this class
#   when it enrolled, if it is the database's own host, a master or a CA, or by `puppet::database::allow`.
# @param port
#   Port of its virtual host.
# @param reader_port
#   Port on loopback at which Apache passes its questions on to PuppetDB, under this host's certificate. The
#   application itself has no key.
# @param unresponsive_hours
#   After how many hours without a report a node is shown as unresponsive.
# @param environment
#   Environment that is shown first; `*` are all.
# @param package
#   Name of its package.
#
# @example For two people, one with a certificate in the browser
#   class { 'puppet::board':
#     allow => ['alice.example.com'],
#     users => Sensitive({ 'bob' => '$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC' }),
#   }
class puppet::board (
  Array[Puppet::Certname] $allow = [],
  Variant[Sensitive[Puppet::Password_hashes], Puppet::Password_hashes] $users = {},
  Optional[Stdlib::HTTPSUrl] $puppetdb_url = undef,
  Stdlib::Port $port = 8144,
  Stdlib::Port $reader_port = 8085,
  Integer[1] $unresponsive_hours = 2,
  Pattern[/\A(\*|\w+)\z/] $environment = '*',
  String[1] $package = 'puppetboard',
) {
  # One home for each path and name.
  $confdir = '/etc/puppetboard'
  $approot = '/usr/share/puppetboard'
  $library = '/usr/lib/puppetboard'
  $user = 'puppetboard'
  $database = pick_default($puppetdb_url, puppet::databases()[0])

  if $allow.empty and $users.unwrap.empty {
    fail('puppet::board: nobody could see it: name certificates (allow) or passwords (users)')
  }
  if $database =~ Undef or $database == '' {
    fail('puppet::board: no PuppetDB is known here: give its URL (puppetdb_url)')
  }
  puppet::assert_facts('puppet::board', 'apache', '10.0.0')
  puppet::assert_packaged('puppet::board', 'python3-pypuppetdb (3.2)', 'take Debian 13 for the board')

  contain puppet::scripts
  contain puppet::apache
  contain puppet::apache::passenger
  contain puppet::crl
  contain puppet::board::application
  contain puppet::board::reader
  contain puppet::board::vhost

  Class['puppet::board::application'] -> Class['puppet::board::vhost'] -> Class['apache::service']
  Class['puppet::board::reader'] -> Class['apache::service']
}
