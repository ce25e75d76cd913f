#!/bin/sh
# Last step of a node's first boot: starts the Puppet agent, but only one that knows its CA.
set -eu

certname=$1
exec 2>&1

fail() {
  echo "puppet-bootstrap: FAILED: $*"
  exit 1
}

command -v puppet >/dev/null || fail "puppet-agent is not installed; see /var/log/cloud-init-output.log"
# All at once: each start of puppet takes a second of the processor.
settings=$(puppet config print --section agent certname localcacert csr_attributes config server server_list serverport)
setting() {
  printf '%s\n' "$settings" | sed -n "s/^$1 = //p"
}

# cloud-init's cc_puppet has written these; it only warns when it could not.
[ "$(setting certname)" = "$certname" ] || fail "puppet.conf lacks certname $certname; see /var/log/cloud-init.log"
[ -s "$(setting localcacert)" ] || fail "no CA certificate at $(setting localcacert); an agent without one trusts anybody"
attributes=$(setting csr_attributes)
[ -s "$attributes" ] || fail "no $attributes: the CA would refuse this node"
chmod 0600 "$attributes"

# A run that finds no master costs more than waiting, and the next one is a while away. Without a master in
# puppet.conf the node finds one later, by itself.
if grep -q '^ *server *=' "$(setting config)"; then
  masters=$(setting server_list)
  python3 - "${masters:-$(setting server):$(setting serverport)}" <<'EOF'
import socket, sys, time
deadline = time.monotonic() + 300
while time.monotonic() < deadline:
    for master in sys.argv[1].split(","):
        name, _, port = master.strip().partition(":")
        try:
            socket.create_connection((name, int(port or 8140)), timeout=5).close()
            sys.exit()
        except (OSError, ValueError):
            pass
    time.sleep(1)
print("puppet-bootstrap: no connection yet to any of the masters", sys.argv[1])
EOF
fi

# Restarted, not started: an image may have started the agent at boot, before it knew whom to ask.
{ systemctl enable puppet.service && systemctl restart puppet.service; } ||
  fail "puppet.service does not start; see journalctl -u puppet"
echo "puppet-bootstrap: the Puppet agent of $certname is running"
