"""The command line against moto: what the operator sees, and exit codes."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ConnectTimeoutError

from conductor import cli, clients, instances, inventory
from conductor.clients import Clients
from conductor.commands import common
from conductor.context import Context, open_context
from conductor.fleet import locking
from conductor.instances import Instance
from conductor.record import BATCHES
from tests.cloud.conftest import Clock
from tests.cloud.support import BUCKET, CA_PEM, failing, refusal


@pytest.fixture
def config(tmp_path: Path, image: str) -> Path:
    path = tmp_path / "cluster.yaml"
    path.write_text(f"s3_bucket_name: {BUCKET}\nami_id: {image}\nnode: {{classes: [ntp]}}\n")
    return path


@pytest.fixture(autouse=True)
def _same_clients(monkeypatch: pytest.MonkeyPatch, api: Clients) -> None:
    monkeypatch.setattr(clients, "connect", lambda: api)


@pytest.mark.usefixtures("published_ca")
def test_a_role_alone_starts_one_and_says_so(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["-c", str(config), "worker"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "started worker i-" in err


@pytest.mark.usefixtures("published_ca")
def test_json_output_of_a_start_holds_the_started_nodes_only(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "namenode"]) == 0
    capsys.readouterr()
    assert cli.main(["worker", "-c", str(config), "--count", "2", "-o", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["role"] for row in rows] == ["worker", "worker"]


@pytest.mark.usefixtures("published_ca")
def test_the_old_form_takes_the_image_and_the_file(config: Path, image: str, clients: Clients) -> None:
    assert cli.main(["-c", str(config), image]) == 0
    (instance,) = instances.find(clients.ec2, bucket=BUCKET)
    record = yaml.safe_load(clients.s3.get_object(Bucket=BUCKET, Key=instance.certname)["Body"].read())
    assert record["classes"] == {"ntp": {}}


@pytest.mark.usefixtures("published_ca")
def test_list_shows_a_table_and_terminate_empties_it(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "worker", "--count", "2"]) == 0
    capsys.readouterr()
    assert cli.main(["-c", str(config), "list"]) == 0
    table = capsys.readouterr().out
    assert table.count("i-") == 2
    assert "running" in table
    assert cli.main(["-c", str(config), "terminate", "worker"]) == 0
    capsys.readouterr()
    assert cli.main(["-c", str(config), "list", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_the_list_tells_of_volumes_that_outlived_their_instances(
    config: Path, clients: Clients, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tags = [{"Key": "ManagedBy", "Value": "puppet-hadoop"}, {"Key": "puppet-hadoop:bucket", "Value": bucket}]
    ours, _others = (
        clients.ec2.create_volume(
            AvailabilityZone="us-east-1a",
            Size=8,
            TagSpecifications=[{"ResourceType": "volume", "Tags": each}],  # type: ignore[typeddict-item]
        )["VolumeId"]
        for each in (tags, tags[:1])
    )
    assert cli.main(["-c", str(config), "list", "-o", "json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == []
    assert err.count("warning: volume ") == 1
    assert f"volume {ours} (8 GB, available) belongs to no instance any more, and costs money" in err


def test_the_list_is_shown_to_who_may_not_look_for_volumes(
    config: Path, clients: Clients, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    denied = refusal("UnauthorizedOperation", "DescribeVolumes", 403)
    with failing(clients.ec2, "get_paginator", denied, skip=1):
        assert cli.main(["-c", str(config), "list", "-o", "json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == []
    assert "whether volumes were left behind is not known" in err


@pytest.mark.usefixtures("published_ca")
def test_the_table_cuts_nothing_off_in_a_pipe(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["-c", str(config), "worker", "--count", "2"]) == 0
    capsys.readouterr()
    assert cli.main(["-c", str(config), "list", "-o", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert cli.main(["-c", str(config), "list"]) == 0
    table = capsys.readouterr().out
    for row in rows:
        assert row["certname"] in table
        assert row["private_name"] in table
        assert row["instance_id"] in table


@pytest.mark.usefixtures("published_ca")
def test_resume_completes_a_launch_whose_outcome_was_unknown(
    config: Path, context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = ConnectTimeoutError(endpoint_url="https://ec2.test")
    ec2 = context.clients.ec2
    with failing(ec2, "run_instances", silent), failing(ec2, "get_paginator", silent):
        assert cli.main(["-c", str(config), "worker"]) == 1
    err = capsys.readouterr().err
    batch = context.store.keys(BATCHES)[0].removeprefix(BATCHES)
    assert f"`start_instance.py resume {batch}`" in err
    assert cli.main(["-c", str(config), "resume", batch]) == 0
    assert [each.batch for each in instances.find(ec2, bucket=BUCKET)] == [batch]


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [
        (["wroker"], 2, "did you mean worker?"),
        (["worker", "--count", "0"], 2, "0 is not in the range"),
        (["worker", "--cuont", "1"], 2, "No such option"),
        (["puppetmaster", "--count", "2"], 2, "a cluster has one CA"),
        (["terminate"], 2, "Missing argument"),
        (["terminate", "i-0123456789abcdef0"], 1, "no node has this"),
        (["resume", "no-such-batch"], 1, "no batch no-such-batch"),
        (["namenode"], 1, "no CA yet"),
        (["terminate", "worker", "--drain-deadline", "1h"], 2, "of use with --drain only"),
        (["terminate", "worker", "--drain", "--drain-deadline", "soon"], 2, "not a duration such as 90"),
        (["recommission"], 2, "Missing argument"),
    ],
)
@pytest.mark.usefixtures("bucket")
def test_each_mistake_has_one_message_and_its_exit_code(
    config: Path, capsys: pytest.CaptureFixture[str], argv: list[str], code: int, told: str
) -> None:
    assert cli.main(["-c", str(config), *argv]) == code
    out, err = capsys.readouterr()
    assert told in err
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.usefixtures("published_ca")
def test_one_node_that_cannot_be_terminated_does_not_keep_the_others(
    config: Path, api: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "worker", "--count", "3"]) == 0
    refused = refusal("OperationNotPermitted", "TerminateInstances")  # all at once, then the first alone
    with failing(api.ec2, "terminate_instances", refused, times=2):
        assert cli.main(["-c", str(config), "terminate", "worker"]) == 1
    err = capsys.readouterr().err
    assert err.count("terminated worker i-") == 2
    assert err.count("not terminated: worker i-") == 1
    left = [each for each in instances.find(api.ec2, bucket=BUCKET) if not each.gone]
    assert len(left) == 1
    assert cli.main(["-c", str(config), "terminate", left[0].id]) == 0


@pytest.fixture
def split(config: Path, api: Clients, profile: None, capsys: pytest.CaptureFixture[str]) -> list[Instance]:
    """A CA with the database and two masters; gives the masters."""
    assert cli.main(["-c", str(config), "ca-database"]) == 0
    (ca,) = instances.find(api.ec2, bucket=BUCKET)
    names = json.dumps({"ca_server": ca.private_name, "ca_port": 8141}).encode()
    api.s3.put_object(Bucket=BUCKET, Key="ca/ca_crt.pem", Body=CA_PEM.encode())
    api.s3.put_object(Bucket=BUCKET, Key="ca/server", Body=names)
    assert cli.main(["-c", str(config), "worker"]) == 1
    assert "no master yet" in capsys.readouterr().err
    assert cli.main(["-c", str(config), "master", "--count", "2"]) == 0
    assert cli.main(["-c", str(config), "worker"]) == 0
    return [each for each in instances.find(api.ec2, bucket=BUCKET) if each.role == "master"]


def listed(api: Clients) -> list[str]:
    body = api.s3.get_object(Bucket=BUCKET, Key="cluster/servers")["Body"].read()
    return [each["name"] for each in json.loads(body)["masters"]]


def test_the_list_shows_those_who_serve_first(
    config: Path, split: list[Instance], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert cli.main(["-c", str(config), "list", "-o", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["role"] for row in rows] == ["ca-database", "master", "master", "worker"]


def test_a_terminated_master_is_out_of_the_list_before_anything_else_happens_to_it(
    config: Path, split: list[Instance], api: Clients
) -> None:
    gone, stays = split
    with failing(api.s3, "put_object", AssertionError(), times=0) as calls:
        assert cli.main(["-c", str(config), "terminate", gone.id]) == 0
    keys = [call["Key"] for call in calls]
    assert keys.index("cluster/servers") < keys.index(f"terminated/{gone.certname}")
    assert keys.count("cluster/servers") == 1
    assert listed(api) == [stays.private_name]


def test_of_two_masters_the_one_that_could_not_be_terminated_is_listed_again(
    config: Path, split: list[Instance], api: Clients
) -> None:
    refused = refusal("AccessDenied", "PutObject", 403)
    # The lock, the list without both, then the mark of the first one.
    with failing(api.s3, "put_object", refused, skip=2, times=1):
        assert cli.main(["-c", str(config), "terminate", "master"]) == 1
    left = [
        each for each in instances.find(api.ec2, bucket=BUCKET) if each.role == "master" and not each.gone
    ]
    assert len(left) == 1
    assert listed(api) == [left[0].private_name]


def test_a_host_that_is_made_a_master_is_listed_and_one_that_is_none_any_more_is_not(
    config: Path, split: list[Instance], api: Clients
) -> None:
    text = config.read_text()
    config.write_text(text + "roles: {worker: {node: {classes: [puppet::master]}}}\n")
    assert cli.main(["-c", str(config), "classify", "worker"]) == 0
    assert len(listed(api)) == 3
    config.write_text(text)
    assert cli.main(["-c", str(config), "classify", "worker"]) == 0
    assert sorted(listed(api)) == sorted(each.private_name for each in split)


def test_a_whole_split_cluster_can_be_terminated_at_once(
    config: Path, split: list[Instance], api: Clients
) -> None:
    assert cli.main(["-c", str(config), "terminate", "ca-database", "master", "worker"]) == 0
    assert all(each.gone for each in instances.find(api.ec2, bucket=BUCKET))
    assert listed(api) == []
    assert "Contents" not in api.s3.list_objects_v2(Bucket=BUCKET, Prefix="ca/")
    assert cli.main(["-c", str(config), "puppetmaster"]) == 0


def test_an_instance_profile_that_does_not_exist_is_told_with_its_key(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(
        common,
        "open_context",
        lambda *arguments: dataclasses.replace(
            open_context(*arguments), sleep=clock.sleep, monotonic=clock.monotonic
        ),
    )
    assert cli.main(["-c", str(config), "puppetmaster"]) == 1
    err = capsys.readouterr().err
    assert "instance_profile in start_instance.yaml must name one that exists" in err
    assert "nothing was started, the records were removed again" in err


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("AuthFailure", "said AuthFailure"),
        ("UnauthorizedOperation", "lack a right"),
        ("VcpuLimitExceeded", "higher limit"),
        ("RequestLimitExceeded", "said RequestLimitExceeded"),
    ],
)
@pytest.mark.usefixtures("published_ca")
def test_a_refusal_is_told_in_the_api_s_words_with_advice(
    config: Path, api: Clients, capsys: pytest.CaptureFixture[str], code: str, told: str
) -> None:
    with failing(api.ec2, "run_instances", refusal(code, "RunInstances")):
        assert cli.main(["-c", str(config), "worker"]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.usefixtures("published_ca")
def test_sigterm_during_the_wait_lists_what_runs(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed_while_asleep(*arguments: Any) -> Context:
        return dataclasses.replace(
            open_context(*arguments), sleep=lambda _: os.kill(os.getpid(), signal.SIGTERM)
        )

    monkeypatch.setattr(common, "open_context", killed_while_asleep)
    assert cli.main(["-c", str(config), "worker", "--wait"]) == 130
    err = capsys.readouterr().err
    assert "interrupted; these instances run:" in err
    assert "start_instance.py terminate " in err


@pytest.mark.usefixtures("published_ca")
def test_ctrl_c_while_the_result_is_put_together_lists_what_runs(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_context: Context) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(inventory, "read", interrupted)
    assert cli.main(["-c", str(config), "worker", "-o", "json"]) == 130
    assert "interrupted; these instances run:" in capsys.readouterr().err


@pytest.fixture
def hadoop_cluster(
    config: Path, api: Clients, published_ca: None, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """A namenode and two workers that have enrolled; gives the workers' instance ids."""
    assert cli.main(["-c", str(config), "namenode"]) == 0
    assert cli.main(["-c", str(config), "worker", "--count", "2"]) == 0
    found = instances.find(api.ec2, bucket=BUCKET)
    for each in found:
        body = json.dumps({"enrolled": "2026-11-24T05:00:00Z"}).encode()
        api.s3.put_object(Bucket=BUCKET, Key=f"status/{each.certname}", Body=body)
    capsys.readouterr()
    return [each.id for each in found if each.role == "worker"]


