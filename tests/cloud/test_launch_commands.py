"""start, resume and terminate at the command line, where there are many."""

from __future__ import annotations

from pathlib import Path

import pytest

from conductor import cli, clients, instances
from conductor.clients import Clients
from conductor.launching import capacity
from tests.cloud.faults import Call, Fault, KilledError, broken
from tests.cloud.support import BUCKET, failing, refusal

pytestmark = pytest.mark.usefixtures("published_ca")


@pytest.fixture
def config(tmp_path: Path, image: str) -> Path:
    path = tmp_path / "cluster.yaml"
    path.write_text(f"s3_bucket_name: {BUCKET}\nami_id: {image}\n")
    return path


@pytest.fixture(autouse=True)
def _same_clients(monkeypatch: pytest.MonkeyPatch, api: Clients) -> None:
    monkeypatch.setattr(clients, "connect", lambda: api)
    monkeypatch.setattr(capacity.sizes, "__defaults__", (2,))


def running(api: Clients) -> int:
    return sum(not each.gone for each in instances.find(api.ec2, bucket=BUCKET))


def test_resume_alone_goes_on_with_all_that_was_cut_short(
    config: Path, api: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 0):  # the second batch of a first start, the first one of another
        with (
            broken(api, Call("ec2", "RunInstances", number), Fault.KILLED_BEFORE),
            pytest.raises(KilledError),
        ):
            cli.main(["-c", str(config), "start", "worker", "--count", "3"])
    capsys.readouterr()
    assert cli.main(["-c", str(config), "resume", "--steal-lock"]) == 0
    assert running(api) == 6
    assert capsys.readouterr().err.count("started worker i-") == 6
    assert cli.main(["-c", str(config), "resume"]) == 0
    assert "nothing to go on with" in capsys.readouterr().err
    assert running(api) == 6


def test_resume_with_a_batch_goes_on_with_its_start_only(
    config: Path, api: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        with (
            broken(api, Call("ec2", "RunInstances", 0), Fault.KILLED_BEFORE),
            pytest.raises(KilledError),
        ):
            cli.main(["-c", str(config), "start", "worker", "--count", "3"])
    names = api.s3.list_objects_v2(Bucket=BUCKET, Prefix="batches/")["Contents"]
    batch = names[0]["Key"].removeprefix("batches/")
    assert cli.main(["-c", str(config), "resume", batch, "--steal-lock"]) == 0
    assert running(api) == 3
    assert cli.main(["-c", str(config), "resume", batch]) == 1
    assert f"batch {batch} is over" in capsys.readouterr().err


@pytest.mark.parametrize(("more", "left"), [([], 0), (["--keep-partial"], 2)])
def test_fewer_than_asked_for_is_exit_code_1_and_they_stay_only_if_so_wished(
    config: Path, api: Clients, capsys: pytest.CaptureFixture[str], more: list[str], left: int
) -> None:
    full = refusal("InsufficientInstanceCapacity", "RunInstances")
    with failing(api.ec2, "run_instances", full, skip=1):
        assert cli.main(["-c", str(config), "start", "worker", "--count", "4", *more]) == 1
    assert "4 asked for, 2 got" in capsys.readouterr().err
    assert running(api) == left


def test_terminate_ends_all_of_them_with_one_call(
    config: Path, api: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "start", "worker", "--count", "5"]) == 0
    with failing(api.ec2, "terminate_instances", AssertionError(), times=0) as calls:
        assert cli.main(["-c", str(config), "terminate", "worker"]) == 0
    assert [len(call["InstanceIds"]) for call in calls] == [5]
    assert capsys.readouterr().err.count("terminated worker i-") == 5
    assert running(api) == 0


def test_an_instance_that_may_not_be_terminated_is_named_and_the_others_end(
    config: Path, api: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "start", "worker", "--count", "3"]) == 0
    kept = instances.find(api.ec2, bucket=BUCKET)[0]
    api.ec2.modify_instance_attribute(InstanceId=kept.id, DisableApiTermination={"Value": True})
    capsys.readouterr()
    assert cli.main(["-c", str(config), "terminate", "worker"]) == 1
    err = capsys.readouterr().err
    assert f"not terminated: worker {kept.id}" in err
    assert [each.id for each in instances.find(api.ec2, bucket=BUCKET) if not each.gone] == [kept.id]


@pytest.mark.parametrize("count", ["0", "1001"])
def test_a_start_has_its_limits(config: Path, capsys: pytest.CaptureFixture[str], count: str) -> None:
    assert cli.main(["-c", str(config), "start", "worker", "--count", count]) == 2
    assert f"{count} is not in the range 1<=x<=1000" in capsys.readouterr().err
