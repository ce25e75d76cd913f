"""Make both sides ready: the reference's configuration, and what ours needs besides its own manifests."""

from tests.differential.sides import Server

POLICY = """\
#!/bin/sh
# Signs what the differential test wants signed at once.
case "$1" in auto-*) exit 0 ;; *) exit 1 ;; esac
"""
PUPPET_CONF = """\
[main]
certname = {name}
server = {name}
dns_alt_names = {name},puppet
[server]
autosign = /etc/puppet/differential-policy
environment_timeout = 0
"""
CA_CONF = """\
certificate-authority: {
    allow-auto-renewal: true
    auto-renewal-cert-ttl: "90d"
}
"""
START_DEADLINE = 300.0


def prepare_reference(server: Server) -> None:
    """Write puppetserver's configuration, and (re)start it if that has changed or it does not run."""
    mark = "/etc/puppet/.differential"
    server.write("/etc/puppet/differential-policy", POLICY, mode="0755")
    server.write("/etc/puppet/puppet.conf", PUPPET_CONF.format(name=server.name))
    server.write("/etc/puppet/puppetserver/conf.d/ca.conf", CA_CONF)
    server.run(
        "set -e; new=$(cat /etc/puppet/puppet.conf /etc/puppet/puppetserver/conf.d/*.conf | sha256sum);"
        f' if [ "$new" != "$(cat {mark} 2>/dev/null)" ] || ! systemctl -q is-active puppetserver; then'
        f' systemctl restart puppetserver; echo "$new" > {mark}; fi',
        deadline=START_DEADLINE,
    )


def prepare_ours(server: Server) -> None:
    """Nothing is to be done: our side is as its manifests make it."""
    del server
