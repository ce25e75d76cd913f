"""What the hosts' own logs become: times of one node, and what the end of a cluster waited for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench.timeline import probe
from bench.timeline.node import node, runs
from bench.timeline.path import Events, Step, critical
from bench.timeline.processor import REST, SYSTEM, grouped

CLOUD_INIT = """\
2026-11-30 20:16:21,092 - handlers.py[DEBUG]: start: modules-final/config-puppet: running config-puppet
2026-11-30 20:16:28,301 - handlers.py[DEBUG]: finish: modules-final/config-puppet: SUCCESS: took 7.209 seconds
2026-11-30 20:16:28,400 - handlers.py[DEBUG]: start: modules-final/config-scripts-user: running it
2026-11-30 20:16:28,401 - util.py[DEBUG]: start: nothing of ours
"""
DATANODE = (
    "2026-11-30 20:25:14,618 INFO org.apache.hadoop.hdfs.StateChange: BLOCK* registerDatanode: from "
    "DatanodeRegistration({}:9866, datanodeUuid=c57b7ac5, infoPort=9864)"
)
NODEMANAGER = (
    "2026-11-30 20:25:50,585 INFO org.apache.hadoop.yarn.server.resourcemanager.ResourceTrackerService: "
    "NodeManager from node ip-172-31-0-8.ec2.internal(cmPort: 37283 httpPort: 8042) registered with it"
)


def entry(at: float, message: object, identifier: str = "puppet-agent") -> str:
    return json.dumps(
        {"__REALTIME_TIMESTAMP": str(int(at * 1e6)), "SYSLOG_IDENTIFIER": identifier, "MESSAGE": message}
    )


def test_a_log_s_time_is_utc_with_its_milliseconds() -> None:
    assert probe.seconds("1970-01-01 00:01:00,250") == 60.25


def test_the_journal_gives_messages_first_starts_and_the_number_of_plugins() -> None:
    lines = [
        entry(1, "Started puppet.service - Puppet agent.", "systemd"),
        entry(2, "(/File[/var/cache/puppet/lib/facter/a.rb]/ensure) defined content as '{sha256}f4'"),
        entry(3, "Requesting catalog from master:8140 (172.31.0.4)"),
        entry(4, "Started puppet.service - Puppet agent.", "systemd"),
        entry(5, "Stopped puppet.service - Puppet agent.", "systemd"),
        entry(6, [80, 117]),  # journald's way with bytes that are no text
    ]
    said, started, plugins = probe.journal(lines)
    assert said == [(3.0, "Requesting catalog from master:8140 (172.31.0.4)")]
    assert started == {"puppet": 1.0}
    assert plugins == 1


def test_cloud_init_s_steps_have_start_and_end_unless_one_still_runs() -> None:
    steps = probe.cloud_init(CLOUD_INIT.splitlines())
    begin, end = steps["config-puppet"]
    assert round(end - begin, 3) == 7.209
    assert len(steps["config-scripts-user"]) == 1
    assert set(steps) == {"config-puppet", "config-scripts-user"}


def test_a_worker_s_first_registration_counts_by_its_address_or_name() -> None:
    hdfs, yarn = probe.REGISTRATIONS.values()
    lines = [DATANODE.format("172.31.0.8"), DATANODE.format("172.31.0.8").replace("20:25", "20:31")]
    assert probe.registrations(hdfs, lines) == {"172.31.0.8": probe.seconds("2026-11-30 20:25:14,618")}
    assert list(probe.registrations(yarn, [NODEMANAGER, "nonsense"])) == ["ip-172-31-0-8.ec2.internal"]


def test_the_floor_s_marks_are_names_and_seconds() -> None:
    assert probe.marks(["boot 12.5", "lists 20.25"]) == {"boot": 12.5, "lists": 20.25}


SAID: list[tuple[float, str]] = [
    (0, "Starting Puppet client version 8.10.0"),
    (10, "Requesting catalog from master:8140"),
    (11, "Catalog compiled by master"),
    (11.1, "Could not retrieve catalog from remote server: Error 500 on SERVER"),
    (70, "Requesting catalog from master:8140"),
    (73, "Catalog compiled by master"),
    (74, "(/Stage[apt]/Hadoop::Apt/File[/etc/apt/keyrings/hadoop.asc]/ensure) defined content as 'x'"),
    (90, "(/Stage[hadoop-base]/Hadoop::Base/Package[openjdk-21-jre-headless]/ensure) created"),
    (95, "(/Stage[main]/Hadoop::Worker/Hadoop::Service[d]/Package[hadoop-hdfs-datanode]/ensure) created"),
    (100, "Applied catalog in 26.50 seconds"),
]


def test_a_run_without_a_catalog_has_failed_and_the_next_one_is_the_first() -> None:
    failed, good = runs(SAID)
    assert (failed.asked, failed.failed, failed.applied) == (10, True, None)
    assert (good.asked, good.compiled, good.applied, good.failed) == (70, 73, 100, False)


def test_a_package_s_time_counts_from_the_message_before_it() -> None:
    assert runs(SAID)[1].packages == {
        "openjdk-21-jre-headless": (74, 90),
        "hadoop-hdfs-datanode": (90, 95),
    }


def found(**more: Any) -> dict[str, Any]:
    return {
        "said": SAID,
        "started": {"puppet": 5.0, "hadoop-hdfs-datanode": 94.0, "cron": 1.0},
        "plugins": 223,
        "cloud_init": {"config-scripts-user": [4.0, 5.5]},
        "requested": 8.0,
        "certified": 8.5,
        **more,
    }


def test_a_node_is_booted_when_its_agent_starts() -> None:
    worker = node("worker", "w", 1.0, found())
    assert (worker.booted, worker.daemons, worker.daemons_up) == (5.0, {"hadoop-hdfs-datanode": 94.0}, 94.0)
    assert worker.first == runs(SAID)[1]
    assert worker.failed_runs == 1


def test_an_infrastructure_host_is_booted_when_its_bootstrap_begins() -> None:
    started = {"apache2": 40.0, "puppetdb": 50.0, "puppet": 60.0}
    assert node("puppetmaster", "m", 1.0, found(started=started)).booted == 4.0


def test_a_host_that_never_got_so_far_has_no_such_times() -> None:
    bare = node("worker", "w", 1.0, found(said=[], started={}, cloud_init={}, requested=None, certified=None))
    assert (bare.booted, bare.certified, bare.first, bare.daemons_up, bare.packages) == (
        None,
        None,
        None,
        None,
        {},
    )


def test_the_path_goes_back_by_the_latest_of_what_each_event_needed() -> None:
    events = Events()
    events.add("up", 0)
    events.add("database", 30, "up")
    events.add("boot", 10, "up")
    events.add("catalog", 32, "boot", "database")
    events.add("end", 40, "catalog", "boot")
    assert critical(events, "end") == [
        Step("up", 0),
        Step("database", 30),
        Step("catalog", 2),
        Step("end", 8),
    ]


def test_what_came_later_was_no_need_and_what_did_not_happen_is_left_out() -> None:
    events = Events()
    events.add("up", 0)
    events.add("late", 50, "up")
    events.add("never", None, "up")
    events.add("end", 40, "late", "never", "up", "unheard of")
    assert [step.event for step in critical(events, "end")] == ["up", "end"]


def test_two_events_at_the_same_time_that_need_each_other_do_not_go_round() -> None:
    events = Events()
    events.add("left", 5, "right")
    events.add("right", 5, "left")
    assert [step.event for step in critical(events, "left")] == ["right", "left"]


def test_what_no_service_has_used_is_the_first_boot_s() -> None:
    used = grouped(100, [("puppetdb.service", 40), ("hadoop-hdfs-namenode.service", 20), ("ssh.service", 1)])
    assert used == {"PuppetDB": 40, "Hadoop's daemons": 20, SYSTEM: 1, REST: pytest.approx(39)}


def test_the_agent_and_its_timer_count_together() -> None:
    services = [
        ("puppet.service", 30.0),
        ("puppet-agent-assembly.service", 5.0),
        ("puppet-metadata.service", 1.0),
    ]
    assert grouped(36, services)["Puppet's agent"] == 35
