# Closes the cloud's metadata service to every user but root and those declared with
# `puppet::metadata_access`: it hands out user data and the instance's credentials. The rules are a
# table of their own, so the host's other rules, if any, are left as they are.
#
# @param addresses
#   Addresses of the metadata service.
#
# @api private
class puppet::metadata (
  Struct[{ 'ip' => Array[Stdlib::IP::Address::V4::Nosubnet, 1], 'ip6' => Array[Stdlib::IP::Address::V6, 1] }] $addresses,
) {
  $rules = '/etc/puppet-metadata.nft'
  $unit = 'puppet-metadata.service'

  ensure_resource('package', ['nftables'], { 'ensure' => 'installed' })

  concat { $rules:
    mode         => '0644',
    validate_cmd => '/usr/sbin/nft --check --file %',
    require      => Package['nftables'],
    notify       => Service[$unit],
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
  file { "/etc/systemd/system/${unit}":
    ensure  => file,
    mode    => '0644',
    content => epp('puppet/metadata/unit.epp', { 'rules' => $rules }),
    notify  => Service[$unit],
  }
  service { $unit:
    ensure  => running,
    enable  => true,
    restart => "/usr/bin/systemctl daemon-reload && /usr/bin/systemctl reload-or-restart ${unit}",
  }
}
