"""puppet_ca backup, restore, adopt, revoke --serial and deactivate-terminated, as they are called."""

import argparse
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from enrolment import crl
from enrolment.authority import Authority
from enrolment.check_csr_ca import Terminated, Told
from enrolment.errors import ConfigError
from enrolment.ledger import tell
from enrolment.listen import Hint
from enrolment.request import parse_request
from enrolment.store_file import FileStore

from tests.unit.enrolment import test_commands
from tests.unit.enrolment.chains import PuppetserverCa, pem
from tests.unit.enrolment.support import csr, record
from tests.unit.enrolment.test_commands import puppet_ca, setup

# Fixtures.
ca, site, ssldir = test_commands.ca, test_commands.site, test_commands.ssldir

COMMAND = Path(__file__).parents[3] / "files" / "scripts" / "puppet_ca"


def sign(ca, *names):
    with ca.transaction() as transaction:
        for name in names:
            transaction.sign(parse_request(csr(name)), name)


def lose(ca):
    """The host is gone, and another has an empty folder for its CA."""
    shutil.rmtree(ca.root)
    ca.root.mkdir()


@pytest.fixture
def backup(ca, site):
    sign(ca, "node-1")
    assert puppet_ca("backup", site / "backup.tar") == 0
    return site / "backup.tar"


def test_a_backup_is_its_owners_only(backup):
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_lost_ca_is_restored_and_its_new_host_gets_a_certificate(ca, backup, ssldir, capsys):
    issuer = ca.issuer()
    lose(ca)
    shutil.rmtree(ssldir)
    assert puppet_ca("restore", backup) == 0
    assert "Restored the CA 'Puppet CA: test'" in capsys.readouterr().out
    assert puppet_ca("status") == 0
    assert Authority(ca.config).issuer() == issuer
    with_other_name = [
        "setup", "--certname", "ca-2.example.org", "--ssldir", ssldir, "--owner", "",
    ]  # fmt: skip
    assert puppet_ca(*with_other_name) == 0
    certificate = x509.load_pem_x509_certificate((ssldir / "certs/ca-2.example.org.pem").read_bytes())
    certificate.verify_directly_issued_by(issuer)


def test_a_host_that_made_a_ca_of_its_own_is_given_all_of_the_restored_one(ca, backup, ssldir):
    lose(ca)
    shutil.rmtree(ssldir)
    assert setup(ssldir) == 0
    assert puppet_ca("restore", backup) == 1
    assert puppet_ca("restore", "--force", backup) == 0
    assert setup(ssldir, "--check") == 1
    # The name is that of the lost host: it is free once that one's certificate is revoked.
    assert setup(ssldir) == 1
    assert puppet_ca("clean", "ca.example.org") == 0
    assert setup(ssldir) == 0
    restored = Authority(ca.config)
    assert (ssldir / "certs/ca.pem").read_bytes() == restored.certificate_path.read_bytes()
    (host_list,) = crl.load_each((ssldir / "crl.pem").read_bytes())
    assert crl.is_signed_by(host_list, restored.issuer())
    assert setup(ssldir, "--check") == 0


def test_what_came_after_the_backup_is_asked_of_the_bucket(ca, backup, config):
    sign(ca, "node-2", "node-3")
    assert puppet_ca("revoke", "node-3") == 0
    tell(ca, FileStore(config.node_bucket))
    lose(ca)
    assert puppet_ca("restore", backup) == 0
    assert ca.signed_names() == ["ca.example.org", "node-1", "node-2"]
    assert puppet_ca("revoke", "node-2") == 0
    assert ca.is_revoked(ca.certificate("node-2"))


def test_a_bucket_that_knows_nothing_of_the_ca_is_said_to(ca, backup, config, capsys):
    lose(ca)
    assert puppet_ca("restore", backup) == 0
    assert "knows nothing of this CA" in capsys.readouterr().out
    tell(ca, FileStore(config.node_bucket))
    assert puppet_ca("restore", "--force", backup) == 0
    assert "puppet_ca adopt" not in capsys.readouterr().out


def test_a_service_that_looked_at_the_replaced_ca_ends_so_that_systemd_starts_it_anew(
    ca, backup, config, log
):
    """It may write into the folder that was there when it started (ReadWritePaths), and nowhere else."""
    options = argparse.Namespace(force=False, url=None)
    services = Terminated(options, config, log), Told(options, config, log)
    assert services[0].look()
    assert services[1].act(Hint(terminated=frozenset({"node-1"})))
    assert puppet_ca("restore", "--force", backup) == 0
    with pytest.raises(ConfigError, match="another folder"):
        services[0].look()
    with pytest.raises(ConfigError, match="another folder"):
        services[1].act(Hint(certnames=frozenset({"node-1"})))
    assert Terminated(options, config, log).look()


def test_a_bucket_that_does_not_answer_stops_a_restore_before_it_has_begun(ca, backup, config, capsys):
    lose(ca)
    shutil.rmtree(config.node_bucket.removeprefix("file://"))
    assert puppet_ca("restore", backup) == 1
    assert "--without-bucket" in capsys.readouterr().err
    assert list(ca.root.iterdir()) == []
    assert puppet_ca("restore", "--without-bucket", backup) == 0
    assert "puppet_ca adopt" in capsys.readouterr().out


