"""What a cluster's times come to: phases, nodes, path, the comparison with the floor, and how it is shown."""

from __future__ import annotations

import base64
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from bench.plots import write
from bench.timeline import figures, shown
from bench.timeline.awaited import named, path
from bench.timeline.cluster import Measured
from bench.timeline.floor import Recipe, generalized, script
from bench.timeline.node import Node, Run


def node(role: str, name: str, at: float, *, compiled: float, daemons: dict[str, float]) -> Node:
    """One whose phases begin ``at`` and each take some seconds; each daemon's package takes 2 s."""
    run = Run(compiled - 2, compiled, applied=compiled + 30)
    run.packages = {unit: (up - 1, up + 1) for unit, up in daemons.items()}
    return Node(role, name, at, at + 10, at + 11, at + 12, [run], daemons, dict(daemons), 223)


MASTER = Node(
    "puppetmaster", "m", 2, 12, 60, 61, [Run(85, 88, applied=95)], {}, {"apache2": 50, "puppetdb": 100}, 0
)


def measured() -> Measured:
    nodes = [
        MASTER,
        node("namenode", "n", 70, compiled=104, daemons={"hadoop-hdfs-namenode": 120}),
        node("jobtracker", "j", 70, compiled=105, daemons={"hadoop-yarn-resourcemanager": 130}),
        node("worker", "w1", 70, compiled=103, daemons={"hadoop-yarn-nodemanager": 126}),
        node("worker", "w2", 71, compiled=107, daemons={"hadoop-yarn-nodemanager": 128}),
    ]
    used = {each.name: {"Puppet's agent": 10.0} for each in nodes}
    registered = {"w1": 134.0, "w2": 135.0}
    return Measured(2, 0, 140, 145, 190, 40, nodes, used, used, registered)


def test_phases_follow_one_another_from_up_to_the_result() -> None:
    phases = figures.phases(measured())
    assert phases["CA ready, nodes launched"] == 70
    assert phases["all booted"] == 11
    assert phases["all have certificates"] == 2
    assert phases["all have a catalog"] == 24
    assert phases["all workers known"] == 4
    assert phases["job done"] == 45
    assert sum(phases.values()) == 190


def test_a_phase_that_was_over_before_the_one_before_it_took_nothing() -> None:
    phases = figures.phases(measured())
    assert phases["packages installed"] == 24
    assert phases["daemons started"] == 0


def test_a_node_s_durations_have_the_time_from_launch_to_certificate() -> None:
    durations = figures.of_node(measured().nodes[1])
    assert durations["launch to certificate"] == 12
    assert durations["request to certificate"] == 1
    assert durations["first catalog: request to answer"] == 2
    assert durations["packages"] == 2
    assert durations["launch to daemons"] == 50


def test_what_a_node_does_not_have_is_left_out_of_median_and_most() -> None:
    bare = Node("worker", "w3", 0, None, None, None, [], {}, {}, 0)
    over = figures.over_nodes([bare, measured().nodes[1]])
    assert over["boot"] == {"p50": 10, "max": 10}
    assert "boot" not in figures.over_nodes([bare])


def test_nodes_of_a_role_are_numbered_only_where_there_are_several() -> None:
    assert list(named(measured().nodes)) == ["puppetmaster", "namenode", "jobtracker", "worker 1", "worker 2"]


def test_the_path_goes_through_the_database_and_the_daemon_that_came_last() -> None:
    steps = path(measured())
    events = [step.event for step in steps]
    assert events[0] == "up"
    assert events[-1] == "job done"
    assert "PuppetDB answers" in events
    assert sum(step.seconds for step in steps) == 190


def document(kind: str = figures.UP, *, workers: int = 2, longer: float = 0) -> dict[str, Any]:
    found = figures.document(measured(), kind)
    return {**found, "workers": workers, "to workers known": found["to workers known"] + longer}


def test_up_and_floor_are_compared_by_pairs_of_the_same_round() -> None:
    runs = [document(), document(figures.FLOOR, longer=-35), document(longer=65), document(figures.FLOOR)]
    ratio = figures.compared(runs, 2)["to workers known"]["ratio"]
    assert (ratio["least"], ratio["most"], ratio["count"]) == (1.35, pytest.approx(200 / 135), 2)


def test_without_a_floor_nothing_is_compared() -> None:
    assert figures.compared([document()], 2) == {}
    assert figures.compared([document(), document(figures.FLOOR, workers=4)], 2) == {}


def test_processor_time_is_the_puppetmaster_s_and_that_of_all_others() -> None:
    used = document()["processor"]
    assert used == {"puppetmaster": {"Puppet's agent": 10.0}, "nodes": {"Puppet's agent": 40.0}}


def whole() -> dict[str, Any]:
    runs = [document(), document(figures.FLOOR, longer=-35), document(workers=8)]
    return {"runs": runs, "compared_workers": 2, "compared": figures.compared(runs, 2)}


def test_a_missed_goal_is_told_with_what_was_measured() -> None:
    against, result = shown.goals(whole())
    assert (against.measured, against.met) == ("1.35 times", False)
    assert (result.measured, result.met) == ("3.2 min", True)


def test_a_document_without_a_floor_is_shown_too() -> None:
    alone = {"runs": [document(workers=1)], "compared_workers": 1, "compared": {}}
    assert [goal.name for goal in shown.goals(alone)] == ["`up` to the job's result, 1 worker"]
    assert len(shown.tables(alone)) == 4


def test_tables_have_a_column_for_each_size_and_as_many_cells_as_heads() -> None:
    tables = shown.tables(whole())
    assert list(tables[1].head) == ["", "2", "8"]
    for table in tables:
        assert all(len(row) == len(table.head) for row in table.rows), table.title


def test_the_plot_stacks_every_phase_over_the_sizes(tmp_path: Path) -> None:
    [plot] = shown.plots(whole())
    assert list(plot.at) == ["2", "8"]
    assert sum(spread.median for spread, _ in plot.series.values() if spread) == 190
    assert "all booted" in write(plot, tmp_path).read_text()


def packed(files: dict[str, bytes]) -> str:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w:gz") as target:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            target.addfile(member, io.BytesIO(content))
    return base64.b64encode(output.getvalue()).decode()


def test_a_recipe_s_files_have_place_holders_for_hosts_names() -> None:
    payload = packed({"etc/hadoop/conf.puppet/core-site.xml": b"hdfs://ip-5.internal:8020 ip-7.internal"})
    made = generalized(payload, {"ip-5.internal": "@NAMENODE@", "ip-7.internal": "@SELF@"})
    with tarfile.open(fileobj=io.BytesIO(base64.b64decode(made))) as source:
        file = source.extractfile("etc/hadoop/conf.puppet/core-site.xml")
        assert file is not None
        assert file.read() == b"hdfs://@NAMENODE@:8020 @SELF@"
    assert made == generalized(payload, {"ip-5.internal": "@NAMENODE@", "ip-7.internal": "@SELF@"})


def test_the_floor_s_script_has_its_settings_after_the_first_line() -> None:
    recipe = Recipe(("openjdk-21-jre-headless", "hadoop-client", "hadoop-hdfs-datanode"), "cGF5bG9hZA==")
    lines = script("worker", recipe, "ip-5.internal", "").splitlines()
    assert lines[0] == "#!/bin/bash"
    assert "daemons=hadoop-hdfs-datanode" in lines
    assert "packages='openjdk-21-jre-headless hadoop-client hadoop-hdfs-datanode'" in lines
    assert "jobtracker=''" in lines
