"""A whole Hadoop cluster in the lab, started as an operator would start it: with the conductor."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lab import access
from lab.errors import CommandFailed, LabError
from lab.run import run, wait_for
from lab.state import CHECKOUT, State

START_INSTANCE = CHECKOUT / "conductor" / "start_instance.py"
WORKERS = 2  # as start_instance.yaml says
ASSEMBLY_DEADLINE = 300
FETCH = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=10).read().decode())"

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Cluster:
    """The cluster of one lab; every method raises LabError with what failed and where to look."""

    state: State
    tell: Tell

    def conduct(self, *arguments: str, label: str = "") -> None:
        """Run start_instance.py inside the lab, passing its lines on as they come."""
        argv = access.inside(self.state, [str(START_INSTANCE), *arguments])
        process = subprocess.Popen(
            argv,
            env=access.environment(self.state),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines = []
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        with process.stdout:
            for line in process.stdout:
                lines.append(line)
                self.tell(f"{label}{line.rstrip()}")
        if process.wait() != 0:
            raise LabError(
                f"start_instance.py {' '.join(arguments)} failed with exit code {process.returncode}:\n"
                + "".join(lines[-15:])
            )

    def start(self) -> None:
        """The lab's own `cluster:`, until Hadoop is complete."""
        self.conduct("up")
        self.await_hadoop(WORKERS)

    def launch(self, *launches: Sequence[str]) -> None:
        """Start several roles at once and wait until each has applied its first catalog."""
        with ThreadPoolExecutor(len(launches)) as pool:
            running = [
                pool.submit(self.conduct, *arguments, "--wait", label=f"[{arguments[0]}] ")
                for arguments in launches
            ]
        failed = [str(done.exception()) for done in running if done.exception()]
        if failed:
            raise LabError("\n".join(failed))

    def nodes(self) -> list[dict[str, Any]]:
        """What `start_instance.py list` says, one mapping a node."""
        argv = access.inside(self.state, [str(START_INSTANCE), "list", "--output", "json"])
        done = subprocess.run(
            argv, env=access.environment(self.state), capture_output=True, text=True, check=False, timeout=60
        )
        if done.returncode != 0:
            raise CommandFailed(argv, f"exit code {done.returncode}", done.stderr)
        nodes: list[dict[str, Any]] = json.loads(done.stdout)
        return nodes

    def shell(self, node: str, command: str, *, deadline: float = 120) -> str:
        """Standard output and error of a root's command on a node."""
        return run(access.shell(self.state, node, [command]), deadline=deadline).stdout

    def ask(self, node: str, port: int, path: str) -> Any:
        """JSON from a node's web server, asked in the lab's network; None while it does not answer."""
        url = f"http://{access.find(self.state, node)['name']}:{port}{path}"
        try:
            return json.loads(run(access.inside(self.state, [sys.executable, "-c", FETCH, url])).stdout)
        except (CommandFailed, ValueError):
            return None

    def await_hadoop(self, workers: int) -> None:
        """Wait until HDFS and YARN count so many workers, and no node waits for another."""
        for complete, otherwise in (
            (
                lambda: self.live_datanodes() >= workers,
                f"HDFS does not have {workers} datanodes; see: lab ssh namenode hdfs dfsadmin -report",
            ),
            (
                lambda: self.active_nodemanagers() >= workers,
                f"YARN does not have {workers} nodes; see: lab ssh jobtracker yarn node -list -all",
            ),
            (
                # A record alone, of a node that is yet to come, has no health.
                lambda: all(node["health"] == "ok" for node in self.nodes() if node["instance_id"]),
                "not every node is complete; see: lab exec -- conductor/start_instance.py list",
            ),
        ):
            wait_for(complete, deadline=ASSEMBLY_DEADLINE, every=2, what=otherwise)

    def live_datanodes(self) -> int:
        """How many datanodes the namenode counts."""
        answer = self.ask("namenode", 9870, "/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState")
        beans = (answer or {}).get("beans") or [{}]
        return int(beans[0].get("NumLiveDataNodes", 0))

    def active_nodemanagers(self) -> int:
        """How many nodes YARN counts."""
        answer = self.ask("jobtracker", 8088, "/ws/v1/cluster/metrics")
        return int((answer or {}).get("clusterMetrics", {}).get("activeNodes", 0))
