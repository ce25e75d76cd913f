"""check_csr and puppet_ca as they are called: main(argv) in this process, and the files as processes."""

import importlib.machinery
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from enrolment import crl
from enrolment.authority import Authority
from enrolment.certificates import common_name, dns_names, spki
from enrolment.config import load_config
from enrolment.errors import StoreUnavailableError
from enrolment.request import parse_request
from enrolment.rights import has_cli_auth, rights, role_of
from enrolment.store import PausingStore

from tests.unit.enrolment.support import SECRET, csr, record

SCRIPTS = Path(__file__).parents[3] / "files" / "scripts"


def load(name):
    """Import a command, whose file has no suffix."""
    loader = importlib.machinery.SourceFileLoader(f"command_{name}", str(SCRIPTS / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def site(tmp_path, config, monkeypatch):
    """A host with a configuration file and no CA yet."""
    path = tmp_path / "ca.yaml"
    settings = {
        "cadir": config.cadir,
        "user": "",
        "node_bucket": config.node_bucket,
        "ca_name": "Puppet CA: test",
        "key_type": "ec",
        "key_bits": 256,
    }
    path.write_text(yaml.safe_dump(settings))
    monkeypatch.setenv("PUPPET_CA_CONFIG", str(path))
    monkeypatch.setattr("enrolment.hostcert.HOST_KEY_BITS", 2048)
    monkeypatch.setattr("enrolment.cli_certificates.HOST_KEY_BITS", 2048)
    return tmp_path


def puppet_ca(*arguments):
    return load("puppet_ca").main([str(argument) for argument in arguments])


def check_csr(*arguments):
    return load("check_csr").main([str(argument) for argument in arguments])


@pytest.fixture
def ssldir(site):
    return site / "ssl"


def setup(ssldir, *more):
    return puppet_ca(
        "setup",
        "--certname",
        "ca.example.org",
        "--dns-alt-names",
        "puppet, ca",
        "--ssldir",
        ssldir,
        "--owner",
        "",
        *more,
    )


@pytest.fixture
def ca(ssldir, config):
    assert setup(ssldir) == 0
    return Authority(config)


def wait(ca, name, **options):
    with ca.transaction() as transaction:
        transaction.save_request(parse_request(csr(name, **options)), name)


# setup


def test_setup_makes_the_ca_and_gives_the_host_all_that_puppet_looks_for(ca, ssldir):
    certificate = x509.load_pem_x509_certificate((ssldir / "certs/ca.example.org.pem").read_bytes())
    assert set(dns_names(certificate)) == {"puppet", "ca", "ca.example.org"}
    assert (ssldir / "certs/ca.pem").read_bytes() == ca.certificate_path.read_bytes()
    assert (ssldir / "crl.pem").read_bytes() == ca.crl_path.read_bytes()
    assert (ssldir / "private_keys/ca.example.org.pem").stat().st_mode & 0o777 == 0o640
    assert (ssldir / "private_keys").stat().st_mode & 0o777 == 0o750
    assert (ssldir / "public_keys/ca.example.org.pem").exists()
    assert ca.signed_names() == ["ca.example.org"]


def test_the_hosts_own_certificate_may_not_administer_the_ca(ca):
    assert not has_cli_auth(ca.certificate("ca.example.org"))


def test_the_hosts_own_certificate_has_the_role_that_setup_is_told(ssldir, config):
    assert setup(ssldir, "--auth-role", "puppet-ca") == 0
    assert role_of(Authority(config).certificate("ca.example.org")) == "puppet-ca"
    assert setup(ssldir, "--auth-role", "puppet-ca", "--check") == 0


def test_a_host_whose_certificate_lacks_the_role_gets_another_one_for_the_same_key(ca, ssldir):
    file = ssldir / "certs/ca.example.org.pem"
    before = x509.load_pem_x509_certificate(file.read_bytes())
    role = ("--auth-role", "puppet-master")
    assert role_of(before) == ""
    assert setup(ssldir, *role, "--check") == 1
    assert setup(ssldir, *role) == 0
    after = x509.load_pem_x509_certificate(file.read_bytes())
    assert role_of(after) == "puppet-master"
    assert spki(after.public_key()) == spki(before.public_key())
    assert dns_names(after) == dns_names(before)
    assert ca.certificate("ca.example.org") == after
    assert not ca.is_revoked(before)
    assert setup(ssldir, *role, "--check") == 0


def test_a_puppetservers_host_loses_the_right_to_administer_the_ca_that_was_its_own(ca, ssldir):
    with ca.transaction() as transaction:
        old = transaction.renew(ca.certificate("ca.example.org"), rights=rights(cli_auth=True))
    file = ssldir / "certs/ca.example.org.pem"
    file.write_bytes(old.public_bytes(Encoding.PEM))
    assert setup(ssldir, "--check") == 1
    assert setup(ssldir) == 0
    assert setup(ssldir, "--check") == 0
    new = x509.load_pem_x509_certificate(file.read_bytes())
    assert (has_cli_auth(old), has_cli_auth(new)) == (True, False)
    assert ca.certificate("ca.example.org") == new


def test_a_master_may_all_that_a_ca_host_may(ssldir):
    assert setup(ssldir, "--auth-role", "puppet-master") == 0
    assert setup(ssldir, "--auth-role", "puppet-ca", "--check") == 0


def test_setup_can_be_repeated_and_checked(site, ssldir, config):
    assert setup(ssldir, "--check") == 1
    assert not Path(config.cadir, "ca_key.pem").exists()
    assert setup(ssldir) == 0
    assert setup(ssldir, "--check") == 0
    before = {path: path.read_bytes() for path in site.rglob("*.pem")}
    assert setup(ssldir) == 0
    assert before == {path: path.read_bytes() for path in site.rglob("*.pem")}


@pytest.mark.parametrize("lost", ["certs/ca.example.org.pem", "certs/ca.pem", "crl.pem"])
def test_setup_restores_what_was_lost_without_signing_anew(ca, ssldir, lost):
    before = ca.certificate_pem("ca.example.org")
    (ssldir / lost).unlink()
    assert setup(ssldir, "--check") == 1
    assert setup(ssldir) == 0
    assert setup(ssldir, "--check") == 0
    assert ca.certificate_pem("ca.example.org") == before


def test_setup_with_a_lost_key_says_what_to_do(ca, ssldir, capsys):
    (ssldir / "private_keys/ca.example.org.pem").unlink()
    assert setup(ssldir) == 1
    assert "puppet_ca clean ca.example.org" in capsys.readouterr().err


def test_setup_takes_a_key_that_is_there(site, ssldir, config):
    assert setup(ssldir) == 0
    key = (ssldir / "private_keys/ca.example.org.pem").read_bytes()
    assert puppet_ca("clean", "ca.example.org") == 0
    (ssldir / "certs/ca.example.org.pem").unlink()
    assert setup(ssldir) == 0
    assert (ssldir / "private_keys/ca.example.org.pem").read_bytes() == key
    assert setup(ssldir, "--check") == 0


# The operator's commands


def test_commands_before_setup_say_that_there_is_no_ca(site, capsys):
    assert puppet_ca("list") == 1
    assert "puppet_ca setup" in capsys.readouterr().err


def test_a_person_signs_what_waits(ca, capsys):
    wait(ca, "node-1")
    assert puppet_ca("list") == 0
    assert "requested  node-1" in capsys.readouterr().out
    assert puppet_ca("sign", "node-1") == 0
    assert ca.certificate("node-1") is not None
    assert puppet_ca("sign", "node-1") == 1


def test_other_dns_names_are_signed_only_when_the_person_says_so(ca, capsys):
    wait(ca, "node-1", names=("puppet",))
    assert puppet_ca("sign", "node-1") == 1
    assert "--allow-dns-alt-names" in capsys.readouterr().err
    assert puppet_ca("sign", "--allow-dns-alt-names", "node-1") == 0
    assert dns_names(ca.certificate("node-1")) == ["puppet", "node-1"]


def test_a_person_cannot_sign_what_is_malformed(ca):
    wait(ca, "node-1")
    ca.request_path("node-1").write_bytes(csr("node-2"))
    assert puppet_ca("sign", "--all") == 1
    assert ca.signed_names() == ["ca.example.org"]


def test_revoke_and_clean_report_names_that_are_not_there(ca, capsys):
    wait(ca, "node-1")
    puppet_ca("sign", "--all")
    assert puppet_ca("revoke", "node-1", "nobody") == 1
    assert "nobody: neither" in capsys.readouterr().err
    assert ca.is_revoked(ca.certificate("node-1"))
    assert puppet_ca("clean", "node-1") == 0
    assert ca.certificate("node-1") is None


def test_list_as_json_holds_what_the_api_tells(ca, capsys):
    capsys.readouterr()
    assert puppet_ca("list", "--all", "--format", "json") == 0
    assert [entry["name"] for entry in json.loads(capsys.readouterr().out)] == ["ca.example.org"]


def test_generate_makes_an_administrators_certificate(ca, site):
    arguments = ("--certname", "admin", "--ssldir", site / "admin", "--owner", "")
    assert puppet_ca("generate", *arguments, "--ca-client") == 0
    assert has_cli_auth(ca.certificate("admin"))
    assert (site / "admin/private_keys/admin.pem").exists()
    assert puppet_ca("generate", *arguments) == 1


def test_a_person_who_signs_may_grant_a_role(ca, site):
    wait(ca, "node-1")
    assert puppet_ca("sign", "node-1", "--auth-role", "puppet-master") == 0
    assert role_of(ca.certificate("node-1")) == "puppet-master"
    wait(ca, "node-2")
    assert puppet_ca("sign", "node-2") == 0
    assert role_of(ca.certificate("node-2")) == ""
    wait(ca, "node-3")
    with pytest.raises(SystemExit):
        puppet_ca("sign", "node-3", "--auth-role", "Not One")


def test_status_finds_damage(ca, capsys):
    assert puppet_ca("status") == 0
    (ca.root / "inventory.txt").write_text("")
    assert puppet_ca("status") == 1
    assert "WRONG" in capsys.readouterr().out


def test_a_renewed_list_has_the_next_number(ca):
    before = crl.number(ca.crl())
    assert puppet_ca("renew-crl") == 0
    assert crl.number(ca.crl()) == before + 1


def test_publish_puts_certificate_and_names_into_the_bucket_once(ca, site, capsys):
    names = ("publish", "--server", "m.internal", "--ca-server", "ca.internal")
    assert puppet_ca(*names, "--check") == 1
    assert puppet_ca(*names) == 0
    assert puppet_ca(*names, "--check") == 0
    bucket = site / "bucket"
    assert (bucket / "ca/ca_crt.pem").read_bytes() == ca.certificate_path.read_bytes()
    assert json.loads((bucket / "ca/server").read_text()) == {
        "server": "m.internal",
        "ca_server": "ca.internal",
        "ca_port": 8141,
        "port": 8140,
    }
    capsys.readouterr()
    assert puppet_ca(*names) == 0
    assert capsys.readouterr().out == ""
    assert puppet_ca("publish", "--server", "m2.internal", "--ca-server", "ca.internal", "--check") == 1


def test_publish_without_one_name_for_all_masters_says_only_where_the_ca_is(ca, site):
    assert puppet_ca("publish", "--ca-server", "ca.internal", "--ca-port", "8150") == 0
    names = json.loads((site / "bucket/ca/server").read_text())
    assert names == {"ca_server": "ca.internal", "ca_port": 8150}


# Configuration


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense: 1\n", "unknown key 'nonsense'"),
        ("cert_ttl: soon\n", "cert_ttl: 'soon' is not of type int"),
        ("cert_ttl: 0\n", "not positive"),
        ("cert_ttl: 0d\n", "not positive"),
        ("key_type: ec\nkey_bits: 4096\n", "no ec key has 4096 bits"),
        ("key_bits: 1024\n", "no rsa key has 1024 bits"),
        ("ca_ttl: 5 years\n", "ca_ttl: '5 years' is not of type int"),
        ("cert_ttl: true\n", "not of type int"),
        ("autosign: 'yes'\n", "not of type bool"),
        ("key_type: dsa\n", "rsa or ec"),
        ("- a\n", "not a mapping"),
        ("a: [\n", "not YAML"),
    ],
)
def test_a_wrong_configuration_names_file_and_key(site, text, words, capsys):
    path = site / "ca.yaml"
    path.write_text(text)
    for command in (lambda: puppet_ca("list"), check_csr):
        assert command() == 2
        error = capsys.readouterr().err
        assert words in error
        assert str(path) in error


