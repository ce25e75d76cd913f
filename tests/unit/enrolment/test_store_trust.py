"""Which CAs an https store is trusted by: a file that a variable names, or the system's folder."""

import shutil
import subprocess
from pathlib import Path

import pytest
from enrolment import store_https
from enrolment.errors import StoreUnavailableError
from enrolment.store_https import HttpsStore, ca_bundle

from tests.unit.enrolment.objectserver import serving


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path) as server:
        server.objects["node-1"] = b"a: 1\n"
        yield server


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A folder as update-ca-certificates keeps it: the CAs' files, their hashes as links, and all in one."""
    folder = tmp_path / "certs"
    folder.mkdir()
    (folder / "ca-certificates.crt").touch()
    monkeypatch.setattr(store_https, "SYSTEM_BUNDLE", folder / "ca-certificates.crt")
    for variable in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    return folder


def trust(folder, certificate):
    shutil.copy(certificate, folder / "ours.pem")
    subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)


def test_a_ca_in_the_systems_folder_is_trusted(server, system):
    trust(system, server.bundle)
    stored = HttpsStore(server.url, timeout=5).get("node-1")
    assert stored is not None and stored.body == b"a: 1\n"


def test_a_ca_that_is_not_in_the_systems_folder_is_not_trusted(server, system):
    with pytest.raises(StoreUnavailableError, match="TLS"):
        HttpsStore(server.url, timeout=5).get("node-1")


def test_a_variable_names_other_cas(server, system, monkeypatch):
    trust(system, server.bundle)
    monkeypatch.setenv("AWS_CA_BUNDLE", "/etc/hostname")
    assert ca_bundle() == "/etc/hostname"
    with pytest.raises(StoreUnavailableError):
        HttpsStore(server.url, timeout=5).get("node-1")


def test_this_systems_folder_has_the_hashes_that_openssl_looks_for():
    folder = Path("/etc/ssl/certs")
    assert not (folder / "ca-certificates.crt").exists() or list(folder.glob("*.0"))
