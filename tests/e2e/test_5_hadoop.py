"""Hadoop at work: the standard jobs; it grows, shrinks, and survives its daemons and its nodes."""

import json
from collections.abc import Iterator

import pytest

from lab import access
from lab.cluster import Cluster
from lab.errors import LabError
from lab.run import wait_for
from lab.wordcount import EXAMPLES
from tests.e2e.hadoop import (
    TESTS,
    UNITS,
    agent_log,
    assert_at_rest,
    await_health,
    fsck,
    job_running,
    nap,
    nodes,
    run_job,
    started,
)
from tests.e2e.support import AGENT, await_boot, ec2

ROWS = 5_000_000  # of 100 bytes: 500 MB
HEALTH = {
    "namenode": ["namenode"],
    "jobtracker": ["jobtracker", "secondarynamenode"],
    "worker": ["worker"],
}

EXCLUDED = [
    ("namenode", "cat /etc/hadoop/conf/dfs.exclude"),
    ("jobtracker", "cat /etc/hadoop/conf/yarn.exclude"),
]

DEACTIVATE = """
import subprocess, sys
sys.path.insert(0, "/usr/local/lib/puppet-enrolment")
from enrolment.puppetdb import PuppetDB
setting = lambda name: subprocess.check_output(["puppet", "config", "print", name], text=True).strip()
host = subprocess.check_output(["hostname", "-f"], text=True).strip()
database = PuppetDB(f"https://{host}:8081", cert=setting("hostcert"), key=setting("hostprivkey"),
                    cacert=setting("localcacert"))
for name in sys.argv[1:]:
    database.deactivate(name)
"""


@pytest.fixture(autouse=True)
def at_rest(cluster: Cluster) -> Iterator[None]:
    """At the end of every test here: one more agent run changes nothing, and no block is missing."""
    yield
    assert_at_rest(cluster)
    fsck(cluster)


def test_the_standard_jobs_succeed_and_the_history_lists_them(cluster: Cluster) -> None:
    cluster.shell("jobtracker", "hdfs dfs -rm -r -f -skipTrash tera")
    run_job(cluster, f"{EXAMPLES} teragen -D mapreduce.job.maps=6 {ROWS} tera/in")
    # By itself it writes single copies, its own history among them, which the loss of a worker would take.
    copies = "-D mapreduce.terasort.output.replication=2"
    run_job(cluster, f"{EXAMPLES} terasort {copies} -D mapreduce.job.reduces=3 tera/in tera/out")
    run_job(cluster, f"{EXAMPLES} teravalidate tera/out tera/report")
    assert "checksum" in cluster.shell("jobtracker", "hdfs dfs -cat 'tera/report/part-*'")
    assert "3.14" in run_job(cluster, f"{EXAMPLES} pi 4 1000")
    for mode in ("write", "read"):
        output = run_job(
            cluster, f"{TESTS} TestDFSIO -{mode} -nrFiles 3 -fileSize 20MB -resFile /var/tmp/{mode}.log"
        )
        assert "Number of files: 3" in output
    run_job(cluster, f"{TESTS} TestDFSIO -clean")
    cluster.shell("jobtracker", "hdfs dfs -rm -r -f -skipTrash tera")

    jobs = cluster.ask("jobtracker", 19888, "/ws/v1/history/mapreduce/jobs")["jobs"]["job"]
    names = {job["name"] for job in jobs if job["state"] == "SUCCEEDED"}
    assert {"TeraGen", "TeraSort", "TeraValidate", "QuasiMonteCarlo"} <= names
    application = jobs[-1]["id"].replace("job_", "application_")
    logs = f"yarn logs -applicationId {application} 2>&1 || true"
    wait_for(  # the NodeManagers gather them after the job's end
        lambda: "MRAppMaster" in cluster.shell("jobtracker", logs, deadline=300),
        deadline=120,
        every=2,
        what=f"no logs of {application}",
    )


def test_two_workers_join_while_a_job_runs_without_a_restart_of_the_others(cluster: Cluster) -> None:
    before = len(nodes(cluster, "worker"))
    masters = [(role, unit) for role in ("namenode", "jobtracker") for unit in UNITS[role]]
    began = {unit: started(cluster, role, unit) for role, unit in masters}
    with job_running(cluster, nap(maps=30)):
        cluster.launch(["worker", "--count", "2"])
        cluster.await_hadoop(before + 2)
    assert began == {unit: started(cluster, role, unit) for role, unit in masters}


def test_a_worker_is_drained_under_a_job_and_no_block_is_lost(cluster: Cluster) -> None:
    fsck(cluster)
    cluster.shell("jobtracker", "hdfs dfs -put -f /usr/lib/hadoop/lib/*.jar /tmp/", deadline=300)
    *_, leaving = nodes(cluster, "worker")
    before = len(nodes(cluster, "worker"))
    with job_running(cluster, nap(maps=20)):
        cluster.conduct("terminate", "--drain", leaving["instance_id"])
    assert leaving["instance_id"] not in [node["instance_id"] for node in nodes(cluster, "worker")]
    assert "Missing blocks:\t\t0" in fsck(cluster)
    cluster.await_hadoop(before - 1)
    wait_for(
        lambda: leaving["private_name"] not in "".join(cluster.shell(*where) for where in EXCLUDED),
        deadline=240,
        every=5,
        what="the exclude files still name the terminated worker",
    )