@pytest.mark.parametrize(("key_type", "bits"), [("rsa", 4096), ("ec", 256)])
def test_a_key_type_alone_is_enough(tmp_path, key_type, bits):
    file = tmp_path / "ca.yaml"
    file.write_text(f"key_type: {key_type}\ncadir: {tmp_path}/ca\n")
    authority = Authority(load_config(file))
    authority.root.mkdir()
    with authority.transaction() as transaction:
        transaction.create()
    assert authority.issuer_key().key_size == bits


def test_life_times_may_be_written_as_puppetserver_writes_them(site):
    file = site / "ca.yaml"
    file.write_text("ca_ttl: 1y30d12h5m1s\ncert_ttl: 90d\ncrl_ttl: 3600\nauto_renewal_cert_ttl: 2h\n")
    config = load_config(file)
    assert config.ca_ttl == (395 * 24 + 12) * 3600 + 301
    assert (config.cert_ttl, config.crl_ttl, config.auto_renewal_cert_ttl) == (90 * 86400, 3600, 7200)


def test_a_missing_configuration_is_said(site, capsys):
    (site / "ca.yaml").unlink()
    assert check_csr() == 2
    assert "cannot be read" in capsys.readouterr().err


# check_csr


def test_a_sweep_signs_by_the_store_that_is_named(ca, site, store):
    wait(ca, "node-1")
    store.put("node-1", record(expires="2099-01-01T00:00:00Z"))
    (site / "empty").mkdir()
    assert check_csr(f"file://{site}/empty") == 0
    assert ca.certificate("node-1") is None
    assert check_csr() == 0
    assert ca.certificate("node-1") is not None


