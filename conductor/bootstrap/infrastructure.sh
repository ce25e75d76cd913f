#!/bin/sh
# shellcheck disable=SC1091,SC2154 # settings sets certname, environment, code_url, code_sha256, packages,
# expires (empty on the CA's host), agent (yes or later)
#
# First boot of a host that has the CA, the database or a master: whether there is a master to ask or not,
# Puppet applies this repository's code here, after checking that it is the code that the operator sent.
set -eu

here=$(dirname "$0")
exec 2>&1

. "$here/settings"
step='starting'

say() { echo "puppet-bootstrap: $*"; }
begin() {
  step=$*
  say "$step"
}
finish() {
  status=$?
  [ "$status" -eq 0 ] || say "FAILED: exit $status while $step; see /var/log/cloud-init-output.log"
}
trap finish EXIT

begin "checking puppet.conf"
# An image may have started the agent at boot, before it knew whom to ask; it would hold Puppet's locks.
systemctl stop puppet.service
# All at once: each start of puppet takes a second of the processor.
settings=$(puppet config print --section agent certname csr_attributes localcacert environmentpath ca_server ca_port)
setting() {
  printf '%s\n' "$settings" | sed -n "s/^$1 = //p"
}
[ "$(setting certname)" = "$certname" ]
attributes=$(setting csr_attributes)
[ ! -e "$attributes" ] || chmod 0600 "$attributes"
if [ -n "$expires" ]; then
  authority=$(setting localcacert)
  begin "looking for the CA certificate in $authority; an agent without one trusts anybody"
  [ -s "$authority" ]
fi

# Not every release has them all: README.md, "Supported".
begin "installing Puppet modules from $(. /etc/os-release && echo "$PRETTY_NAME")"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install $packages

begin "fetching the code"
python3 - "$code_url" "$here/code.tar.gz" <<'EOF'
import shutil, sys, time, urllib.error, urllib.request
deadline = time.monotonic() + 300
while True:
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=60) as source, open(sys.argv[2], "wb") as target:
            shutil.copyfileobj(source, target)
        break
    except OSError as error:
        # S3 asks to come again with a 5xx; a 403 or 404 is its last word.
        if isinstance(error, urllib.error.HTTPError) and error.code < 500:
            sys.exit(f"puppet-bootstrap: the code archive was refused: HTTP {error.code}")
        if time.monotonic() > deadline:
            sys.exit(f"puppet-bootstrap: the code archive cannot be fetched: {error}")
        time.sleep(2)
EOF

begin "checking the code's SHA-256"
echo "$code_sha256  $here/code.tar.gz" | sha256sum --check --quiet

code=$(setting environmentpath)/$environment
begin "unpacking the code to $code"
rm -rf "$code.new"
mkdir -p "$code.new"
tar -xzf "$here/code.tar.gz" -C "$code.new" --no-same-owner
rm -rf "$code"
mv "$code.new" "$code"
rm -f "$here/code.tar.gz" "$here/settings"

if [ -n "$expires" ]; then
  begin "enrolling with the CA at $(setting ca_server):$(setting ca_port), until $expires"
  seconds=$(($(date -d "$expires" +%s) - $(date +%s)))
  # Clocks differ, and the CA's is the one that counts.
  [ "$seconds" -ge 60 ] || seconds=60
  puppet ssl bootstrap --color=false --maxwaitforcert "$seconds"
fi

begin "applying manifests/puppetmaster.pp"
cd "$code"
applied=0
puppet apply --environment "$environment" --node_terminus plain --color=false --detailed-exitcodes \
  manifests/puppetmaster.pp || applied=$?
# 0: nothing to do, 2: done; 4 and 6: some resource failed; 1: no catalog.
[ "$applied" -eq 0 ] || [ "$applied" -eq 2 ] || exit "$applied"

if [ "$agent" = yes ]; then
  begin "starting the Puppet agent"
  systemctl enable puppet.service
  systemctl restart puppet.service
fi
say "done: $certname is set up"
