"""What `up` makes of a cluster and what is wanted of it; no cloud is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from conductor import settings
from conductor.errors import ConfigError
from conductor.fleet import wanted, wanting
from conductor.fleet.survey import Survey, remarks, survey, told
from conductor.instances import Instance
from conductor.inventory import Node, Status
from conductor.record import Batch, Enrolment, Record, UserData
from conductor.settings import Settings

WANTED = {"puppetmaster": 1, "worker": 3}


def record(role: str, draining: str | None = None) -> Record:
    enrolment = Enrolment(
        batch="b", secret_sha256="0", expires="2026-11-24T07:00:00Z", role=role, launched_by="a"
    )
    return Record(classes={f"of::{role}": {}}, enrolment=enrolment, draining=draining)


def node(
    role: str, certname: str, *, runs: bool = True, has_record: bool = True, draining: str | None = None
) -> Node:
    instance = Instance(
        id=f"i-{certname}",
        state="running",
        role=role,
        batch="b",
        certname=certname,
        private_name=f"{certname}.internal",
        private_ip="10.0.0.1",
        launched=datetime(2026, 11, 24, 6, 0, tzinfo=UTC),
        reason="",
    )
    written = record(role, draining) if has_record else None
    return Node(certname, instance if runs else None, written.body() if written else None, written, Status())


def batch(role: str, count: int, name: str = "x", created: str = "2026-11-24T06:00:00Z") -> Batch:
    return Batch(
        batch=name,
        role=role,
        count=count,
        created=created,
        record=record(role),
        request={},
        user_data=UserData(ssh_public_key="ssh-ed25519 A"),
    )


def of(*nodes: Node, begun: tuple[Batch, ...] = ()) -> Survey:
    return survey(WANTED, nodes, begun)


def test_of_nothing_everything_is_missing() -> None:
    assert of().missing == WANTED


def test_what_is_there_is_not_started_again() -> None:
    found = of(node("puppetmaster", "p"), node("worker", "w1"), node("worker", "w2"))
    assert found.missing == {"worker": 1}
    assert found.surplus == {}
    assert remarks(found) == []


def test_more_than_wanted_is_told_and_nothing_else() -> None:
    found = of(node("puppetmaster", "p"), *(node("worker", f"w{number}") for number in range(4)))
    assert found.missing == {}
    assert found.surplus == {"worker": 1}
    assert "1 x worker more than the 3 wanted" in remarks(found)[0]


def test_a_role_that_is_not_wanted_at_all_is_surplus_too() -> None:
    assert of(node("client", "c")).surplus == {"client": 1}


def test_an_instance_without_a_record_does_not_count_and_is_told_with_the_command_that_ends_it() -> None:
    found = of(node("worker", "w1", has_record=False))
    assert found.missing["worker"] == 3
    assert "start_instance.py terminate i-w1" in remarks(found)[0]


def test_a_record_that_cannot_be_read_belongs_to_a_node_that_lives() -> None:
    whole = node("worker", "w1")
    broken = Node(whole.certname, whole.instance, b"classes: [", None, Status())
    assert of(broken).missing["worker"] == 2


def test_a_record_without_an_instance_does_not_count_and_its_revocation_is_advised() -> None:
    found = of(node("worker", "w1", runs=False))
    assert found.missing["worker"] == 3
    assert "start_instance.py terminate w1" in remarks(found)[0]


def test_a_worker_that_is_being_drained_does_not_count() -> None:
    found = of(node("worker", "w1", draining="2026-11-24T06:00:00Z"))
    assert found.missing["worker"] == 3
    assert "is being drained" in remarks(found)[0]


def test_what_was_begun_counts_whole_whatever_of_it_runs() -> None:
    begun = batch("worker", 2)
    found = of(node("worker", "x-0"), node("worker", "x-1", runs=False), begun=(begun,))
    assert list(found.begun) == [begun]
    assert found.missing == {"puppetmaster": 1, "worker": 1}
    assert remarks(found) == []


def test_a_begun_launch_that_would_be_too_many_is_taken_back() -> None:
    begun = batch("worker", 2)
    found = of(node("worker", "w1"), node("worker", "w2"), begun=(begun,))
    assert list(found.void) == [begun]
    assert found.missing["worker"] == 1


def test_a_begun_launch_of_which_something_runs_is_gone_on_with_though_it_is_too_many() -> None:
    begun = batch("worker", 2)
    found = of(*(node("worker", f"w{number}") for number in range(3)), node("worker", "x-0"), begun=(begun,))
    assert list(found.begun) == [begun]
    assert found.surplus == {"worker": 2}


def test_of_begun_launches_those_that_run_come_first_then_the_older_ones() -> None:
    runs, old, new = (
        batch("worker", 2, "c", "2026-11-24T06:02:00Z"),
        batch("worker", 1, "b", "2026-11-24T06:00:00Z"),
        batch("worker", 1, "a", "2026-11-24T06:01:00Z"),
    )
    found = of(node("worker", "c-0"), begun=(new, old, runs))
    assert list(found.begun) == [runs, old]
    assert list(found.void) == [new]


def test_counts_are_told_in_words() -> None:
    assert told({"puppetmaster": 1, "client": 0, "worker": 4}) == "1 x puppetmaster, 4 x worker"
    assert told({}) == "nothing"


def configured(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "start_instance.yaml"
    path.write_text(f"s3_bucket_name: our-cluster\nami_id: ami-0123456789abcdef0\n{text}")
    return settings.load(path)


@pytest.mark.parametrize(
    ("text", "workers"),
    [("", 3), ("roles: {worker: {count: 5}}", 5), ("roles: {worker: {instance_type: t3.large}}", 3)],
)
def test_a_configuration_without_a_cluster_means_the_smallest_whole_one(
    tmp_path: Path, text: str, workers: int
) -> None:
    found = wanted(configured(tmp_path, text))
    assert found == {"puppetmaster": 1, "namenode": 1, "jobtracker": 1, "worker": workers}


def test_the_cluster_is_what_the_configuration_says_and_no_more(tmp_path: Path) -> None:
    found = configured(tmp_path, "cluster: {ca-database: 1, master: 2, worker: 500, client: 0}")
    assert wanted(found) == {"ca-database": 1, "master": 2, "worker": 500}


def test_stages_are_ca_then_database_then_masters_then_all_others_at_once(tmp_path: Path) -> None:
    found = configured(
        tmp_path, "cluster: {worker: 2, master: 2, namenode: 1, database: 1, jobtracker: 1, ca: 1}"
    )
    stages = [sorted(each.role for each in stage) for stage in wanting.stages(wanting.plans(found))]
    assert stages == [["ca"], ["database"], ["master"], ["jobtracker", "namenode", "worker"]]


def test_all_mistakes_of_a_cluster_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    found = configured(tmp_path, "cluster:\n  puppetmaster: 1\n  wroker: 3\n  ca: 2\n  database: 1\n")
    with pytest.raises(ConfigError) as caught:
        wanting.plans(found)
    problems = [each.removeprefix(f"{tmp_path}/start_instance.yaml:") for each in caught.value.problems]
    assert problems == [
        "5: cluster.wroker: unknown role: wroker",
        "6: cluster.ca: 2 hosts with puppet::ca asked for; a cluster has one CA",
        "7: cluster.database: puppetmaster and database each have puppet::database; "
        "a cluster has one database",
    ]
    assert "did you mean worker?" in caught.value.advice


@pytest.mark.parametrize("count", ["-1", "1001", "many"])
def test_a_count_that_is_none_is_told_with_its_line(tmp_path: Path, count: str) -> None:
    with pytest.raises(ConfigError, match=r"start_instance.yaml:3: cluster.worker: "):
        configured(tmp_path, f"cluster: {{worker: {count}}}")
