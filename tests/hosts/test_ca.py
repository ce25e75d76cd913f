"""The CA issues on its own port, as its own user, and nobody else on the host reads its key."""

from tests.hosts.infrastructure import (
    ask,
    assert_crl_is_current,
    assert_resident,
    assert_secret,
    listening,
    setting,
)

ROLES = ("ca", "ca-database", "puppetmaster")
CADIR = "/var/lib/puppet-ca"
USER = "puppet-ca"


def test_it_listens_on_its_own_port(host):
    assert host.service("apache2").is_enabled
    assert host.service("apache2").is_running
    assert 8141 in listening(host)


def test_a_new_node_gets_the_certificate_of_the_ca_without_one_of_its_own(host):
    assert ask(host, 8141, "/puppet-ca/v1/certificate/ca") == "200"


def test_it_shows_the_requests_to_nobody_without_a_certificate(host):
    assert ask(host, 8141, "/puppet-ca/v1/certificate_statuses/all") == "403"


def test_its_virtual_host_asks_for_a_certificate_and_does_not_require_one(host):
    verify = host.check_output("grep -hi SSLVerifyClient /etc/apache2/sites-enabled/*-puppet-ca.conf")
    assert verify.split()[-1] == "optional"


def test_its_key_is_its_user_s_alone(host):
    folder = host.file(CADIR)
    assert (folder.user, folder.group, folder.mode) == (USER, USER, 0o750)
    assert_secret(host, f"{CADIR}/ca_key.pem", USER)


def test_the_user_that_runs_the_site_s_code_cannot_read_its_key(host):
    if not host.user("puppet").exists:
        return
    assert host.run(f"runuser -u puppet -- cat {CADIR}/ca_key.pem").rc != 0


def test_its_list_of_revoked_certificates_is_current(host):
    assert_crl_is_current(host, f"{CADIR}/ca_crl.pem")
    assert_crl_is_current(host, setting(host, "hostcrl"))


def test_it_revokes_terminated_nodes_every_ten_seconds(host):
    assert_resident(host, "puppet-ca-terminated", seconds=10)


def test_it_looks_again_at_requests_that_wait(host):
    assert host.service("cron").is_running
    assert "check_csr" in host.file("/etc/cron.d/puppet-ca").content_string


def test_its_own_status_finds_nothing_amiss(host):
    host.run_expect([0], "puppet_ca status")
