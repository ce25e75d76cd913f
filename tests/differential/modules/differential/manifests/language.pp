# What the language can do, where two interpreters (CRuby, JRuby) might differ.
class differential::language (
  String $greeting = lookup('differential::greeting', String, 'first', 'none'),
) {
  $numbers = {
    'float'    => 0.1 + 0.2,
    'big'      => 9007199254740993,
    'division' => 7 / 2,
    'negative' => -7 % 3,
    'octal'    => 0755,
    'hex'      => 0xff,
    'exponent' => 1.5e300,
    'string'   => "${String(1.0)} ${String(1e20)} ${String(0.1)}",
    'sprintf'  => sprintf('%05.2f|%x|%e|%-5s|', 3.14159, 255, 12345.678, 'ab'),
  }
  $texts = {
    'umlauts'  => 'Größe ß → 漢字 😀',
    'upcase'   => 'größe'.upcase,
    'length'   => length('😀ß'),
    'regexp'   => 'aXbXc' ? { /(\w)X(\w)/ => "${1}${2}", default => 'none' },
    'regsubst' => regsubst('10.0.0.1', '(\d+)', '<\1>', 'G'),
    'split'    => split('a,b;c', '[,;]'),
    'match'    => 'abc123'.match(/([a-z]+)(\d+)/),
    'shell'    => "it's \"quoted\" \$x \\ \u00e4",
    'sorted'   => ['b', 'A', 'a', 'B', 'ä'].sort,
    'unique'   => ['a', 'A', 'a', 1, 1.0, '1'].unique,
    'heredoc'  => @("END"/L),
      one ${greeting} \
      line
      | END
    'random'   => fqdn_rand(1000000, 'seed'),
    'digest'   => sha256('x'),
    'base64'   => 'x'.then |$x| { String(Binary($x, '%s'), '%b') },
    'json'     => stdlib::to_json({ 'b' => 1, 'a' => [undef, true, 1.5] }),
    'yaml'     => stdlib::to_yaml({ 'b' => 'yes', 'a' => ['1', 1, '1.0', ':x', 'ä', "two\nlines"] }),
    'time'     => Timestamp('2026-01-02T03:04:05Z').strftime('%Y %j %A'),
    'span'     => String(Timespan({ 'hours' => 25, 'minutes' => 3 })),
    'version'  => SemVer('1.2.3-rc1') < SemVer('1.2.3'),
    'type'     => String(type({ 'a' => [1, 'x', undef] })),
    'types'    => [1, 1.0, 'x', true, undef, /x/, default, String[1], Sensitive('x')].map |$x| { differential::shape($x) },
    'unit'     => differential::twice('low'),
    'deep'     => { 'a' => { 'b' => 1 } }.deep_merge({ 'a' => { 'c' => [1] } }),
    'range'    => Array(Integer[1, 5]).filter |$i| { $i % 2 == 1 },
    'slice'    => [1, 2, 3, 4, 5].slice(2),
    'reverse'  => Array([1, 2, 3].reverse_each),
    'facts'    => $facts['os']['distro']['codename'],
    'trusted'  => $trusted['certname'] == $facts['clientcert'],
    'role'     => $::role,
    'env'      => $environment,
    'agent'    => $clientversion,
    'hiera'    => lookup('roles.worker.classes'),
  }
  ($numbers + $texts).each |$name, $value| {
    notify { "language ${name}":
      message => differential::shape($value),
    }
  }
  file { '/etc/differential':
    ensure  => file,
    content => epp('differential/all.epp', { 'values' => $numbers }),
    mode    => '0640',
    source  => undef,
  }
  file { '/etc/differential-static':
    ensure => file,
    source => 'puppet:///modules/differential/plain.txt',
  }
  file { '/etc/differential-secret':
    ensure  => file,
    content => Sensitive("secret\n"),
  }
  file { '/etc/differential-binary':
    ensure  => file,
    content => Binary('AAECAwT/', '%B'),
  }
  @differential::thing { ['virtual_one', 'virtual_two']:
    level => 'high',
    names => ['x', 'y'],
  }
  Differential::Thing <| title == 'virtual_two' |> {
    level => 7,
  }
  $defaults = { 'names' => ['from defaults'] }
  $things = { 'b' => { 'level' => 1 }, 'a' => {}, 'c' => { 'names' => ['own'] } }
  create_resources('differential::thing', $things, $defaults)
  Differential::Thing['b'] -> Differential::Thing['a'] ~> File['/etc/differential']
  exec { 'triggered':
    command     => '/bin/true',
    refreshonly => true,
    subscribe   => [File['/etc/differential'], Notify['language big']],
    noop        => true,
    schedule    => 'daily',
    loglevel    => 'debug',
    audit       => undef,
  }
  realize(Differential::Thing['virtual_one'])
  stage { 'before':
    before => Stage['main'],
  }
  class { 'differential':
    stage => 'before',
  }
}
