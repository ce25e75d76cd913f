# @summary Closes the cloud's metadata service to every user but root and those declared with `puppet::metadata_access`
#
# It hands out user data and the instance's credentials. The rules are a table of their own, so the host's
# other rules, if any, are left as they are.
#
# @param addresses
#   Addresses of the metadata service.
#
# @api private
class puppet::metadata (
  Struct[{ 'ip' => Array[Stdlib::IP::Address::V4::Nosubnet, 1], 'ip6' => Array[Stdlib::IP::Address::V6, 1] }] $addresses,
) {
  $rules = '/etc/puppet-metadata.nft'
  $service = 'puppet-metadata.service'
  $dropins = '/etc/systemd/system/nftables.service.d'

  ensure_resource('package', ['nftables'], { 'ensure' => 'installed' })

  concat { $rules:
    mode         => '0644',
    validate_cmd => '/usr/sbin/nft --check --file %',
    require      => Package['nftables'],
    notify       => Service[$service],
  }
  concat::fragment { 'puppet-metadata head':
    target  => $rules,
    order   => '00',
    content => epp('puppet/metadata/head.nft.epp'),
  }
  concat::fragment { 'puppet-metadata tail':
    target  => $rules,
    order   => '99',
    content => epp('puppet/metadata/tail.nft.epp', { 'addresses' => $addresses }),
  }

  file {
    default:
      ensure => file,
      mode   => '0644',
      notify => Exec['systemd knows of the metadata rules'],
      ;
    "/etc/systemd/system/${service}":
      content => epp('puppet/metadata/unit.epp', { 'rules' => $rules }),
      ;
    $dropins:
      ensure => directory,
      mode   => '0755',
      ;
    "${dropins}/puppet-metadata.conf":
      content => epp('puppet/metadata/dropin.epp', { 'rules' => $rules }),
      ;
  }
  exec { 'systemd knows of the metadata rules':
    command     => '/usr/bin/systemctl daemon-reload',
    refreshonly => true,
  }

  ~> service { $service:
    ensure  => running,
    enable  => true,
    restart => "/usr/bin/systemctl reload-or-restart ${service}",
  }
}
