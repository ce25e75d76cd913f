"""What a namenode's and a jobtracker's words mean for a worker that is drained."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from conductor.draining.reports import Said, Verdict, hdfs, yarn

NAME = "ip-10-0-0-7.ec2.internal"
MARK = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
LATER = "2026-11-24T06:01:00Z"


def datanode(state: str, left: int = 0, only: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "namenode": {NAME: {"state": state, "blocks_left": left, "only_replicas": only}},
        "live_datanodes": 4,
        "replication": 3,
        "at": LATER,
        **more,
    }


def nodemanager(state: str, containers: int = 0, **more: Any) -> dict[str, Any]:
    return {"jobtracker": {NAME: {"state": state, "containers": containers}}, "at": LATER, **more}


def of_hdfs(raw: Any, *, joined: bool = True) -> Verdict:
    return hdfs(NAME, MARK, [Said.parse(raw)], joined=joined)


def of_yarn(raw: Any) -> Verdict:
    return yarn(NAME, MARK, [Said.parse(raw)])


def test_a_decommissioned_datanode_is_done() -> None:
    assert of_hdfs(datanode("decommissioned")).done


@pytest.mark.parametrize("state", ["live", "decommissioning", "dead"])
def test_a_datanode_in_another_state_is_not_done(state: str) -> None:
    assert not of_hdfs(datanode(state)).done


def test_one_that_was_dead_before_is_not_done_while_blocks_are_missing() -> None:
    raw = datanode("decommissioned", missing_blocks=2)
    raw["namenode"][NAME]["alive"] = False
    assert of_hdfs(raw).text == "its DataNode is dead, and HDFS misses 2 blocks"
    assert of_hdfs(raw | {"missing_blocks": 0}).done
    raw["namenode"][NAME]["alive"] = True
    assert of_hdfs(raw).done


def test_what_is_left_is_told() -> None:
    verdict = of_hdfs(datanode("decommissioning", 12, 3))
    assert verdict.text == "HDFS decommissioning, 12 blocks left (3 nowhere else)"
    assert verdict.blocks_left == 12
    assert of_yarn(nodemanager("DECOMMISSIONING", 2)).text == "YARN decommissioning, containers: 2"


def test_one_that_the_namenode_does_not_know_is_done_only_if_it_never_joined() -> None:
    assert not of_hdfs(datanode("unknown")).done
    assert of_hdfs(datanode("unknown"), joined=False).done


@pytest.mark.parametrize("state", ["DECOMMISSIONED", "SHUTDOWN", "LOST", "unknown"])
def test_a_nodemanager_that_runs_nothing_any_more_is_done(state: str) -> None:
    assert of_yarn(nodemanager(state)).done


@pytest.mark.parametrize("state", ["RUNNING", "DECOMMISSIONING", "UNHEALTHY", "NEW", "REBOOTED"])
def test_a_nodemanager_in_another_state_is_not_done(state: str) -> None:
    assert not of_yarn(nodemanager(state)).done


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"at": "2026-11-24T06:00:00Z"}, "said nothing since 2026-11-24T06:00:00Z"),
        ({"at": "2026-11-24T05:00:00Z"}, "said nothing since 2026-11-24T05:00:00Z"),
        ({"at": None}, "cannot be read (at: "),
        ({"at": "2026-11-24T06:01:00"}, "cannot be read (at: "),
        ({"at": "soon"}, "cannot be read"),
        ({"namenode": None, "error": "timed out"}, "does not answer its agent: timed out"),
        ({"namenode": {}}, "has not excluded it yet"),
        ({"namenode": {NAME: {"state": "gone"}}}, "cannot be read (namenode."),
        ({"namenode": [NAME]}, "cannot be read"),
    ],
)
def test_what_is_missing_old_or_unreadable_is_no_word(change: dict[str, Any], told: str) -> None:
    verdict = of_hdfs(datanode("decommissioned", **change))
    assert not verdict.done
    assert told in verdict.text


@pytest.mark.parametrize(
    "change", [{"at": "2026-11-24T06:00:00Z"}, {"jobtracker": None}, {"jobtracker": {}}, {"at": 7}]
)
def test_the_same_goes_for_the_jobtracker(change: dict[str, Any]) -> None:
    assert not of_yarn(nodemanager("DECOMMISSIONED", **change)).done


@pytest.mark.parametrize("raw", [None, "decommissioned", [], 7, {}])
def test_a_status_without_a_drain_is_no_word(raw: Any) -> None:
    assert not of_hdfs(raw).done
    assert not of_yarn(raw).done


def test_no_namenode_is_no_word_but_a_cluster_without_a_jobtracker_runs_no_containers() -> None:
    assert not hdfs(NAME, MARK, [], joined=True).done
    assert yarn(NAME, MARK, []).done


def test_of_several_heads_all_must_say_so() -> None:
    both = [Said.parse(nodemanager("DECOMMISSIONED")), Said.parse(nodemanager("RUNNING"))]
    assert not yarn(NAME, MARK, both).done


def test_too_few_datanodes_are_left_where_the_copies_do_not_fit() -> None:
    assert of_hdfs(datanode("decommissioning", 5, live_datanodes=3)).too_few is not None
    assert of_hdfs(datanode("decommissioning", 5, live_datanodes=4)).too_few is None
    assert of_hdfs(datanode("decommissioning", 5, live_datanodes=None)).too_few is None


def test_those_that_are_dead_do_not_count_as_leaving() -> None:
    raw = datanode("decommissioning", 5)
    raw["namenode"]["ip-10-0-0-8.ec2.internal"] = {"state": "dead"}
    raw["namenode"]["ip-10-0-0-9.ec2.internal"] = {"state": "decommissioned"}
    verdict = of_hdfs(raw)
    assert verdict.too_few is not None
    assert verdict.too_few.left() == 2
