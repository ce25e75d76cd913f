"""The host with the CA and the database is lost, and both are restored onto another from backups."""

import base64
import json
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab import access, lifecycle
from lab.cluster import Cluster
from lab.errors import CommandFailed, LabError
from lab.run import wait_for
from lab.state import State
from tests.e2e.conftest import KEEP
from tests.e2e.support import AGENT, check_hosts, ec2, shell
from tests.e2e.trust import REFUSAL_DEADLINE, Newcomer, answer, assert_terminated_is_refused, own

CA = "ca-database"
HOST_DEADLINE = 300  # seconds until a new host waits for its CA
SETUP_DEADLINE = 600  # seconds from the restore until it is set up
TOLD_DEADLINE = 60  # seconds until the bucket knows of a new certificate
NO_CHANGE, CHANGED = 0, 2
BACKUPS = {"ca.tar": "puppet_ca backup", "puppetdb.dump": "puppet_database backup"}

# All that the CA has told the bucket.
TOLD = """
import boto3
s3 = boto3.client("s3")
for entry in s3.list_objects_v2(Bucket="hadoop-lab", Prefix="ca/issued/").get("Contents", []):
    print(s3.get_object(Bucket="hadoop-lab", Key=entry["Key"])["Body"].read().decode())
"""

# PuppetDB's answer, asked on its own host.
QUERY = """
import sys, requests
url, *pair = sys.argv[1:]
answer = requests.get(url, cert=tuple(pair), verify="/var/lib/puppet/ssl/certs/ca.pem", timeout=30)
answer.raise_for_status()
print(answer.text)
"""


@dataclass(frozen=True)
class Story:
    """What was there before the loss, and is to be known after it."""

    cluster: Cluster
    lost: str  # the lost host's certname
    issuer: str  # the CA's certificate
    crl_number: int  # of the list that the master had in force when the host was lost
    kept: Newcomer  # enrolled before the backup
    later: Newcomer  # enrolled after it
    revoked: Newcomer  # enrolled before the backup, terminated after it


def newcomer(cluster: Cluster) -> Newcomer:
    found = Newcomer(cluster, str(uuid.uuid4()))
    found.enrol()
    return found


def pair(who: Newcomer) -> tuple[str, str]:
    return who.certificate, who.key


def master(cluster: Cluster) -> str:
    return str(access.find(cluster.state, "master")["name"])


def asked(cluster: Cluster, who: Newcomer) -> str:
    return answer(cluster, master(cluster), who.certname, pair(who))


def health(cluster: Cluster) -> Any:
    return cluster.ask("master", 8142, "/health")


def run_agent(cluster: Cluster, node: str) -> tuple[int, str]:
    """Exit code and output of one run of a node's agent."""
    text, _, code = cluster.shell(node, f"{AGENT}; echo exit=$?", deadline=400).rpartition("exit=")
    return int(code), text


def follow(cluster: Cluster, node: str, ca_server: str) -> None:
    """Run a node's agent until it has the CA's new name: masters know a record for 30 s."""

    def has_followed() -> bool:
        code, output = run_agent(cluster, node)
        assert code in (NO_CHANGE, CHANGED), output
        asked = "puppet config print --section agent ca_server"
        return cluster.shell(node, asked).strip() == ca_server

    wait_for(has_followed, deadline=180, every=10, what=f"{node} does not follow the CA")


def bucket_knows(cluster: Cluster, certname: str) -> bool:
    argv = access.inside(cluster.state, ["python3", "-c", TOLD])
    environment = access.environment(cluster.state)
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return f"/CN={certname}\n" in done.stdout


def await_told(cluster: Cluster, certname: str) -> None:
    wait_for(
        lambda: bucket_knows(cluster, certname),
        deadline=TOLD_DEADLINE,
        every=2,
        what=f"the bucket was not told of {certname}",
    )


