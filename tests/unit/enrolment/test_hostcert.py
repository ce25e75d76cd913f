import os
import pwd

import pytest
from enrolment.authority import Authority
from enrolment.config import CaConfig
from enrolment.errors import AuthorityError
from enrolment.hostcert import SslDir, equip_host, is_complete
from enrolment.puppet_ca_cli import main
from enrolment.users import acting_as

from tests.unit.enrolment.support import as_root


@pytest.fixture
def ssldir(tmp_path):
    return SslDir(tmp_path / "ssl", "")


def test_a_damaged_certificate_is_named(authority, ssldir):
    equip_host(authority, ssldir, "ca1", [])
    assert is_complete(authority, ssldir, "ca1")
    ssldir.certificate("ca1").write_text("half")
    with pytest.raises(AuthorityError, match=r"certs/ca1\.pem: damaged"):
        is_complete(authority, ssldir, "ca1")


@pytest.fixture
def linked(reachable):
    """A CA of the user nobody, whose certificate became a link to what only root may read."""
    (reachable / "ca").mkdir()
    os.chown(reachable / "ca", pwd.getpwnam("nobody").pw_uid, -1)
    (reachable / "bucket").mkdir()
    (reachable / "bucket").chmod(0o777)
    (reachable / "secret").touch(mode=0o600)
    (reachable / "secret").write_text("of root")
    config = CaConfig(cadir=f"{reachable}/ca", user="nobody", key_type="ec", key_bits=256)
    authority = Authority(config)
    with acting_as("nobody"), authority.transaction() as transaction:
        transaction.create()
    equip_host(authority, SslDir(reachable / "ssl", ""), "ca1", [])
    authority.certificate_path.unlink()
    authority.certificate_path.symlink_to(reachable / "secret")
    return authority


@as_root
def test_root_hands_out_nothing_through_a_link_that_the_cas_user_made(linked, reachable):
    ssldir = SslDir(reachable / "ssl", "")
    before = ssldir.ca.read_bytes()
    with pytest.raises(PermissionError):
        equip_host(linked, ssldir, "ca1", [])
    assert ssldir.ca.read_bytes() == before


@as_root
def test_root_publishes_nothing_through_a_link_that_the_cas_user_made(linked, reachable, capsys):
    config = reachable / "ca.yaml"
    config.write_text(f"cadir: {linked.root}\nuser: nobody\nnode_bucket: file://{reachable}/bucket\n")
    names = ["--server", "m.example.org", "--ca-server", "ca1.example.org"]
    assert main(["--config", str(config), "publish", *names]) == 1
    assert "Permission denied" in capsys.readouterr().err
    assert list((reachable / "bucket").iterdir()) == []