def test_a_drain_shows_how_far_it_is_and_the_list_shows_the_drain(
    config: Path, hadoop_cluster: list[str], api: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    with config.open("a") as file:
        file.write("drain: {interval: 1}\n")
    worker = hadoop_cluster[0]
    assert cli.main(["-c", str(config), "terminate", "--drain", "--drain-deadline", "1", worker]) == 1
    err = capsys.readouterr().err
    assert f"draining worker {worker}" in err
    assert f"worker {worker}: the namenode says nothing yet; no containers" in err
    assert f"`start_instance.py terminate --drain {worker}` goes on" in err.replace("\n", " ")
    assert cli.main(["-c", str(config), "list"]) == 0
    assert capsys.readouterr().out.count("running, draining") == 1
    assert cli.main(["-c", str(config), "recommission", worker]) == 0
    assert f"recommissioned worker {worker}" in capsys.readouterr().err
    assert cli.main(["-c", str(config), "list"]) == 0
    assert "draining" not in capsys.readouterr().out


@pytest.mark.parametrize("argv", [["terminate", "--drain"], ["recommission"]])
def test_only_workers_are_drained_or_recommissioned_and_the_others_are_named(
    config: Path, hadoop_cluster: list[str], capsys: pytest.CaptureFixture[str], argv: list[str]
) -> None:
    assert cli.main(["-c", str(config), *argv, "namenode", "worker"]) == 2
    err = capsys.readouterr().err
    assert "not namenode i-" in err
    assert hadoop_cluster[0] not in err


def test_no_drain_is_taken_back_while_another_conductor_is_at_work(
    config: Path,
    hadoop_cluster: list[str],
    context: Context,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(locking.locked.__wrapped__, "__kwdefaults__", {"steal": False, "patience": 0})
    other = locking._holder(context, "up").model_copy(
        update={"machine": "another", "expires": "2999-01-01T00:00:00Z"}
    )
    context.store.put(locking.KEY, locking._body(other))
    assert cli.main(["-c", str(config), "recommission", hadoop_cluster[0]]) == 1
    assert "another conductor is at work" in capsys.readouterr().err
    assert cli.main(["-c", str(config), "recommission", "--steal-lock", hadoop_cluster[0]]) == 0


def test_a_worker_that_ends_without_a_drain_is_off_the_list(
    config: Path, hadoop_cluster: list[str], api: Clients
) -> None:
    worker = hadoop_cluster[0]
    assert cli.main(["-c", str(config), "terminate", "--drain", "--drain-deadline", "1", worker]) == 1
    (namenode,) = [each for each in instances.find(api.ec2, bucket=BUCKET) if each.role == "namenode"]

    def excluded() -> bool:
        body = api.s3.get_object(Bucket=BUCKET, Key=namenode.certname)["Body"].read()
        return b"hadoop::excluded" in body

    assert excluded()
    assert cli.main(["-c", str(config), "terminate", worker]) == 0
    assert not excluded()
