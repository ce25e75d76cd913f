"""node_classifier's helper: the plain command's answers at less cost, and no harm where there is none."""

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from enrolment.asking import ask
from enrolment.classifier import Classifier, Settings
from enrolment.helper import Helper
from enrolment.store_file import FileStore

from tests.unit.enrolment.support import RecordingLog, record

COMMAND = Path(__file__).parents[3] / "files" / "scripts" / "node_classifier"
# As systemd does it: the socket is descriptor 3, and the variables name the process.
START = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<&{}'
DEADLINE = 20.0  # seconds


class Site:
    def __init__(self, root):
        self.root = root
        (root / "bucket").mkdir()
        (root / "cache").mkdir()
        (root / "bucket" / "node-1").write_bytes(record())
        (root / "bucket" / "broken").write_bytes(b"[")
        self.config = root / "node_classifier.yaml"
        self.socket = str(root / "socket")
        self.configure()

    def configure(self, *, max_age=0, unknown="fail", helper=True, bucket="bucket"):
        lines = [f"node_bucket: file://{self.root}/{bucket}", f"cache_dir: {self.root}/cache"]
        lines += [f"max_age: {max_age}", f"unknown: {unknown}", f"helper: {self.socket if helper else ''}"]
        self.config.write_text("\n".join(lines) + "\n")

    def call(self, *arguments, interpreter=("-I", "-S"), **environment):
        return subprocess.run(
            [sys.executable, *interpreter, COMMAND, *arguments],
            capture_output=True,
            check=False,
            timeout=60,
            env={**os.environ, "NODE_CLASSIFIER_CONFIG": str(self.config), **environment},
        )

    @contextmanager
    def listening(self):
        """The socket, as systemd makes it."""
        Path(self.socket).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(self.socket)
            listening.listen()
            yield listening

    @contextmanager
    def helping(self):
        """The helper as a process, started the way systemd does it."""
        with self.listening() as listening:
            process = subprocess.Popen(
                [
                    "/bin/bash",
                    "-c",
                    START.format(listening.fileno()),
                    "bash",
                    sys.executable,
                    COMMAND,
                    "--serve",
                ],
                pass_fds=[listening.fileno()],
                env={**os.environ, "NODE_CLASSIFIER_CONFIG": str(self.config)},
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait(DEADLINE)


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@contextmanager
def answering(site, answer):
    """Something else that answers on the socket: each connection gets these bytes."""
    with site.listening() as listening:

        def serve():
            link, _ = listening.accept()
            with link:
                link.recv(100)
                link.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield
        thread.join(DEADLINE)


def test_its_answers_and_exit_codes_are_the_plain_commands(site):
    names = ("node-1", "node-2", "broken", "a" * 65, "-x", "../bucket/node-1")
    site.configure(helper=False)
    plain = [site.call(name) for name in names]
    site.configure()
    with site.helping():
        helped = [site.call(name) for name in names]
    for name, mine, theirs in zip(names, plain, helped, strict=True):
        assert (name, mine.returncode, mine.stdout, mine.stderr) == (
            name,
            theirs.returncode,
            theirs.stdout,
            theirs.stderr,
        )
    assert [answer.returncode for answer in plain[:3]] == [0, 1, 3]


def test_whoever_asks_it_imports_neither_the_stores_client_nor_yaml(site):
    with site.helping():
        answer = site.call("node-1", interpreter=("-I", "-S", "-X", "importtime"))
    assert answer.returncode == 0
    imported = {line.rpartition("|")[2].strip() for line in answer.stderr.decode().splitlines()}
    assert "enrolment.asking" in imported
    assert not imported & {"socket", "yaml", "requests", "boto3", "argparse", "typing", "re", "threading"}


def test_a_silent_store_has_the_exit_code_of_one_and_the_last_good_answer_bridges_it(site):
    with site.helping():
        good = site.call("node-1")
        site.configure(bucket="gone")
        assert site.call("node-1").returncode == 4
        site.configure()
        (site.root / "bucket").rename(site.root / "away")
        assert site.call("node-1").stdout == good.stdout


def test_a_changed_configuration_counts_from_the_next_question(site):
    with site.helping():
        assert site.call("node-2").returncode == 1
        site.configure(unknown="empty")
        assert site.call("node-2").returncode == 0


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"0",
        b"0 100\nclasses: {}\n",
        b"0 5\n" + b"x" * 6,
        b"HTTP/1.1 200 OK\n",
        b"-1 0\n",
        b"\n",
        b"0  1\na",
    ],
)
def test_what_is_no_whole_answer_is_none_and_the_plain_way_is_taken(site, answer):
    with answering(site, answer):
        assert ask(site.socket, "node-1") is None
    with answering(site, answer):
        assert site.call("node-1").returncode == 0


