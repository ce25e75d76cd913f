#!/bin/sh
# Last step of a node's first boot: starts the Puppet agent, but only one that knows its CA.
set -eu

certname=$1
exec 2>&1

fail() {
  echo "puppet-bootstrap: FAILED: $*"
  exit 1
}

setting() {
  puppet config print --section agent "$1"
}

command -v puppet >/dev/null || fail "puppet-agent is not installed; see /var/log/cloud-init-output.log"
# cloud-init's cc_puppet has written these; it only warns when it could not.
[ "$(setting certname)" = "$certname" ] || fail "puppet.conf lacks certname $certname; see /var/log/cloud-init.log"
[ -s "$(setting localcacert)" ] || fail "no CA certificate at $(setting localcacert); an agent without one trusts anybody"
attributes=$(setting csr_attributes)
[ -s "$attributes" ] || fail "no $attributes: the CA would refuse this node"
chmod 0600 "$attributes"

# Restarted, not started: an image may have started the agent at boot, before it knew whom to ask.
{ systemctl enable puppet.service && systemctl restart puppet.service; } ||
  fail "puppet.service does not start; see journalctl -u puppet"
echo "puppet-bootstrap: the Puppet agent of $certname is running"
