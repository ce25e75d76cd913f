"""What short-lived commands do without: most of the time of a call is that of its imports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.enrolment.objectserver import serving
from tests.unit.enrolment.support import csr, record

SCRIPTS = Path(__file__).parents[3] / "files" / "scripts"
HEAVY = {"boto3", "concurrent.futures", "logging", "xml.etree.ElementTree"}


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path) as server:
        server.objects["node-1"] = record(expires="2099-01-01T00:00:00Z")
        yield server


def imports_of(command, *arguments, stdin=b"", **environment):
    """Run a command; return the names of the modules that it has imported."""
    answer = subprocess.run(
        [sys.executable, "-I", "-X", "importtime", SCRIPTS / command, *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )
    assert answer.returncode == 0, answer.stderr
    return {line.rpartition("|")[2].strip() for line in answer.stderr.decode().splitlines()}


def test_the_policy_executable_imports_no_more_than_the_decision_needs(tmp_path):
    (tmp_path / "node-1").write_bytes(record(expires="2099-01-01T00:00:00Z"))
    imported = imports_of("check_csr", "--autosign", "node-1", f"file://{tmp_path}", stdin=csr())
    assert {"enrolment.decision", "enrolment.store_file"} <= imported
    ours = {"authority", "transaction", "sweep", "explain", "puppetdb", "store_https", "store_s3"}
    assert not imported & {*HEAVY, *(f"enrolment.{name}" for name in ours), "requests"}


def test_a_question_to_an_https_store_imports_no_more_than_its_client(server, tmp_path):
    config = tmp_path / "node_classifier.yaml"
    config.write_text(f"node_bucket: {server.url}\ncache_dir: {tmp_path}/cache\n")
    (tmp_path / "cache").mkdir()
    environment = {"NODE_CLASSIFIER_CONFIG": str(config), "AWS_CA_BUNDLE": server.bundle}
    imported = imports_of("node_classifier", "node-1", **environment)
    assert {"enrolment.store_https", "requests"} <= imported
    assert not imported & {"boto3", "concurrent.futures", "xml.etree.ElementTree", "cryptography"}


@pytest.mark.parametrize("mode", ["--autosign", "--explain"])
def test_an_empty_name_is_a_mistake_and_no_sweep(tmp_path, mode):
    config = tmp_path / "ca.yaml"
    config.write_text(f"cadir: {tmp_path}/ca\nuser: ''\nnode_bucket: file://{tmp_path}\n")
    answer = subprocess.run(
        [sys.executable, "-I", SCRIPTS / "check_csr", mode, ""],
        input=csr(),
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PUPPET_CA_CONFIG": str(config)},
    )
    assert answer.returncode in (1, 2)
    assert not (tmp_path / "ca").exists()
    assert b"is not a certname" in answer.stderr or mode == "--autosign"


LEAVE = (
    "import sys; sys.path.insert(0, sys.argv[1]); from enrolment.ending import leave; print('all'); leave({})"
)


def leave(code, **streams):
    return subprocess.run([sys.executable, "-I", "-c", LEAVE.format(code), SCRIPTS], check=False, **streams)


@pytest.mark.parametrize("code", [0, 1, 4])
def test_a_command_that_leaves_has_printed_all_and_gives_its_code(code):
    answer = leave(code, stdout=subprocess.PIPE)
    assert (answer.stdout, answer.returncode) == (b"all\n", code)


def test_what_could_not_be_printed_is_no_success():
    with Path("/dev/full").open("wb") as full:
        assert leave(0, stdout=full).returncode == 120
