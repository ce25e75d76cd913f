# An infrastructure host (a CA, a database, a master, or all in one), from nothing, on the host itself, as
# root:
#
#     apt install git puppet-agent puppet-module-puppetlabs-{stdlib,apache,apt,concat,inifile,postgresql}
#     git clone URL-OF-THIS-REPOSITORY /etc/puppet/code/environments/production
#     puppet apply --environment production /etc/puppet/code/environments/production/manifests/puppetmaster.pp
#
# It gives the host the classes of its record, record.yaml in Puppet's confdir, which the conductor puts
# there. Where there is none, those of the role puppetmaster in data/roles.yaml, and a record that says
# so goes into the node bucket, a folder of this host. A host that is not the CA must have its certificate
# before (`puppet ssl bootstrap`). From then on the host is an agent of the masters, itself if it is one, and
# gets the same classes from its record.

$paths = $facts['puppet_settings']
$own_name = $facts['networking']['fqdn']

$record_file = "${paths['confdir']}/record.yaml"
$record_text = file($record_file, '/dev/null')
$record = $record_text ? {
  ''      => {},
  default => parseyaml($record_text, 'not YAML'),
}
unless $record =~ Hash {
  fail("${record_file} holds no record: a half-written file? Write it again, or remove it for the role puppetmaster")
}

$recorded = $record['classes']
# The role puppetmaster is all in one.
$here = pick($recorded, ['puppet::ca', 'puppet::database', 'puppet::master'])

# What follows from what is on this host. Where it finds itself, nobody could say before it had a name.
$follows = [
  [['puppet::ca'], { 'puppet::agent::ca_server' => $own_name, 'puppet::agent::ca_port' => 8141 }],
  [['puppet::master'], { 'puppet::agent::server' => $own_name }],
  [['puppet::ca', 'puppet::master'], { 'puppet::ca::auth_role' => 'puppet-master' }],
  [['puppet::ca', 'puppet::database'], { 'puppet::ca::puppetdb_url' => "https://${own_name}:8081" }],
]
$own_data = $follows.filter |$follow| { $follow[0].all |$class| { $class in $here } }.reduce({}) |$all, $follow| {
  $all + $follow[1]
}

# First level of hiera.yaml: it must stand before the first lookup.
$data = $own_data + pick($record.dig('parameters', 'data'), {})

$listed = pick($recorded, lookup('roles.puppetmaster.classes'))
$classes = $listed ? {
  Hash    => $listed,
  default => Hash($listed.map |$class| { [$class, {}] }),
}

# As Puppet does with an ENC's answer: those with parameters first, so that an `include` elsewhere finds them.
$classes.each |$class, $parameters| {
  unless $parameters =~ Undef or $parameters.empty {
    class { $class: * => $parameters }
  }
}
$classes.each |$class, $parameters| {
  include $class
}

if $record.empty and lookup('puppet::node_bucket') =~ /\Afile:\/\/(.+)\z/ {
  file { "${1}/${paths['certname']}":
    ensure  => file,
    mode    => '0640',
    replace => false,
    content => @("YAML"),
      ---
      classes: ${classes.keys}
      parameters: { data: { ${own_data.map |$key, $value| { "${key}: ${value}" }.join(', ')} } }
      environment: ${environment}
      | YAML
  }
}
