import json
import os
import pwd
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from enrolment import cache
from enrolment.classifier import EMPTY, Classifier, Settings, UnknownNodeError, listing, read_all
from enrolment.errors import RecordError, StoreUnavailableError
from enrolment.store import UNCHANGED
from enrolment.store_file import FileStore
from enrolment.users import acting_as_owner_of

from tests.unit.enrolment.support import RecordingLog, as_root, record

COMMAND = Path(__file__).parents[3] / "files" / "scripts" / "node_classifier"


class CountingStore(FileStore):
    """Counts what it is asked, and can be silent."""

    def __init__(self, url):
        super().__init__(url)
        self.asked = []
        self.silent = False

    def get(self, key):
        self.asked.append(("get", key))
        if self.silent:
            raise StoreUnavailableError(f"{self.url}/{key}: silent")
        return super().get(key)

    def get_if_changed(self, key, etag):
        self.asked.append(("get_if_changed", key))
        if self.silent:
            raise StoreUnavailableError(f"{self.url}/{key}: silent")
        stored = FileStore.get(self, key)
        return UNCHANGED if stored is not None and stored.etag == etag else stored


class Site:
    def __init__(self, root):
        (root / "bucket").mkdir()
        (root / "cache").mkdir()
        self.root = root
        self.store = CountingStore(f"file://{root}/bucket")
        self.log = RecordingLog()
        self.now = time.time()

    def answer(self, name="node-1", *, max_age=30, max_stale=0, empty=False):
        settings = Settings(self.store.url, str(self.root / "cache"), max_age, max_stale, empty)
        return Classifier(settings, self.store, self.log, clock=lambda: self.now).answer(name)


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    site.store.put("node-1", record())
    return site


def test_the_answer_is_what_puppets_enc_protocol_takes(site):
    assert yaml.safe_load(site.answer()) == {
        "classes": {"hadoop::worker": {}},
        "parameters": {"data": {"a": 1}},
        "environment": "production",
    }


def test_an_answer_is_given_again_without_asking_while_it_is_young(site):
    first = site.answer()
    site.store.put("node-1", record(classes="[other]"))
    site.now += 29
    assert site.answer() == first
    assert len(site.store.asked) == 1


def test_an_edited_record_is_seen_once_the_answer_is_old_however_often_it_was_given(site):
    site.answer()
    site.store.put("node-1", record(classes="[other]"))
    for _ in range(5):
        site.now += 5
        site.answer()
    site.now += 6
    assert yaml.safe_load(site.answer())["classes"] == {"other": {}}


def test_an_unchanged_record_is_only_asked_for_by_its_tag(site):
    first = site.answer(max_age=0)
    assert site.answer(max_age=0) == first
    assert [what for what, _ in site.store.asked] == ["get", "get_if_changed"]


def test_asking_makes_an_unchanged_answer_young_again(site):
    site.answer()
    site.now += 31
    os.utime(site.root / "cache/node-1", (site.now - 31, site.now - 31))
    site.answer()
    assert len(site.store.asked) == 2
    site.now = time.time()
    site.answer()
    assert len(site.store.asked) == 2


def test_the_last_good_answer_bridges_an_outage_and_the_log_says_so(site):
    first = site.answer()
    site.store.silent = True
    site.now += 3600
    assert site.answer() == first
    assert any(
        line.startswith("WARNING: node-1: serving the last good answer, 3600 s old")
        for line in site.log.lines
    )


def test_an_answer_that_is_too_old_does_not_bridge_an_outage(site):
    site.answer()
    site.store.silent = True
    site.now += 100
    site.answer(max_stale=200)
    site.now += 150
    with pytest.raises(StoreUnavailableError, match="too old"):
        site.answer(max_stale=200)


def test_without_an_earlier_answer_an_outage_is_an_error(site):
    site.store.silent = True
    with pytest.raises(StoreUnavailableError):
        site.answer()


def test_a_deleted_record_is_an_answer_and_not_an_outage(site):
    site.answer(max_age=0)
    site.store.delete("node-1")
    with pytest.raises(UnknownNodeError):
        site.answer(max_age=0)
    site.store.silent = True
    with pytest.raises(StoreUnavailableError):
        site.answer()


def test_an_unknown_node_may_be_an_empty_one(site):
    assert site.answer("node-2", empty=True) == EMPTY
    assert yaml.safe_load(EMPTY) == {"classes": {}, "parameters": {}}


def test_a_malformed_record_is_an_error_and_leaves_the_last_good_answer(site):
    first = site.answer()
    site.store.put("node-1", b"classes: [")
    with pytest.raises(RecordError, match="node-1"):
        site.answer(max_age=0)
    site.store.silent = True
    assert site.answer(max_age=0) == first


@as_root
def test_what_root_has_asked_for_does_not_shut_the_masters_user_out(reachable):
    site = Site(reachable)
    site.store.put("node-1", record())
    nobody = pwd.getpwnam("nobody")
    os.chown(reachable / "cache", nobody.pw_uid, nobody.pw_gid)
    site.answer()
    site.now = time.time() + 1
    with acting_as_owner_of(reachable / "cache"):
        site.answer()
    assert site.store.asked == [("get", "node-1")]
    assert "cannot be used" not in site.log.text