def test_a_list_that_a_master_has_kept_is_taken_up(ca, backup, site):
    assert puppet_ca("revoke", "node-1") == 0
    kept = site / "crl.pem"
    shutil.copy(ca.crl_path, kept)
    lose(ca)
    assert puppet_ca("restore", "--crl", kept, backup) == 0
    assert ca.is_revoked(ca.certificate("node-1"))


def test_a_list_of_another_ca_is_refused(ca, backup, site, tmp_path):
    (site / "crl.pem").write_bytes(pem(PuppetserverCa(tmp_path / "other").list))
    lose(ca)
    assert puppet_ca("restore", "--crl", site / "crl.pem", backup) == 1
    assert list(ca.root.iterdir()) == []


def test_certificates_that_nodes_bring_can_be_adopted_and_then_revoked(ca, backup, site):
    sign(ca, "node-2")
    files = [site / "node-1.pem", site / "node-2.pem"]
    for file in files:
        shutil.copy(ca.signed_path(file.stem), file)
    certificate = ca.certificate("node-2")
    lose(ca)
    assert puppet_ca("restore", backup) == 0
    assert puppet_ca("revoke", "node-2") == 1
    assert puppet_ca("adopt", *files) == 0
    assert puppet_ca("adopt", *files) == 0
    assert ca.certificate("node-2") == certificate
    assert puppet_ca("revoke", "node-2") == 0
    assert ca.is_revoked(certificate)


def test_a_strangers_certificate_is_not_adopted(ca, site, tmp_path, capsys):
    (site / "node.pem").write_bytes(pem(PuppetserverCa(tmp_path / "other").node))
    assert puppet_ca("adopt", site / "node.pem") == 1
    assert "this CA has not issued" in capsys.readouterr().err
    (site / "node.pem").write_bytes(b"")
    assert puppet_ca("adopt", site / "node.pem") == 1


def test_a_certificate_of_which_only_the_serial_number_is_known_can_be_revoked(ca):
    assert puppet_ca("revoke", "--serial", "0xDEADBEEF", "--serial", "de:ad:be:f0") == 0
    assert {0xDEADBEEF, 0xDEADBEF0} <= ca.lists().serials
    assert puppet_ca("revoke") == 2
    with pytest.raises(SystemExit):
        puppet_ca("revoke", "--serial", "node-1")


def test_puppetdb_is_not_told_where_there_is_none(ca, capsys):
    assert puppet_ca("deactivate-terminated") == 2
    assert "no PuppetDB" in capsys.readouterr().err


def test_puppetdb_is_told_of_all_that_was_terminated(ca, store, monkeypatch, site):
    told = []
    path = Path(os.environ["PUPPET_CA_CONFIG"])
    path.write_text(path.read_text() + "puppetdb_url: https://db.test:8081\n")
    monkeypatch.setattr(
        "enrolment.sweep.PuppetDB",
        lambda *_, **__: type("Told", (), {"deactivate": staticmethod(told.append)}),
    )
    store.put("terminated/node-5", record())
    store.put("terminated/node-4", record())
    assert puppet_ca("deactivate-terminated") == 0
    assert told == ["node-4", "node-5"]


def process(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-I", COMMAND, *arguments], capture_output=True, check=False, timeout=60, **options
    )


def test_a_backup_goes_through_a_pipe_and_comes_back_through_one(ca, backup):
    del backup
    issuer = ca.issuer()
    made = process("backup", "-")
    assert made.returncode == 0, made.stderr
    lose(ca)
    back = process("restore", "-", input=made.stdout)
    assert back.returncode == 0, back.stderr
    assert Authority(ca.config).issuer() == issuer


def test_a_pipe_that_was_cut_off_brings_nothing(ca, backup):
    content = backup.read_bytes()
    lose(ca)
    back = process("restore", "-", input=content[: len(content) // 2])
    assert back.returncode == 1
    assert b"standard input" in back.stderr
    assert list(ca.root.iterdir()) == []


def test_the_key_is_not_put_on_a_screen(ca, monkeypatch, capsys):
    class Screen(io.TextIOWrapper):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdout", Screen(io.BytesIO()))
    assert puppet_ca("backup", "-") == 2
    assert sys.stdout.buffer.getvalue() == b""


@pytest.fixture
def gpg(site):
    """The command, with a home of its own and the agent that it starts there, which would stay."""
    yield ["gpg", "--batch", "--homedir", str(site), "--passphrase", "secret", "--pinentry-mode", "loopback"]
    subprocess.run(["gpgconf", "--homedir", str(site), "--kill", "all"], check=True)


@pytest.mark.skipif(not shutil.which("gpg"), reason="gpg is not here")
def test_a_backup_is_encrypted_by_a_pipe_as_the_documents_say(ca, backup, gpg):
    del backup
    issuer = ca.issuer()
    encrypted = subprocess.run(
        [*gpg, "--symmetric", "--output", "-"],
        input=process("backup", "-").stdout,
        capture_output=True,
        check=True,
    ).stdout
    assert b"ca_key.pem" not in encrypted
    lose(ca)
    decrypted = subprocess.run([*gpg, "--decrypt"], input=encrypted, capture_output=True, check=True).stdout
    assert process("restore", "-", input=decrypted).returncode == 0
    assert Authority(ca.config).issuer() == issuer
