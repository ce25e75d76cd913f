"""Commands that stay: what they tell systemd, and what neither a failure nor a stop may do to them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from enrolment.check_csr_cli import main
from enrolment.resident import notify, stay

from tests.unit.enrolment.support import sign

SCRIPTS = Path(__file__).parents[3] / "files" / "scripts"
DEADLINE = 60.0  # seconds


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    """The socket on which systemd listens for a service."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(DEADLINE)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listener


def told(systemd, count):
    return [systemd.recv(4096).decode() for _ in range(count)]


def looks(codes):
    """A look that gives each code in turn, and then ends the loop."""
    left = iter([*codes, 2])
    return lambda: next(left)


def test_it_says_that_it_is_ready_that_it_lives_and_how_it_went(systemd):
    assert stay(looks([0, 1]), 10, sleep=lambda _: None) == 2
    said = told(systemd, 6)
    assert said[:2] == ["READY=1", "WATCHDOG=1"]
    assert said[2].startswith("WATCHDOG=1\nSTATUS=ok at 20")
    assert said[3] == said[5] == "WATCHDOG=1"
    assert said[4].startswith("WATCHDOG=1\nSTATUS=failed at 20")


def test_it_looks_so_often_counted_from_beginning_to_beginning():
    rests = []
    stay(looks([0, 0]), 10, sleep=rests.append)
    assert all(9 < rest <= 10 for rest in rests)
    rests.clear()
    stay(looks([0]), 0.000001, sleep=rests.append)
    assert rests == [0.0]


@pytest.mark.parametrize("address", ["", "relative", "/nowhere/notify", "@nobody-listens-here"])
def test_without_systemd_it_does_the_same(monkeypatch, address):
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")


def test_a_socket_without_a_path_is_told_too(monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        name = f"resident-{os.getpid()}"
        listener.bind(f"\0{name}")
        listener.settimeout(DEADLINE)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        notify("READY=1")
        assert listener.recv(100) == b"READY=1"


@pytest.mark.parametrize("every", ["0", "-1", "86401", "nan", "often"])
def test_it_stays_for_no_other_time_than_a_day_at_most(every):
    with pytest.raises(SystemExit) as ended:
        main(["--terminated", "--every", every])
    assert ended.value.code == 2


def test_only_looking_for_terminated_nodes_is_repeated():
    with pytest.raises(SystemExit) as ended:
        main(["--every", "10"])
    assert ended.value.code == 2


@contextlib.contextmanager
def running(command, *arguments, **environment):
    process = subprocess.Popen(
        [sys.executable, SCRIPTS / command, *arguments],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=DEADLINE)


def until(condition):
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def file(config, tmp_path):
    path = tmp_path / "ca.yaml"
    path.write_text(yaml.safe_dump({"cadir": config.cadir, "user": "", "node_bucket": config.node_bucket}))
    return path


def test_nodes_are_revoked_one_after_another_by_one_process_which_a_stop_ends_at_once(
    authority, store, file, systemd
):
    with running("check_csr", "--terminated", "--every", "0.1", "--config", file) as process:
        assert told(systemd, 1) == ["READY=1"]
        for name in ("node-1", "node-2"):
            certificate = sign(authority, name)
            store.put(f"terminated/{name}", b"")
            until(lambda issued=certificate: authority.is_revoked(issued))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=DEADLINE) == -signal.SIGTERM


def test_a_store_that_does_not_answer_is_asked_again(authority, store, file, systemd):
    bucket = store._root
    bucket.rename(bucket.with_name("gone"))
    certificate = sign(authority, "node-1")
    with running("check_csr", "--terminated", "--every", "0.1", "--config", file):
        until(lambda: "STATUS=failed" in told(systemd, 1)[0])
        bucket.with_name("gone").rename(bucket)
        store.put("terminated/node-1", b"")
        until(lambda: authority.is_revoked(certificate))
        until(lambda: "STATUS=ok" in told(systemd, 1)[0])


def test_a_look_that_hangs_gives_no_sign_of_life(authority, file, systemd):
    """So that systemd ends it: here the CA's lock is held for longer than anybody waits."""
    script = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from enrolment import resident\n"
        "resident.stay(lambda: time.sleep(1000), 0.1)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, SCRIPTS]) as process:
        assert told(systemd, 2) == ["READY=1", "WATCHDOG=1"]
        systemd.settimeout(0.5)
        with pytest.raises(TimeoutError):
            systemd.recv(100)
        process.terminate()
        assert process.wait(timeout=DEADLINE) == -signal.SIGTERM


def test_what_is_configured_wrongly_ends_it_so_that_it_is_read_anew(tmp_path, systemd):
    path = tmp_path / "ca.yaml"
    path.write_text("no_such_key: 1\n")
    for command in (
        ("check_csr", "--terminated", "--every", "0.1", "--config", path),
        ("node_status", "--every", "0.1", "--config", path),
        ("puppet_servers", "--every", "0.1", "--config", path),
    ):
        with running(*command) as process:
            assert process.wait(timeout=DEADLINE) == 2


def test_the_others_stay_too_while_nobody_answers(tmp_path, systemd):
    for name in ("cert", "key", "cacert"):
        (tmp_path / name).write_text("")
    settings = {
        "node_status": {
            "node_bucket": "file:///nowhere",
            "puppetdb_url": "https://127.0.0.1:1",
            "state_file": str(tmp_path / "state"),
            **{name: str(tmp_path / name) for name in ("cert", "key", "cacert")},
        },
        "puppet_servers": {
            "node_bucket": "file:///nowhere",
            "servers": str(tmp_path / "servers"),
            "state": str(tmp_path / "state"),
            "service": "puppet",
        },
        "puppet_crl": {
            "url": "https://127.0.0.1:1/x",
            **{name: str(tmp_path / name) for name in ("ca_cert", "crl", "folder", "state")},
        },
    }
    for command, values in settings.items():
        path = tmp_path / f"{command}.yaml"
        path.write_text(yaml.safe_dump(values))
        more = ("fetch", "--every", "0.1") if command == "puppet_crl" else ("--every", "0.1")
        with running(command, "--config", path, *more):
            for _ in range(2):
                until(lambda: "STATUS=failed" in told(systemd, 1)[0])