@as_root
def test_root_makes_no_file_through_a_link_in_the_cache(site):
    (site.root / "cache" / ".node-1.lock").symlink_to(site.root / "made")
    site.answer()
    assert not (site.root / "made").exists()


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "", "A", ".", "..", ".node.lock", "a\nb", "x" * 65, "-a", "ca"]
)
def test_what_is_no_certname_becomes_neither_a_path_nor_a_question(site, name):
    with pytest.raises(RecordError, match="not a certname"):
        site.answer(name)
    assert site.store.asked == []
    assert list((site.root / "cache").iterdir()) == []


def test_an_answer_of_another_store_is_not_used(site):
    site.answer()
    (site.root / "bucket2").mkdir()
    site.store = CountingStore(f"file://{site.root}/bucket2")
    with pytest.raises(UnknownNodeError):
        site.answer()


def test_a_cache_that_cannot_be_written_is_gone_without(site):
    (site.root / "cache").rmdir()
    assert yaml.safe_load(site.answer())["environment"] == "production"
    assert any("cannot be used" in line for line in site.log.lines)


def test_a_file_that_others_may_write_is_not_trusted(site):
    site.answer()
    path = site.root / "cache/node-1"
    path.chmod(0o666)
    assert cache.read(str(path)) is None


def test_a_link_in_the_cache_is_not_followed(site):
    site.answer()
    path = site.root / "cache/node-1"
    path.rename(site.root / "elsewhere")
    path.symlink_to(site.root / "elsewhere")
    assert cache.read(str(path)) is None


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"# x\nclasses: {}", b"no header\nclasses: {}\n", b"\xff\xfe\n"]
)
def test_a_damaged_file_in_the_cache_is_not_used(site, content):
    path = site.root / "cache/node-1"
    path.write_bytes(content)
    path.chmod(0o640)
    assert cache.read(str(path)) is None
    assert b"hadoop::worker" in site.answer()


def test_debug_lines_are_in_the_words_of_the_contract(site):
    site.answer()
    assert site.log.lines == [
        f"DEBUG: Checking url {site.store.url}/node-1",
        "DEBUG: Node configuration (node-1): classes: ['hadoop::worker']",
    ]


def test_a_listing_shows_every_node_and_what_is_wrong_with_a_record(site):
    site.store.put("node-2", b"[")
    site.store.put("terminated/node-3", record())
    first, second = listing(read_all(site.store))
    assert first == {
        "certname": "node-1",
        "environment": "production",
        "role": "worker",
        "classes": ["hadoop::worker"],
    }
    assert second["certname"] == "node-2"
    assert "not YAML" in second["error"]


# The command


@pytest.fixture
def command(site, tmp_path):
    config = tmp_path / "node_classifier.yaml"
    config.write_text(
        f"---\n# written by Puppet\nnode_bucket: {site.store.url}\n"
        f"cache_dir: '{tmp_path}/cache'\nmax_age: 30 # seconds\n"
    )

    def run(*arguments, interpreter=("-I",), **environment):
        return subprocess.run(
            [sys.executable, *interpreter, str(COMMAND), *arguments],
            capture_output=True,
            check=False,
            timeout=60,
            env={**os.environ, "NODE_CLASSIFIER_CONFIG": str(config), **environment},
        )

    run.config = config
    return run


def test_the_command_prints_the_document_and_nothing_else(command):
    answer = command("node-1")
    assert answer.returncode == 0
    assert answer.stderr == b""
    assert yaml.safe_load(answer.stdout)["classes"] == {"hadoop::worker": {}}


def test_the_exit_codes_are_as_documented(command, site):
    site.store.put("node-3", b"[")
    assert command("node-2").returncode == 1
    assert command("node-2", "--unknown", "empty").returncode == 0
    assert command().returncode == 2
    assert command("--list", "node-1").returncode == 2
    assert command("node-3").returncode == 3
    assert command("../x").returncode == 3
    assert command("node-1", "--store", "file:///not/there").returncode == 4
    command.config.write_text("nonsense: 1\n")
    answer = command("node-1")
    assert answer.returncode == 2
    assert b"line 1" in answer.stderr


def test_a_young_answer_needs_none_of_the_heavy_imports(command):
    first = command("node-1")
    second = command("node-1", interpreter=("-I", "-S", "-X", "importtime"))
    assert second.stdout == first.stdout
    imported = {line.rpartition("|")[2].strip() for line in second.stderr.decode().splitlines()}
    assert "enrolment.cache" in imported
    assert not imported & {
        "yaml",
        "requests",
        "boto3",
        "argparse",
        "logging",
        "re",
        "pathlib",
        "json",
        "threading",
    }


def test_the_list_comes_as_table_yaml_or_json(command):
    assert b"node-1" in command("--list").stdout
    assert yaml.safe_load(command("--list", "--format", "yaml").stdout)[0]["role"] == "worker"
    assert json.loads(command("--list", "--format", "json").stdout)[0]["certname"] == "node-1"


def test_log_lines_are_in_the_words_of_the_contract(command, site):
    lines = command("--log-level", "debug", "node-1").stderr.decode().splitlines()
    assert lines == [
        "node_classifier: INFO: Getting node configuration: node-1",
        f"node_classifier: DEBUG: Checking url {site.store.url}/node-1",
        "node_classifier: DEBUG: Node configuration (node-1): classes: ['hadoop::worker']",
    ]


def test_many_calls_at_once_ask_the_store_once(command, site):
    processes = [
        subprocess.Popen(
            [sys.executable, "-I", str(COMMAND), "--log-level", "debug", "node-1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "NODE_CLASSIFIER_CONFIG": str(command.config)},
        )
        for _ in range(4)
    ]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert len({out for out, _ in outputs}) == 1
    assert sum(err.count(b"Checking url") for _, err in outputs) == 1