def fetch(cluster: Cluster, folder: Path) -> None:
    """Back up, and bring the backups away from the host, as an operator's cron does."""
    for name, command in BACKUPS.items():
        cluster.shell(CA, f"{command} /root/{name}", deadline=300)
        content = cluster.shell(CA, f"stat -c %a /root/{name}; base64 -w0 /root/{name}", deadline=300)
        mode, _, text = content.partition("\n")
        assert mode == "600"
        (folder / name).write_bytes(base64.b64decode(text))


def bring(cluster: Cluster, path: Path) -> None:
    text = base64.b64encode(path.read_bytes()).decode()
    step = 60_000  # what fits into one argument
    cluster.shell(CA, f"umask 077; : > /root/{path.name}.b64")
    for begin in range(0, len(text), step):
        cluster.shell(CA, f"echo -n {text[begin : begin + step]} >> /root/{path.name}.b64")
    cluster.shell(CA, f"umask 077; base64 -d /root/{path.name}.b64 > /root/{path.name}")


def configuration(state: State, folder: Path, data: dict[str, Any], *, role: str | None = None) -> str:
    """The lab's start_instance.yaml with more data, for all nodes or one role."""
    settings = yaml.safe_load((state.run / "start_instance.yaml").read_text())
    place = settings if role is None else settings.setdefault("roles", {}).setdefault(role, {})
    for key in ("node", "parameters", "data"):
        place = place.setdefault(key, {})
    place.update(data)
    path = folder / f"start_instance-{role or 'all'}.yaml"
    path.write_text(yaml.safe_dump(settings))
    return str(path)


def lose_the_host(cluster: Cluster) -> None:
    """Lost hardware: nobody is told, nothing is revoked."""
    lost = access.find(cluster.state, CA)
    ec2(cluster.state, "terminate_instances", InstanceIds=[lost["id"]])

    def gone() -> bool:
        with suppress(LabError):
            return bool(access.find(cluster.state, lost["id"])["state"] == "terminated")
        return True

    wait_for(gone, deadline=120, every=1, what=f"{lost['id']} does not end")


def await_a_host_without_a_ca(cluster: Cluster) -> None:
    def waits() -> bool:
        try:
            shell(cluster.state, CA, "test -x /usr/local/bin/puppet_ca && test -e /etc/puppet-ca/ca.yaml")
        except (CommandFailed, LabError):
            return False
        return True

    wait_for(
        waits, deadline=HOST_DEADLINE, every=1, what="the new host does not come to where it needs its CA"
    )
    assert cluster.shell(CA, "test -e /var/lib/puppet-ca/ca_key.pem || echo none") == "none\n"


def await_setup(cluster: Cluster) -> None:
    def done() -> bool:
        return "status: done" in shell(cluster.state, CA, "cloud-init status || true")

    wait_for(done, deadline=SETUP_DEADLINE, every=2, what="the new host is not set up")
    assert "FAILED" not in cluster.shell(CA, "grep -a puppet-bootstrap: /var/log/cloud-init-output.log")