def test_a_sweep_without_an_answer_from_the_store_exits_1(ca, site):
    wait(ca, "node-1")
    assert check_csr(f"file://{site}/not-there") == 1


def test_a_sweep_gives_up_a_store_that_hangs_instead_of_waiting_for_it_once_for_each_request(ca, monkeypatch):
    class Hanging:
        url = "test://"
        asked = 0

        def get(self, key):
            Hanging.asked += 1
            raise StoreUnavailableError("no answer")

    monkeypatch.setattr("enrolment.check_csr_ca.open_store", lambda _: Hanging())
    monkeypatch.setattr(PausingStore, "SLOW", 0.0)  # every failure counts as one that was waited for
    monkeypatch.setattr("enrolment.sweep.WORKERS", 2)
    names = [f"node-{number}" for number in range(5)]
    for name in names:
        wait(ca, name)
    assert check_csr() == 1
    assert Hanging.asked <= 2
    assert sorted(ca.waiting_names()) == names


def test_terminated_nodes_are_revoked(ca, store):
    wait(ca, "node-1")
    puppet_ca("sign", "node-1")
    store.put("terminated/node-1", record())
    assert check_csr("--terminated") == 0
    assert "node-1" not in ca.signed_names()
    assert len(ca.crl()) == 1


def test_a_silent_store_makes_the_sweep_over_terminated_nodes_fail(ca, site):
    assert check_csr("--terminated", f"file://{site}/not-there") == 1


