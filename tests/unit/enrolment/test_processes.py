"""Several processes at one CA at the same moment, as Apache's workers, timers and operators are."""

import contextlib
import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from enrolment.authority import Authority
from enrolment.consistency import check_consistency
from enrolment.enrol import Enroller, Result
from enrolment.errors import ConflictError
from enrolment.request import parse_request
from enrolment.store_file import FileStore

from tests.unit.enrolment.faults import fork
from tests.unit.enrolment.support import RecordingLog, csr, ec_key, record

SCRIPTS = Path(__file__).parents[3] / "files" / "scripts"
PROCESSES = 4


def side_by_side(*works):
    """Run each in a process of its own, from one moment on; all must get through."""
    barrier = fork.Barrier(len(works))

    def begin(work):
        barrier.wait(30)
        work()

    processes = [fork.Process(target=begin, args=(work,)) for work in works]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * len(works)


@pytest.fixture
def opened(config, clock, authority):
    """Return a function that opens the CA as a process of its own does."""
    del authority  # made, so that there is one
    return lambda: Authority(config, clock=clock)


def test_many_agents_enrol_at_workers_of_their_own_and_one_name_is_given_once(opened, config):
    store = FileStore(config.node_bucket)
    names = {worker: [f"node-{worker}-{turn}" for turn in range(10)] for worker in range(PROCESSES)}
    every = sorted([*itertools.chain(*names.values()), "shared"])
    for name in every:
        store.put(name, record())

    def work(worker):
        def run():
            enroller = Enroller(opened(), FileStore(config.node_bucket), RecordingLog())
            for number, name in enumerate(names[worker]):
                assert enroller.submit(name, csr(name)).result is Result.SIGNED
                if number == 5:
                    enroller.submit("shared", csr("shared", key=ec_key(worker)))

        return run

    for worker in range(PROCESSES):
        ec_key(worker)
    side_by_side(*map(work, range(PROCESSES)))
    ca = opened()
    assert ca.signed_names() == every
    assert len(ca.inventory.serials()) == 1 + len(ca.signed_names())  # and the CA's own
    assert ca.waiting_names() == []
    assert check_consistency(ca) == []


def test_a_node_that_renews_while_it_is_revoked_is_left_with_nothing(opened):
    with opened().transaction() as transaction:
        certificate = transaction.sign(parse_request(csr()), "node-1")

    deadline = time.monotonic() + 9  # less than a transaction waits for the lock

    def renew_again_and_again():
        ca, shown = opened(), certificate
        with contextlib.suppress(ConflictError):  # it was revoked
            while time.monotonic() < deadline:
                with ca.transaction() as transaction:
                    shown = transaction.renew(shown)

    def clean():
        with opened().transaction() as transaction:
            transaction.clean(["node-1"])

    side_by_side(renew_again_and_again, renew_again_and_again, clean)
    ca = opened()
    assert ca.signed_names() == []
    assert ca.lists().serials == set(ca.inventory.serials_of(["node-1"], ca.clock())["node-1"])
    assert check_consistency(ca) == []


def test_lists_of_revocations_from_several_processes_lose_no_entry(opened):
    names = [f"node-{number}" for number in range(12)]
    for name in names:
        with opened().transaction() as transaction:
            transaction.sign(parse_request(csr(name)), name)

    def revoke(some):
        def run():
            ca = opened()
            for name in some:
                with ca.transaction() as transaction:
                    transaction.revoke([name])

        return run

    side_by_side(*(revoke(names[number::PROCESSES]) for number in range(PROCESSES)))
    ca = opened()
    assert all(ca.is_revoked(ca.certificate(name)) for name in names)


def test_several_operators_sign_all_that_waits_and_each_request_is_signed_once(opened, config, tmp_path):
    with opened().transaction() as transaction:
        for name in (f"node-{number}" for number in range(config.max_waiting)):
            transaction.save_request(parse_request(csr(name)), name)
    waiting = opened().waiting_names()
    path = tmp_path / "ca.yaml"
    path.write_text(yaml.safe_dump({"cadir": config.cadir, "user": ""}))
    commands = [
        subprocess.Popen(
            [sys.executable, SCRIPTS / "puppet_ca", "sign", "--all"],
            env={**os.environ, "PUPPET_CA_CONFIG": str(path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    said = "".join(command.communicate(timeout=60)[0] for command in commands)
    ca = opened()
    assert ca.signed_names() == waiting
    assert sorted(line.split()[2] for line in said.splitlines()) == waiting  # who was late said so and failed
    assert len(ca.inventory.serials()) == 1 + len(waiting)
    assert check_consistency(ca) == []