@pytest.fixture(scope="module")
def story(state: State, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A CA with the database, a master, a node; backed up, lost later, and restored as the page says."""
    folder = tmp_path_factory.mktemp("backups")
    cluster = Cluster(state, print)
    lifecycle.down(state, print)
    lifecycle.up(state, print)
    try:
        for role in (CA, "master", "worker"):
            cluster.launch([role])
        kept, revoked = newcomer(cluster), newcomer(cluster)
        fetch(cluster, folder)

        later = newcomer(cluster)
        assert_terminated_is_refused(revoked, [master(cluster)])
        await_told(cluster, later.certname)
        lost, *_ = own(cluster, CA)
        issuer = cluster.shell(CA, "cat /var/lib/puppet-ca/ca_crt.pem")
        told = Story(cluster, lost, issuer, health(cluster)["crl_number"], kept, later, revoked)

        lose_the_host(cluster)
        # What collects nothing goes on without the CA and the database. What looks for a node's facts there
        # cannot, but its certificate is as good as before.
        assert run_agent(cluster, "master")[0] in (NO_CHANGE, CHANGED)
        assert asked(cluster, later) == "500"

        cluster.conduct("terminate", lost)
        waiting = configuration(state, folder, {"puppet::ca::restore": True}, role=CA)
        cluster.conduct(CA, "-c", waiting)
        await_a_host_without_a_ca(cluster)
        bring(cluster, folder / "ca.tar")
        print(cluster.shell(CA, "puppet_ca restore /root/ca.tar"))
        await_setup(cluster)
        bring(cluster, folder / "puppetdb.dump")
        print(cluster.shell(CA, "puppet_database restore /root/puppetdb.dump", deadline=900))
        cluster.shell(CA, "puppet_ca deactivate-terminated")

        name = access.find(state, CA)["name"]
        named = configuration(state, folder, {"puppet::agent::ca_server": name})
        cluster.conduct("classify", "master", "worker", "-c", named)
        for node in ("master", "worker"):
            follow(cluster, node, name)
        yield told
    finally:
        if not KEEP:
            lifecycle.down(state, print)


def test_the_ca_is_the_same_and_in_order(story: Story) -> None:
    assert story.cluster.shell(CA, "cat /var/lib/puppet-ca/ca_crt.pem") == story.issuer
    assert "WRONG" not in story.cluster.shell(CA, "puppet_ca status")
    owner = story.cluster.shell(CA, "stat -c '%U %a' /var/lib/puppet-ca /var/lib/puppet-ca/ca_key.pem")
    assert owner == "puppet-ca 750\npuppet-ca 600\n"


@pytest.mark.parametrize("role", [CA, "master", "worker"])
def test_agents_carry_on_and_a_further_run_changes_nothing(story: Story, role: str) -> None:
    run_agent(story.cluster, role)
    code, output = run_agent(story.cluster, role)
    assert code == NO_CHANGE, output


def test_nobody_enrols_anew(story: Story) -> None:
    assert asked(story.cluster, story.kept) == "200"
    assert asked(story.cluster, story.later) == "200"


def test_the_master_takes_the_restored_list_and_goes_on_asking(story: Story) -> None:
    wait_for(
        lambda: health(story.cluster)["crl_age"] < 60,
        deadline=REFUSAL_DEADLINE,
        every=1,
        what="the master has not heard from the restored CA",
    )
    assert health(story.cluster)["crl_number"] > story.crl_number
    since = story.cluster.shell("master", "journalctl --no-pager -o cat -t puppet_crl")
    assert "is not newer than" not in since, since


def test_what_was_revoked_after_the_backup_stays_revoked(story: Story) -> None:
    assert asked(story.cluster, story.revoked) == "refused"
    name, *_ = own(story.cluster, CA)
    assert name != story.lost
    known = json.loads(story.cluster.shell(CA, "puppet_ca list --all --format json"))
    assert story.lost not in [each["name"] for each in known if each["state"] == "signed"]


def test_a_node_that_was_enrolled_before_the_backup_can_be_revoked(story: Story) -> None:
    assert_terminated_is_refused(story.kept, [master(story.cluster)])


def test_a_node_that_was_enrolled_after_the_backup_can_be_revoked(story: Story) -> None:
    assert_terminated_is_refused(story.later, [master(story.cluster)])


def test_a_new_node_enrols_with_the_restored_ca(story: Story) -> None:
    assert asked(story.cluster, newcomer(story.cluster)) == "200"


def test_the_database_knows_the_nodes_and_that_the_lost_host_is_gone(story: Story) -> None:
    _, certificate, key = own(story.cluster, CA)
    worker, *_ = own(story.cluster, "worker")

    def node(name: str) -> Any:
        words = f"https://$(hostname --fqdn):8081/pdb/query/v4/nodes/{name} {certificate} {key}"
        return json.loads(story.cluster.shell(CA, f"python3 - {words} <<'END'\n{QUERY}\nEND"))

    assert node(worker)["deactivated"] is None
    assert node(story.lost)["deactivated"] is not None


def test_the_hosts_pass_the_checks_of_their_roles(story: Story) -> None:
    check_hosts(story.cluster.state, "test_common.py", "test_ca.py", "test_database.py", "test_master.py")
