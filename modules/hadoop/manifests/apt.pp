# @summary The signed package source of Hadoop's packages
#
# Its few files are written here rather than by module apt: the key goes by `signed-by` (apt-key is gone from Debian 13), the package lists
# are fetched again by the next run if that failed, and no other source of the host is touched.
#
# @param location
#   URL of the repository. Without it no source is managed: the packages come from one that the host has.
# @param release
#   Its suite; with a trailing slash, the path of a flat repository.
# @param repos
#   Its components, separated by blanks.
# @param key_content
#   The signing key, ASCII-armoured.
# @param key_source
#   Where Puppet fetches the signing key from, as for a file's `source`.
# @param keyring
#   The file that holds the signing key; it must exist already if neither `key_content` nor `key_source` is given.
class hadoop::apt (
  Optional[Pattern[/\A(https?|file):\S+\z/]] $location = undef,
  String[1] $release                                   = 'hadoop',
  String[1] $repos                                     = 'main',
  Optional[String[1]] $key_content                     = undef,
  Optional[String[1]] $key_source                      = undef,
  Stdlib::Absolutepath $keyring                        = '/etc/apt/keyrings/hadoop.asc',
) {
  if $key_content and $key_source {
    fail('hadoop::apt: key_content and key_source exclude one another')
  }

  if $location {
    $source = '/etc/apt/sources.list.d/hadoop.sources'
    $updated = '/var/lib/apt/hadoop-source-updated'
    $components = $release ? { /\/\z/ => undef, default => $repos }

    if $key_content or $key_source {
      file { $keyring:
        owner   => 'root',
        group   => 'root',
        mode    => '0644',
        content => $key_content,
        source  => $key_source,
        before  => File[$source],
      }
    }

    file { $source:
      owner   => 'root',
      group   => 'root',
      mode    => '0644',
      content => epp('hadoop/hadoop.sources.epp', {
          'location'   => $location,
          'release'    => $release,
          'components' => $components,
          'keyring'    => $keyring,
      }),
    }

    exec { 'fetch the package lists for hadoop':
      command   => "apt-get update -q -o APT::Update::Error-Mode=any && touch ${updated}",
      unless    => "test ${updated} -nt ${source} && test ${updated} -nt ${keyring}",
      path      => ['/usr/sbin', '/usr/bin', '/sbin', '/bin'],
      provider  => 'shell',
      logoutput => 'on_failure',
      tries     => 3,
      try_sleep => 5,
      require   => File[$source],
    }
  }
}
