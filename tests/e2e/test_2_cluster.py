"""From nothing to a MapReduce result, and a cluster that is at rest afterwards."""

import json
import subprocess

import pytest

from lab import access, wordcount
from lab.cluster import WORKERS, Cluster
from tests.e2e.support import AGENT

ROLES = ["puppetmaster", "namenode", "jobtracker", "worker"]

# Asks PuppetDB with the host's own certificate, as node_status does.
REPORTS = """
import json, subprocess, requests
setting = lambda name: subprocess.check_output(["puppet", "config", "print", name], text=True).strip()
answer = requests.get(
    f"https://{subprocess.check_output(['hostname', '-f'], text=True).strip()}:8081/pdb/query/v4/reports",
    params={"query": '["extract", ["certname", "status", "start_time"]]'},
    cert=(setting("hostcert"), setting("hostprivkey")), verify=setting("localcacert"), timeout=30)
answer.raise_for_status()
print(answer.text)
"""


def test_hadoop_counts_every_word_as_often_as_an_independent_count(cluster: Cluster) -> None:
    result = wordcount.run_on(cluster)
    assert result.corpus_bytes >= 5_000_000
    assert len(result.top) == 10


def test_boto3_sees_the_nodes_as_ec2_would_show_them(cluster: Cluster) -> None:
    program = (
        "import boto3, json; print(json.dumps([[i['State']['Name'], i['PrivateDnsName'], i['ImageId']] "
        "for r in boto3.client('ec2').describe_instances()['Reservations'] for i in r['Instances']]))"
    )
    argv = access.inside(cluster.state, ["python3", "-c", program])
    output = subprocess.check_output(argv, env=access.environment(cluster.state), text=True)
    running = [found for found in json.loads(output) if found[0] == "running"]
    assert len(running) == 3 + WORKERS
    assert all(name.startswith("ip-172-31-") and name.endswith(".ec2.internal") for _, name, _ in running)


def test_no_run_of_any_node_had_a_failed_resource(cluster: Cluster) -> None:
    reports = json.loads(cluster.shell("puppetmaster", f"python3 - <<'END'\n{REPORTS}\nEND"))
    assert {report["certname"] for report in reports} == {node["certname"] for node in cluster.nodes()}
    assert [report for report in reports if report["status"] == "failed"] == []


def test_the_puppetmasters_agent_does_not_restart_apache_while_nodes_join(cluster: Cluster) -> None:
    bootstrapped = cluster.shell("puppetmaster", "stat --format %Y /run/cloud-init/result.json")
    show = "systemctl show --timestamp=unix --value --property ActiveEnterTimestamp apache2"
    started = cluster.shell("puppetmaster", show).strip().removeprefix("@")
    assert int(started) <= int(bootstrapped)


@pytest.mark.parametrize("role", ROLES)
def test_a_further_agent_run_changes_nothing(cluster: Cluster, role: str) -> None:
    assert cluster.shell(role, AGENT, deadline=300)


def test_a_worker_added_later_joins_without_a_restart_of_the_others(cluster: Cluster) -> None:
    started = cluster.shell("namenode", "systemctl show --property ActiveEnterTimestamp hadoop-hdfs-namenode")
    cluster.launch(["worker"])
    cluster.await_hadoop(WORKERS + 1)
    assert started == cluster.shell(
        "namenode", "systemctl show --property ActiveEnterTimestamp hadoop-hdfs-namenode"
    )
