# @summary The ENC's helper: a process that stays, and so asks the node bucket at a fraction of the cost
#
# systemd starts it with the first question. Without it the command node_classifier asks by itself.
#
# @api private
class puppet::master::classifier {
  assert_private()

  $unit = 'puppet-node-classifier'

  file {
    default:
      ensure => file,
      mode   => '0644',
      ;
    "/etc/systemd/system/${unit}.service":
      content => epp('puppet/master/classifier.service.epp', {
          'user'      => $puppet::master::user,
          # Its answers are kept there. It is nobody's root.
          'hardening' => epp('puppet/systemd/hardening.epp', {
              'writes'       => ["${facts['puppet_settings']['vardir']}/node_classifier"],
              'capabilities' => [],
          }),
      }),
      ;
    "/etc/systemd/system/${unit}.socket":
      content => epp('puppet/master/classifier.socket.epp', {
          'user'   => $puppet::master::user,
          'socket' => $puppet::master::helper,
      }),
      ;
  }
  ~> exec { "systemd reads ${unit}":
    command     => '/usr/bin/systemctl daemon-reload',
    refreshonly => true,
  }
  -> service { "${unit}.socket":
    ensure    => running,
    enable    => true,
    subscribe => File["/etc/systemd/system/${unit}.socket"],
  }

  # The next question starts it anew, with the new code; one that is open is answered the plain way.
  exec { "end ${unit}":
    command     => "/usr/bin/systemctl stop ${unit}.service",
    refreshonly => true,
    subscribe   => [Class['puppet::scripts'], File["/etc/systemd/system/${unit}.service"]],
    require     => Exec["systemd reads ${unit}"],
  }
}
