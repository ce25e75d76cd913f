"""The ResourceManager runs jobs on every worker, and the JobHistory server remembers them."""

import re

import pytest

from tests.hosts.hadoop_host import assert_complete, assert_daemon, get_json, names_of

EXAMPLES = "/usr/lib/hadoop-mapreduce/hadoop-mapreduce-examples.jar"


def test_the_daemons_run_and_listen(host):
    assert_daemon(host, "hadoop-yarn-resourcemanager", "yarn")
    assert_daemon(host, "hadoop-mapreduce-historyserver", "mapred")
    for port in (8032, 8088, 10020, 19888):
        assert host.socket(f"tcp://0.0.0.0:{port}").is_listening


def test_every_worker_is_a_running_node(host, pytestconfig: pytest.Config):
    rows = [line.split() for line in host.check_output("yarn node -list -all").splitlines()]
    # NAME:PORT STATE ...; the lines before are headings.
    states = [row[1] for row in rows if row and re.fullmatch(r"[\w.-]+:\d+", row[0])]
    assert states == ["RUNNING"] * len(names_of(pytestconfig, "worker"))


def test_the_resource_manager_has_memory_and_vcores_to_give(host):
    metrics = get_json(host, 8088, "/ws/v1/cluster/metrics")["clusterMetrics"]
    assert metrics["totalMB"] > 0
    assert metrics["totalVirtualCores"] > 0
    assert metrics["unhealthyNodes"] == 0


def test_a_job_succeeds_and_is_remembered(host):
    output = host.run_expect([0], "yarn jar %s pi 2 10", EXAMPLES)
    assert "Estimated value of Pi is 3.8" in output.stdout
    jobs = get_json(host, 19888, "/ws/v1/history/mapreduce/jobs")["jobs"]["job"]
    if isinstance(jobs, dict):  # as the JobHistory server writes a list of one
        jobs = [jobs]
    assert "SUCCEEDED" in {job["state"] for job in jobs if job["name"] == "QuasiMonteCarlo"}


def test_the_node_waits_for_nothing(host):
    assert_complete(host)


def test_it_finds_itself_healthy(host):
    host.run_expect([0], "hadoop_health jobtracker")