def test_a_worker_that_is_terminated_at_once_is_survived_and_its_blocks_are_copied_again(
    cluster: Cluster,
) -> None:
    *_, leaving = nodes(cluster, "worker")
    before = len(nodes(cluster, "worker"))
    with job_running(cluster, nap(maps=12)):
        cluster.conduct("terminate", leaving["instance_id"])
    assert len(nodes(cluster, "worker")) == before - 1
    state = "/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState"
    wait_for(
        lambda: (
            cluster.live_datanodes() == before - 1
            and cluster.ask("namenode", 9870, state)["beans"][0]["UnderReplicatedBlocks"] == 0
        ),
        deadline=240,
        every=2,
        what="the lost copies are not made again",
    )
    assert "Missing blocks:\t\t0" in fsck(cluster)


def test_each_daemon_that_is_killed_comes_back_and_the_job_goes_on(cluster: Cluster) -> None:
    with job_running(cluster, nap(maps=12)):
        for role, unit in [(role, unit) for role, units in UNITS.items() for unit in units]:
            before = started(cluster, role, unit)
            cluster.shell(role, f"systemctl kill --kill-whom=main --signal=KILL {unit}")
            wait_for(
                lambda role=role, unit=unit, before=before: started(cluster, role, unit) not in ("", before),  # type: ignore[misc]
                deadline=60,
                what=f"{unit} on {role} does not come back",
            )
            await_health(cluster, role, *HEALTH[role])


def test_all_daemons_killed_at_once_come_back(cluster: Cluster) -> None:
    for node in nodes(cluster):
        for unit in UNITS.get(node["role"], []):
            cluster.shell(node["instance_id"], f"systemctl kill --kill-whom=main --signal=KILL {unit}")
    for node in nodes(cluster):
        if node["role"] in HEALTH:
            await_health(cluster, node["instance_id"], *HEALTH[node["role"]])


def test_the_namenode_reboots_and_keeps_every_file(cluster: Cluster) -> None:
    version = "cat /var/lib/hadoop-hdfs/name/current/VERSION | grep clusterID"
    identity = cluster.shell("namenode", version)
    cluster.shell("jobtracker", "echo kept | hdfs dfs -put -f - /tmp/kept")
    found = access.find(cluster.state, "namenode")
    ec2(cluster.state, "reboot_instances", InstanceIds=[found["id"]])
    wait_for(
        lambda: access.find(cluster.state, "namenode")["leader"] not in (None, found["leader"]),
        deadline=120,
        what="the namenode's instance does not boot again",
    )
    await_boot(cluster.state, found["id"])
    await_health(cluster, "namenode", "namenode", deadline=240)
    assert cluster.shell("jobtracker", "hdfs dfs -cat /tmp/kept").strip() == "kept"
    assert cluster.shell("namenode", version) == identity
    for node in nodes(cluster, "worker"):
        await_health(cluster, node["instance_id"], "worker")


def test_a_second_namenode_is_refused_and_both_are_named(cluster: Cluster) -> None:
    [first] = nodes(cluster, "namenode")
    try:
        with pytest.raises(LabError, match="failed with exit code 1"):
            cluster.launch(["namenode"])
        [second] = [
            node for node in nodes(cluster, "namenode") if node["instance_id"] != first["instance_id"]
        ]
        said = agent_log(cluster, second["instance_id"])
        assert f"has a namenode already: {first['private_name']}" in said
        assert f"({second['private_name']}) cannot be another one" in said
    finally:
        for node in nodes(cluster, "namenode"):
            if node["instance_id"] != first["instance_id"]:
                cluster.conduct("terminate", node["instance_id"])


def test_an_emptied_database_takes_nothing_away(cluster: Cluster) -> None:
    names = [node["certname"] for node in nodes(cluster)]
    cluster.shell("puppetmaster", f"python3 - {' '.join(names)} <<'END'\n{DEACTIVATE}\nEND")
    for role in ("worker", "jobtracker"):
        before = {unit: started(cluster, role, unit) for unit in UNITS[role]}
        cluster.shell(role, AGENT, deadline=600)  # exit code 0: nothing changed
        assert before == {unit: started(cluster, role, unit) for unit in UNITS[role]}
    cluster.shell("namenode", AGENT, deadline=600)
    wait_for(
        lambda: all(node["health"] == "ok" for node in nodes(cluster) if node["role"] in HEALTH),
        deadline=120,
        every=5,
        what=f"not all nodes are well again: {json.dumps(nodes(cluster))}",
    )