@pytest.mark.parametrize(
    "case",
    [
        (lambda ca, store: None, 1, ["none was signed", "none waits", "there is none at", "nothing to sign"]),
        (lambda ca, store: wait(ca, "node-1"), 1, ["one waits, secp256r1", "it waits: there is no record"]),
        (
            lambda ca, store: (
                wait(ca, "node-1"),
                store.put("node-1", record(expires="2026-01-01T00:00:00Z")),
            ),
            1,
            ["expired at 2026-01-01", "it waits: the record expired"],
        ),
        (
            lambda ca, store: (
                wait(ca, "node-1", secret="wrong"),
                store.put("node-1", record(expires="2099-01-01T00:00:00Z")),
            ),
            1,
            ["it is refused: the challenge password"],
        ),
        (
            lambda ca, store: (
                wait(ca, "node-1"),
                store.put("node-1", record(expires="2099-01-01T00:00:00Z")),
            ),
            0,
            ["it will be signed"],
        ),
        (
            lambda ca, store: (wait(ca, "node-1"), puppet_ca("sign", "node-1")),
            0,
            ["it is valid until", "the name is taken"],
        ),
        (lambda ca, store: store.put("node-1", b"["), 1, ["it cannot be used"]),
        (
            lambda ca, store: store._root.rename(store._root.with_name("gone")),
            1,
            ["the store gives no answer"],
        ),
    ],
)
def test_explain_says_in_words_why_a_node_is_not_enrolled(ca, store, case, capsys):
    make, code, words = case
    make(ca, store)
    capsys.readouterr()
    assert check_csr("--explain", "node-1") == code
    out = capsys.readouterr().out
    for word in words:
        assert word in out
    assert SECRET not in out


