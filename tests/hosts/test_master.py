"""A master compiles for certificates of the CA, current ones, and knows nothing of issuing them."""

import json

from tests.hosts.infrastructure import (
    ask,
    assert_crl_is_current,
    assert_resident,
    assert_secret,
    assert_timer,
    listening,
    setting,
)

ROLES = ("master", "puppetmaster")
# The list is asked for every 30 s; older than this, a revoked node would get in too long.
CRL_LIMIT_S = 120


def test_it_listens_for_agents_and_for_load_balancers(host):
    assert host.service("apache2").is_enabled
    assert host.service("apache2").is_running
    assert {8140, 8142} <= listening(host)


def test_its_virtual_host_requires_a_certificate(host):
    verify = host.check_output("grep -hi SSLVerifyClient /etc/apache2/sites-enabled/*-puppet-master.conf")
    assert verify.split()[-1] == "require"


def test_it_answers_nobody_without_a_certificate(host):
    assert ask(host, 8140, "/puppet/v3/environments") == "refused"


def test_it_answers_a_node_of_the_ca(host):
    assert ask(host, 8140, "/puppet/v3/environments", certificate=True) == "200"


def test_it_has_no_route_of_the_ca(host):
    assert ask(host, 8140, "/puppet-ca/v1/certificate/ca", certificate=True) in {"403", "404"}


def test_its_configuration_says_that_it_is_no_ca(host):
    lines = host.file(f"{setting(host, 'confdir')}/puppet.conf").content_string.splitlines()
    section = [line.replace(" ", "") for line in lines[lines.index("[server]") :]]
    assert "ca=false" in section


def test_its_list_of_revoked_certificates_is_current_and_young(host):
    assert_crl_is_current(host, setting(host, "hostcrl"))
    program = (
        "import urllib.request; "
        "print(urllib.request.urlopen('http://127.0.0.1:8142/health', timeout=20).read().decode())"
    )
    health = json.loads(host.check_output("python3 -c %s", program))
    assert health["status"] == "running"
    assert health["crl_age"] <= CRL_LIMIT_S


def test_its_timers_run(host):
    assert_resident(host, "puppet-crl", seconds=30)
    assert_resident(host, "puppet-servers", seconds=30)
    assert_timer(host, "puppet-master-recycle", seconds=60)


def test_the_classifier_s_helper_is_at_hand(host):
    socket = host.service("puppet-node-classifier.socket")
    assert socket.is_enabled
    assert socket.is_running


def test_its_key_is_its_workers_alone(host):
    assert_secret(host, setting(host, "hostprivkey"), "puppet")


def test_its_own_status_finds_nothing_amiss(host):
    host.run_expect([0], "puppet_master status")


def test_no_jvm_runs_for_it(host):
    # PuppetDB's, where the host is the database too.
    users = set(host.run("ps -C java -o user=").stdout.split())
    assert users <= {"puppetdb"}


def test_a_host_of_masters_alone_has_no_jvm_and_no_ca(host):
    if host.file("/etc/puppetdb").exists:
        return
    assert host.run("ps -C java -o pid=").stdout == ""
    assert not host.file("/var/lib/puppet-ca").exists
