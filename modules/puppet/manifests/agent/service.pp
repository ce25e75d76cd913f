# @summary The agent's service.
#
# No restart on a change of puppet.conf: a running agent reads it again by itself, and a restart would
# come in the middle of the run that asks for it.
#
# @api private
class puppet::agent::service {
  assert_private()

  service { $puppet::agent::service:
    ensure => running,
    enable => true,
  }

  # Where the host serves itself, its agent starts when there is something to ask.
  Service <| title == 'httpd' or title == 'puppetdb' |> -> Service[$puppet::agent::service]
}
