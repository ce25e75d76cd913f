"""PuppetDB is reached through Apache by those it knows; PostgreSQL and its own port by nobody else's host."""

from tests.hosts.infrastructure import ask, assert_crl_is_current, assert_resident, listening, setting

ROLES = ("ca-database", "database", "puppetmaster")


def test_its_services_are_enabled_and_run(host):
    for name in ("apache2", "puppetdb", "postgresql"):
        assert host.service(name).is_enabled, name
        assert host.service(name).is_running, name


def test_other_hosts_reach_puppetdb_and_not_postgresql(host):
    ports = listening(host)
    assert 8081 in ports
    assert 5432 not in ports
    assert 8080 not in ports
    assert host.socket("tcp://127.0.0.1:5432").is_listening


def test_it_answers_nobody_without_a_certificate(host):
    assert ask(host, 8081, "/pdb/meta/v1/version") in {"refused", "403"}


def test_it_answers_the_host_itself(host):
    assert ask(host, 8081, "/pdb/meta/v1/version", certificate=True) == "200"


def test_its_virtual_host_requires_a_certificate(host):
    verify = host.check_output("grep -hi SSLVerifyClient /etc/apache2/sites-enabled/*-puppet-database.conf")
    assert {line.split()[-1] for line in verify.splitlines()} == {"require"}


def test_its_copy_of_the_revocation_list_is_current(host):
    assert_crl_is_current(host, setting(host, "hostcrl"))
    assert_resident(host, "puppet-crl", seconds=30)


def test_the_password_and_the_key_are_nobody_else_s(host):
    for path in host.check_output("find /etc/puppetdb -type f -name '*.pem' -o -name 'database.ini'").split():
        assert host.file(path).mode & 0o007 == 0, path
    assert host.file("/etc/puppetdb-proxy.pem").mode & 0o077 == 0


def test_the_state_of_the_nodes_goes_to_the_bucket(host):
    assert_resident(host, "puppet-node-status", seconds=10)
