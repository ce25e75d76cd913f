"""Every request of the corpus (tests/hostile), to the decision and to the CA itself."""

import dataclasses
import json
import os
import re
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from enrolment.enrol import Enroller
from enrolment.webapp import CaApplication

from tests.hostile import Hostile, asked
from tests.hostile.__main__ import main as write_corpus
from tests.hostile.corpus import corpus
from tests.hostile.judging import RECORD, judge
from tests.hostile.making import NAME, SECRET, pem, request
from tests.unit.enrolment.test_webapp import V1, Client

CORPUS = corpus()
ROOT = Path(__file__).parents[3]
DEBIANS_PYTHON = "/usr/bin/python3"
LONGEST_ANSWER = 1.0  # seconds of one processor

pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning")


@pytest.mark.parametrize("title", CORPUS)
def test_a_hostile_request_is_refused_for_what_is_wrong_with_it(title):
    started = time.process_time()
    verdict, reason = judge(CORPUS[title])
    assert time.process_time() - started < LONGEST_ANSWER
    assert verdict == "reject"
    assert re.search(CORPUS[title].words, reason)


def test_the_maker_of_hostile_requests_makes_good_ones_too():
    assert judge(Hostile(pem(request()), ""))[0] == "sign"


def test_the_libraries_of_the_hosts_refuse_them_too():
    probe = [DEBIANS_PYTHON, "-c", "import cryptography, yaml"]
    if (
        not Path(DEBIANS_PYTHON).exists()
        or subprocess.run(probe, check=False, capture_output=True).returncode
    ):
        pytest.skip("no python3-cryptography of Debian's here")
    done = subprocess.run(
        [DEBIANS_PYTHON, "-m", "tests.hostile.judging"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/files/scripts", "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert json.loads(done.stdout) == {}


class CountingStore:
    """Notes which records were asked for."""

    def __init__(self, store):
        self._store = store
        self.asked = []

    def __getattr__(self, name):
        return getattr(self._store, name)

    def get(self, name, **options):
        self.asked.append(name)
        return self._store.get(name, **options)


@pytest.fixture
def config(config):
    return dataclasses.replace(config, requests_per_minute=0)


@pytest.fixture
def counting(store):
    return CountingStore(store)


@pytest.fixture
def call(authority, counting, log, config):
    Path(config.node_bucket.removeprefix("file://"), NAME).write_text(RECORD)
    return Client(CaApplication(authority, Enroller(authority, counting, log), log))


def put(call, name, body):
    return call("PUT", f"{V1}certificate_request/{quote(name, safe='')}", body)


def files_below(folder):
    return {str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file()}


def test_the_whole_corpus_leaves_nothing_on_the_ca_and_the_good_one_is_signed_after_it(
    call, config, log, counting
):
    before = files_below(config.cadir)
    answers = {title: put(call, hostile.name, hostile.pem).status for title, hostile in CORPUS.items()}
    assert {title: answer for title, answer in answers.items() if answer not in (400, 404, 413)} == {}
    assert files_below(config.cadir) == before
    # What is wrong with a request in itself is found before the store is asked.
    assert len(counting.asked) <= len(list(asked.secrets())) + len(list(asked.alternatives()))
    assert put(call, NAME, pem(request())).status == 200
    assert call("GET", f"{V1}certificate/{NAME}").status == 200


def test_no_hostile_request_writes_more_than_its_own_line_into_the_log_nor_a_secret(call, log):
    for hostile in CORPUS.values():
        log.lines.clear()
        put(call, hostile.name, hostile.pem)
        for line in log.lines:
            assert line.isprintable()
            assert len(line) < 2200
            assert SECRET[:-1] not in line.lower()


def test_the_script_writes_each_request_into_a_file_of_its_own(tmp_path):
    assert write_corpus([str(tmp_path)]) == 0
    index = json.loads((tmp_path / "index.json").read_text())
    assert {entry["title"] for entry in index.values()} == set(CORPUS)
    assert {path.name for path in tmp_path.glob("*.pem")} == set(index)