def test_without_a_helper_the_plain_way_is_taken(site):
    assert site.call("node-1").returncode == 0
    with site.listening():
        pass
    assert Path(site.socket).exists()  # nobody listens there any more
    assert site.call("node-1").returncode == 0


def test_a_helper_that_is_killed_with_questions_open_costs_nobody_the_answer(site):
    with site.helping() as process:
        assert site.call("node-1").returncode == 0
        process.kill()
        process.wait(DEADLINE)
    assert site.call("node-1").returncode == 0


@pytest.fixture
def helper(site):
    settings = Settings(f"file://{site.root}/bucket", f"{site.root}/cache", 0, 0, False)
    log = RecordingLog()
    return Helper(str(site.config), lambda: Classifier(settings, FileStore(settings.node_bucket), log), log)


@contextmanager
def serving(site, helper, idle=DEADLINE):
    with site.listening() as listening:

        def serve():
            with suppress(OSError):  # the socket is closed at the end
                helper.serve(listening, idle)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield thread


def test_it_ends_when_nobody_has_asked_for_a_while(site, helper):
    with serving(site, helper, idle=0.1) as thread:
        thread.join(DEADLINE)
        assert not thread.is_alive()


def test_it_ends_after_its_time_and_not_before_what_it_answers(site, helper, monkeypatch):
    asked, answer = threading.Event(), helper.answer

    def slowly(name):
        asked.set()
        time.sleep(0.5)
        return answer(name)

    monkeypatch.setattr(helper, "answer", slowly)
    with site.listening() as listening, socket.socket(socket.AF_UNIX) as link:
        thread = threading.Thread(target=helper.serve, args=(listening, DEADLINE, 0.1), daemon=True)
        thread.start()
        link.settimeout(DEADLINE)
        link.connect(site.socket)
        link.sendall(b"node-1\n")
        assert asked.wait(DEADLINE)
        time.sleep(0.1)
        assert ask(site.socket, "node-1") is not None  # the one that makes it look at the time
        thread.join(DEADLINE)
        assert not thread.is_alive()
        assert link.recv(10).startswith(b"0 ")


def test_an_error_inside_is_no_answer_and_a_line_in_the_log(site, helper, monkeypatch):
    def fail(name):
        raise RuntimeError("inside")

    monkeypatch.setattr(helper, "answer", fail)
    with serving(site, helper):
        assert ask(site.socket, "node-1") is None
        end = time.monotonic() + DEADLINE
        while not any("inside" in line for line in helper._log.lines):
            assert time.monotonic() < end
            time.sleep(0.01)


def test_who_connects_and_says_nothing_keeps_nobody_waiting(site, helper, monkeypatch):
    monkeypatch.setattr("enrolment.helper.READ", 3 * DEADLINE)
    with serving(site, helper):
        silent = [socket.socket(socket.AF_UNIX) for _ in range(5)]
        for link in silent:
            link.connect(site.socket)
        begin = time.monotonic()
        assert ask(site.socket, "node-1") is not None
        assert time.monotonic() - begin < 2 * DEADLINE  # less than the silent ones are given
        for link in silent:
            link.close()


@pytest.mark.parametrize("line", [b"x" * 200 + b"\n", b"\xff\xfe\n", b"a\x00b\n", b"\n", b"a b\n"])
def test_what_is_no_certname_becomes_no_question(site, helper, line):
    with serving(site, helper), socket.socket(socket.AF_UNIX) as link:
        link.settimeout(DEADLINE)
        link.connect(site.socket)
        link.sendall(line)
        answer = b""
        with suppress(ConnectionResetError):  # it has not read all
            answer = link.recv(1000)
        assert answer == b"" or answer.startswith(b"3 ")


def test_without_systemds_socket_it_says_who_starts_it(site):
    answer = site.call("--serve")
    assert answer.returncode == 2
    assert b"systemd" in answer.stderr
