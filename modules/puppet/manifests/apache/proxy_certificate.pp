# @summary This host's certificate and its key in one file, as Apache wants those that it shows to a server behind it
#
# @api private
define puppet::apache::proxy_certificate {
  assert_private()

  concat { $title:
    owner     => 'root',
    group     => 'root',
    mode      => '0600',
    backup    => false,
    show_diff => false,
    notify    => Class['apache::service'],
  }
  ['hostcert', 'hostprivkey'].each |$order, $setting| {
    concat::fragment { "${title} ${setting}":
      target => $title,
      source => $facts['puppet_settings'][$setting],
      order  => String($order),
    }
  }

  # On a host that is also the CA, its own certificate comes from there.
  Exec <| title == 'puppet_ca setup' |> -> Concat[$title]
}