def test_explain_refuses_what_is_no_certname(ca):
    assert check_csr("--explain", "../x") == 2


def run(*arguments, stdin=b"", **environment):
    return subprocess.run(
        [sys.executable, *[str(argument) for argument in arguments]],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(
    ("pem", "body", "code"),
    [
        (csr(), record(expires="2099-01-01T00:00:00Z"), 0),
        (csr(secret="wrong"), record(expires="2099-01-01T00:00:00Z"), 1),
        (csr(), record(expires="2026-01-01T00:00:00Z"), 1),
        (csr("node-2"), record(expires="2099-01-01T00:00:00Z"), 1),
        (csr(), None, 1),
        (csr(), b"[", 1),
        (b"", record(), 1),
        (b"x" * 1_000_000, record(), 1),
    ],
)
def test_as_policy_executable_it_answers_by_its_exit_code(tmp_path, pem, body, code):
    (tmp_path / "bucket").mkdir()
    if body is not None:
        (tmp_path / "bucket" / "node-1").write_bytes(body)
    answer = run(
        SCRIPTS / "check_csr",
        "--autosign",
        "node-1",
        f"file://{tmp_path}/bucket",
        stdin=pem,
        PUPPET_CA_CONFIG=str(tmp_path / "none.yaml"),
    )
    assert answer.returncode == code, answer.stderr
    assert SECRET.encode() not in answer.stderr


def test_as_policy_executable_it_says_no_to_hostile_names(tmp_path):
    (tmp_path / "bucket").mkdir()
    (tmp_path / "secret").write_bytes(record(expires="2099-01-01T00:00:00Z"))
    answer = run(
        SCRIPTS / "check_csr",
        "--autosign",
        "../secret",
        f"file://{tmp_path}/bucket",
        stdin=csr("../secret"),
        PUPPET_CA_CONFIG=str(tmp_path / "none.yaml"),
    )
    assert answer.returncode == 1


def test_the_commands_run_as_processes_and_help(site):
    for name in ("check_csr", "puppet_ca", "node_classifier", "node_status"):
        answer = run(SCRIPTS / name, "--help")
        assert answer.returncode == 0, answer.stderr
        assert b"Exit codes" in answer.stdout or name == "puppet_ca"
        assert run(SCRIPTS / name, "--no-such-option").returncode == 2


def test_a_sweep_as_a_process_logs_on_standard_error_when_told(ca, store, site):
    wait(ca, "node-1")
    store.put("node-1", record(expires="2099-01-01T00:00:00Z"))
    answer = run(SCRIPTS / "check_csr", "--log-level=debug", store.url)
    assert answer.returncode == 0
    lines = answer.stderr.decode().splitlines()
    assert lines[:3] == [
        "check_csr: DEBUG: List of waiting csr: ['node-1']",
        "check_csr: DEBUG: Checking node-1",
        f"check_csr: DEBUG: Checking url {store.url}/node-1",
    ]
    assert "check_csr: INFO: Signing request: node-1" in lines


def test_import_takes_over_a_puppetservers_directory(site, authority, config, capsys):
    # The fixture `authority` made a CA where the configuration points to; it is moved away and taken over.
    source = site / "puppetserver-ca"
    authority.root.rename(source)
    assert puppet_ca("import", source) == 0
    assert "Took over the CA 'Puppet CA: test'" in capsys.readouterr().out
    assert puppet_ca("status") == 0
    assert puppet_ca("import", source) == 1
    assert puppet_ca("import", site / "nowhere") == 1


def test_a_ca_without_a_name_is_called_after_its_host(site, ssldir, config):
    path = site / "ca.yaml"
    path.write_text(path.read_text().replace("ca_name: 'Puppet CA: test'\n", ""))
    assert setup(ssldir) == 0
    assert common_name(Authority(config).issuer()) == "Puppet CA: ca.example.org"
