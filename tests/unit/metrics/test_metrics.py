"""puppet_metrics: what it says of each part, from the files that the parts themselves write."""

import datetime
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from crl.summary import Entry, write_entries
from enrolment import cache, noted
from enrolment.authority import Authority
from enrolment.check_csr_ca import Terminated
from enrolment.classifier import Classifier, Settings
from enrolment.config import CaConfig
from enrolment.enrol import Enroller
from enrolment.errors import StoreUnavailableError
from enrolment.request import parse_request
from enrolment.store_file import FileStore
from enrolment.sweep import sweep
from master.state import State, write_state
from metrics.command import main
from metrics.text import Sample, render

from tests.unit.enrolment.support import RecordingLog, csr, record

COMMAND = Path(__file__).parents[3] / "files" / "scripts" / "puppet_metrics"
THEN = datetime.datetime(2026, 11, 24, 6, 0, tzinfo=datetime.UTC)


class Host:
    """A host with no part yet; each is added by a method."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "out").mkdir()
        (folder / "bucket").mkdir()
        self.config = folder / "metrics.yaml"
        self.write(
            self.config,
            directory=str(folder / "out"),
            confdir=str(folder),
            catalog_errors=str(folder / "catalog_errors"),
            ca=str(folder / "ca.yaml"),
            database=str(folder / "database"),
        )

    def write(self, path, **settings):
        path.write_text(yaml.safe_dump(settings))

    def ca(self):
        settings = {
            "cadir": str(self.folder / "ca"),
            "user": "",
            "node_bucket": f"file://{self.folder}/bucket",
            "key_type": "ec",
            "key_bits": 256,
        }
        (self.folder / "ca").mkdir()
        self.write(self.folder / "ca.yaml", **settings)
        authority = Authority(CaConfig(**settings))
        with authority.transaction() as transaction:
            transaction.create()
        return authority

    def crl(self):
        state = self.folder / "crl"
        state.mkdir()
        keys = dict.fromkeys(("url", "ca_cert", "crl", "folder"), "/x")
        self.write(self.folder / "crl.yaml", **keys, state=str(state))
        return state

    def master(self):
        texts = ("approot", "certname", "cert", "key", "ca_cert", "environmentpath", "crl", "crl_state")
        state = self.folder / "master.json"
        keys = {**dict.fromkeys(texts, "/x"), "port": 8140, "memory_limit": 768, "state": str(state)}
        self.write(self.folder / "master.yaml", **keys)
        return state

    def enc(self):
        cached = self.folder / "cache"
        cached.mkdir()
        (self.folder / "node_classifier.yaml").write_text(f"cache_dir: {cached}\nnode_bucket: x\n")
        return cached

    def look(self):
        """The exit code, and each number by its name with its labels."""
        code = main(["--config", str(self.config)])
        text = (self.folder / "out" / "puppet.prom").read_text()
        lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
        return code, {name: float(number) for name, _, number in lines}


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


# the format


def test_numbers_of_one_name_stand_together_with_their_help_and_type():
    samples = [
        Sample("b_total", "How many.", 3, {"status": "500"}),
        Sample("a", "What.", 1.5),
        Sample("b_total", "How many.", 4, {"status": 'x"\\\n'}),
    ]
    assert render(samples) == (
        "# HELP puppet_a What.\n# TYPE puppet_a gauge\npuppet_a 1.5\n"
        "# HELP puppet_b_total How many.\n# TYPE puppet_b_total counter\n"
        'puppet_b_total{status="500"} 3\npuppet_b_total{status="x\\"\\\\\\n"} 4\n'
    )


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not here")
def test_promtool_finds_nothing_wrong(host):
    host.ca()
    host.look()
    text = (host.folder / "out" / "puppet.prom").read_bytes()
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


# the parts


def test_a_host_without_any_part_says_nothing_and_that_is_no_fault(host):
    assert host.look() == (0, {})


def test_the_file_can_be_read_by_the_exporter(host):
    host.look()
    assert (host.folder / "out" / "puppet.prom").stat().st_mode & 0o777 == 0o644
    assert [path.name for path in (host.folder / "out").iterdir()] == ["puppet.prom"]


def test_the_ca_says_how_many_requests_wait_and_how_its_list_is(host):
    authority = host.ca()
    with authority.transaction() as transaction:
        transaction.sign(parse_request(csr("node-1")), "node-1")
        transaction.save_request(parse_request(csr("node-2")), "node-2")
        transaction.revoke(["node-1"])
    code, found = host.look()
    assert code == 0
    assert found["puppet_ca_requests_waiting"] == 1
    assert found["puppet_ca_requests_waiting_limit"] == 1000
    assert found["puppet_ca_certificates"] == 1
    assert found["puppet_ca_crl_number"] == 1
    assert found["puppet_ca_crl_revoked"] == 1
    assert found["puppet_ca_crl_expiry_timestamp_seconds"] > THEN.timestamp()
    assert found["puppet_ca_backup_timestamp_seconds"] == 0
    assert found['puppet_metrics_part_ok{part="ca"}'] == 1


def test_the_ca_says_when_it_last_swept_and_how(host):
    authority = host.ca()
    store = FileStore(authority.config.node_bucket)
    _, found = host.look()
    assert (found["puppet_ca_sweep_timestamp_seconds"], found["puppet_ca_sweep_ok"]) == (0, 0)
    log = RecordingLog()
    sweep(authority, Enroller(authority, store, log), log)
    _, found = host.look()
    age = authority.clock().timestamp() - found["puppet_ca_sweep_timestamp_seconds"]
    assert 0 <= age < 60
    assert found["puppet_ca_sweep_ok"] == 1
    with authority.transaction() as transaction:
        transaction.save_request(parse_request(csr("node-2")), "node-2")
    shutil.rmtree(host.folder / "bucket")
    sweep(authority, Enroller(authority, store, log), log)
    assert host.look()[1]["puppet_ca_sweep_ok"] == 0


def test_the_ca_says_when_it_last_looked_for_terminated_nodes(host):
    authority = host.ca()
    options = type("Options", (), {"force": False, "url": None})
    assert Terminated(options, authority.config, RecordingLog()).look()
    _, found = host.look()
    assert found["puppet_ca_terminated_ok"] == 1
    assert found["puppet_ca_terminated_timestamp_seconds"] > THEN.timestamp()


def test_the_age_of_the_copy_is_told_for_each_authority(host):
    state = host.crl()
    entries = [Entry("CN=Puppet CA", 7, THEN, THEN + datetime.timedelta(days=1)), Entry("CN=Root")]
    write_entries(state / "lists.json", entries)
    (state / "state.json").write_text(json.dumps({"checked": THEN.isoformat()}))
    _, found = host.look()
    assert found["puppet_crl_confirmed_timestamp_seconds"] == THEN.timestamp()
    assert found['puppet_crl_number{issuer="CN=Puppet CA"}'] == 7
    assert found['puppet_crl_issued_timestamp_seconds{issuer="CN=Puppet CA"}'] == THEN.timestamp()
    assert found['puppet_crl_expiry_timestamp_seconds{issuer="CN=Puppet CA"}'] == THEN.timestamp() + 86400
    assert found['puppet_crl_number{issuer="CN=Root"}'] == -1


def test_a_copy_that_was_never_confirmed_says_so(host):
    host.crl()
    assert host.look()[1]["puppet_crl_confirmed_timestamp_seconds"] == 0


def test_the_master_says_whether_it_serves_and_which_catalogs_failed(host):
    write_state(host.master(), State(THEN, 2, 300, ""))
    (host.folder / "catalog_errors").write_text("500 3\n403 1\nrubbish\n")
    _, found = host.look()
    assert found["puppet_master_up"] == 1
    assert found["puppet_master_workers"] == 2
    assert found["puppet_master_largest_worker_bytes"] == 300 * 1024 * 1024
    assert found['puppet_master_catalog_errors_total{status="500"}'] == 3
    assert found['puppet_master_catalog_errors_total{status="403"}'] == 1


def test_a_master_without_an_error_yet_has_counted_none(host):
    write_state(host.master(), State(THEN, 0, 0, "no answer"))
    _, found = host.look()
    assert found["puppet_master_up"] == 0
    assert found['puppet_master_catalog_errors_total{status="500"}'] == 0


class Silent:
    """A store that gives no answer."""

    url = "s3://nodes"

    def get(self, key):
        raise StoreUnavailableError(key)

    def get_if_changed(self, key, etag):
        raise StoreUnavailableError(key)


def test_outages_of_the_enc_are_counted_by_what_the_node_was_given(host):
    cached = host.enc()
    settings = Settings("s3://nodes", str(cached), 0, 0, False)
    classifier = Classifier(settings, Silent(), RecordingLog())
    (cached / "node-1").write_bytes(b"# s3://nodes tag\nclasses: {}\n")
    assert cache.read(str(cached / "node-1")) is not None
    for _ in range(2):
        classifier.answer("node-1")
    with pytest.raises(StoreUnavailableError):
        classifier.answer("node-2")
    _, found = host.look()
    assert found['puppet_enc_outage_answers_total{answer="kept"}'] == 2
    assert found['puppet_enc_outage_answers_total{answer="none"}'] == 1
    assert found["puppet_enc_outage_timestamp_seconds"] > THEN.timestamp()


def test_an_answer_of_the_store_is_no_outage(host):
    cached = host.enc()
    (host.folder / "bucket" / "node-1").write_bytes(record())
    store = FileStore(f"file://{host.folder}/bucket")
    Classifier(Settings(store.url, str(cached), 0, 0, False), store, RecordingLog()).answer("node-1")
    assert host.look()[1]["puppet_enc_outage_timestamp_seconds"] == 0
    assert not (cached / ".outages").exists()


def test_the_time_of_the_databases_last_backup_is_told(host):
    (host.folder / "database").mkdir()
    assert host.look()[1]["puppet_database_backup_timestamp_seconds"] == 0
    (host.folder / "database" / "backed-up").touch()
    os.utime(host.folder / "database" / "backed-up", (1000, 1000))
    assert host.look()[1]["puppet_database_backup_timestamp_seconds"] == 1000


# what goes wrong


def test_a_part_that_cannot_be_read_hides_no_other_and_is_told_of_once(host, capsys):
    host.crl()
    authority = host.ca()
    authority.crl_path.write_bytes(b"damaged")
    code, found = host.look()
    assert code == 1
    assert found['puppet_metrics_part_ok{part="ca"}'] == 0
    assert found['puppet_metrics_part_ok{part="crl"}'] == 1
    assert "puppet_crl_confirmed_timestamp_seconds" in found
    assert "ca: " in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_a_failure_that_names_it(host, capsys):
    shutil.rmtree(host.folder / "out")
    assert main(["--config", str(host.config)]) == 1
    assert str(host.folder / "out") in capsys.readouterr().err


def test_a_wrong_configuration_is_a_mistake(host):
    host.config.write_text("confdir: /etc/puppet\n")
    assert main(["--config", str(host.config)]) == 2


def test_it_can_be_printed(host, capsys):
    host.crl()
    assert main(["--config", str(host.config), "--print"]) == 0
    assert "# TYPE puppet_crl_confirmed_timestamp_seconds gauge" in capsys.readouterr().out
    assert not list((host.folder / "out").iterdir())


def test_a_host_without_the_packages_of_other_parts_does_without_them(host):
    """On a CA of its own there is no package of the master's."""
    host.ca()
    library = host.folder / "library"
    for name in ("enrolment", "metrics"):
        shutil.copytree(COMMAND.parent / name, library / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(COMMAND, library / "puppet_metrics")
    argv = [sys.executable, "-I", library / "puppet_metrics", "--config", host.config]
    done = subprocess.run(argv, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert b"puppet_ca_requests_waiting 0\n" in (host.folder / "out" / "puppet.prom").read_bytes()


# numbers that processes note


def test_a_number_that_is_counted_from_many_processes_is_right(tmp_path):
    path = tmp_path / "numbers"
    code = "import sys; from pathlib import Path; from enrolment.noted import count\n"
    code += f"for _ in range(20): count(Path({str(path)!r}), 'kept')"
    environment = {**os.environ, "PYTHONPATH": str(COMMAND.parent)}
    running = [subprocess.Popen([sys.executable, "-c", code], env=environment) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    assert noted.read(path)["kept"] == 80


def test_a_link_is_not_followed_and_rubbish_is_no_number(tmp_path):
    (tmp_path / "secret").write_text("root 5\n")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    assert noted.read(tmp_path / "link") == {}
    (tmp_path / "rubbish").write_bytes(b"\xff\n")
    assert noted.read(tmp_path / "rubbish") == {}
    (tmp_path / "half").write_bytes(b"kept 3\nnone\nx -1\n")
    assert noted.read(tmp_path / "half") == {"kept": 3}
    os.mkfifo(tmp_path / "pipe")
    assert noted.read(tmp_path / "pipe") == {}


def test_what_cannot_be_noted_is_no_error(tmp_path):
    noted.note(tmp_path / "nosuch" / "file", {"at": 1})
    noted.count(tmp_path / "nosuch" / "file", "kept")
