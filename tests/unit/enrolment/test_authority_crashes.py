"""The CA killed, or out of disk, between any two steps; and two processes at one name."""

import os
import subprocess
import sys
import textwrap

import pytest
from enrolment.authority import Authority
from enrolment.config import CaConfig
from enrolment.consistency import check_consistency
from enrolment.request import parse_request

from tests.unit.enrolment.faults import FAULTS, fork, run_until, steps
from tests.unit.enrolment.support import csr, ec_key


def sign_again(authority, name="node-1"):
    with authority.transaction() as transaction:
        return transaction.sign(parse_request(csr(name)), name)


@pytest.mark.faults
@pytest.mark.parametrize("fault", FAULTS)
def test_no_certificate_is_ever_unknown_to_the_inventory(config, clock, fault):
    authority = Authority(config, clock=clock)
    with authority.transaction() as transaction:
        transaction.create()
        transaction.save_request(parse_request(csr()), "node-1")
    interrupted = 0
    for step, code in steps(lambda: sign_again(Authority(config, clock=clock)), fault):
        interrupted += code != 0
        fresh = Authority(config, clock=clock)
        assert check_consistency(fresh) == [], f"after step {step}"
        certificate = fresh.certificate("node-1")  # whole or not there: it parses
        if certificate is not None:
            assert fresh.inventory.holds(certificate.serial_number, "node-1")
            # As after `clean`, so that the next step can be tried.
            with fresh.transaction() as transaction:
                transaction.remove("node-1")
        with fresh.transaction() as transaction:
            transaction.save_request(parse_request(csr()), "node-1")
    assert interrupted > 5


@pytest.mark.faults
@pytest.mark.parametrize("fault", FAULTS)
def test_an_attempt_to_sign_that_was_cut_short_can_be_repeated(config, clock, fault):
    with Authority(config, clock=clock).transaction() as transaction:
        transaction.create()
    for step, _ in steps(lambda: sign_again(Authority(config, clock=clock), "again"), fault):
        fresh = Authority(config, clock=clock)
        if fresh.certificate("again") is None:
            sign_again(fresh, "again")
        assert fresh.certificate("again") is not None, f"after step {step}"
        with fresh.transaction() as transaction:
            transaction.clean(["again"])
            transaction.tidy()
        assert not list(fresh.root.rglob(".new-*"))


@pytest.mark.faults
@pytest.mark.parametrize("fault", FAULTS)
def test_a_revocation_that_was_cut_short_never_frees_a_name_that_is_not_revoked(config, clock, fault):
    with Authority(config, clock=clock).transaction() as transaction:
        transaction.create()

    def clean():
        with Authority(config, clock=clock).transaction() as transaction:
            transaction.clean(["node-1"])

    certificate = sign_again(Authority(config, clock=clock))
    for step, _ in steps(clean, fault):
        fresh = Authority(config, clock=clock)
        assert check_consistency(fresh) == [], f"after step {step}"
        if fresh.certificate("node-1") is None:
            assert fresh.is_revoked(certificate), f"after step {step}"
            certificate = sign_again(fresh)
    assert Authority(config, clock=clock).is_revoked(certificate) or fresh.certificate("node-1") is not None


@pytest.mark.faults
@pytest.mark.parametrize("fault", FAULTS)
def test_a_setup_that_was_cut_short_goes_on_where_it_ended(tmp_path, clock, fault):
    for step in range(1, 200):
        root = tmp_path / f"ca{step}"
        root.mkdir()
        config = CaConfig(cadir=str(root), user="", key_type="ec", key_bits=256)

        def create(config=config):
            with Authority(config, clock=clock).transaction() as transaction:
                transaction.create()

        code = run_until(step, create, fault)
        create()
        assert check_consistency(Authority(config, clock=clock)) == [], f"after step {step}"
        if code == 0:
            return
    raise AssertionError("setup never got through")


def test_two_processes_that_sign_one_name_give_one_certificate(authority, config, clock):
    def attempt(number, barrier, results):
        other = Authority(config, clock=clock)
        request = parse_request(csr(key=ec_key(number)))
        barrier.wait()
        try:
            with other.transaction() as transaction:
                results.put(transaction.sign(request, "node-1").serial_number)
        except Exception as error:
            results.put(type(error).__name__)

    for number in range(4):
        ec_key(number)
    barrier, results = fork.Barrier(4), fork.Queue()
    processes = [fork.Process(target=attempt, args=(number, barrier, results)) for number in range(4)]
    for process in processes:
        process.start()
    outcomes = [results.get(timeout=30) for _ in processes]
    for process in processes:
        process.join(30)
    serials = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert len(serials) == 1
    assert outcomes.count("ConflictError") == 3
    assert authority.certificate("node-1").serial_number == serials[0]


def test_processes_that_sign_and_revoke_side_by_side_lose_nothing(authority, config, clock):
    def work(number):
        other = Authority(config, clock=clock)
        for turn in range(5):
            name = f"node-{number}-{turn}"
            with other.transaction() as transaction:
                transaction.sign(parse_request(csr(name)), name)
            with other.transaction() as transaction:
                transaction.revoke([name])

    processes = [fork.Process(target=work, args=(number,)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert len(authority.signed_names()) == 20
    assert len(authority.crl()) == 20
    assert all(authority.is_revoked(authority.certificate(name)) for name in authority.signed_names())
    assert check_consistency(authority) == []


def test_a_killed_holder_of_the_lock_does_not_block_the_next(authority):
    program = textwrap.dedent(
        f"""
        import pathlib, signal
        from enrolment.files import locked
        with locked(pathlib.Path({str(authority.root / "lock")!r}), timeout=1):
            print("locked", flush=True)
            signal.pause()
        """
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"locked\n"
        holder.kill()
        holder.wait(30)
    sign_again(authority)
    assert authority.signed_names() == ["node-1"]
