"""What the floor costs, one process a decision, and what node_classifier's helper does about it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from bench.enrol import store_server
from bench.enrol.ca_site import CaSite
from bench.enrol.figures import Ratio
from bench.enrol.processes import PYTHON, Call, Cost, run

COMMAND = str(Path(__file__).parents[2] / "files" / "scripts" / "node_classifier")
NAME = "node-1"
# As systemd does it: the socket is descriptor 3, and the variables name the process.
START = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<&{}'
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "us-east-1",
}
TICK = 1 / os.sysconf("SC_CLK_TCK")  # seconds


def measure(folder: Path, pair: tuple[Path, Path], repeat: int) -> Sequence[Ratio]:
    """Ask an https and an s3 store, by a process of its own each time and through the helper."""
    site = CaSite(folder, "ec", 256)
    site.record(NAME)
    found: list[Ratio] = []
    with store_server.serving(folder, pair, 0.0) as url:
        trust = {"AWS_CA_BUNDLE": str(pair[0]), "AWS_ENDPOINT_URL_S3": url, **CREDENTIALS}
        # Debian 12's boto3 is too old to be told of another endpoint than AWS's: the checkout's own.
        for kind, python, bucket in (
            ("https", PYTHON, f"{url}/bucket"),
            ("s3", sys.executable, "s3://bucket"),
        ):
            place = folder / kind
            place.mkdir()
            plain = _call(place, python, bucket, trust, "")
            helped = _call(place, python, bucket, trust, str(place / "socket"))
            with _helper(place, helped) as pid:
                costs = _in_turn(plain, helped, pid, repeat)
            found += _ratios(kind, *costs)
    return found


def _ratios(kind: str, plain: Cost, helped: Cost) -> list[Ratio]:
    name = f"node_classifier, asking an {kind} store"
    return [
        Ratio(
            f"{name} through its helper (with the helper's part)",
            name,
            helped.processor,
            plain.processor,
            None,
            helped.elapsed,
            plain.elapsed,
        )
    ]


def _in_turn(plain: Call, helped: Call, pid: int, repeat: int) -> tuple[Cost, Cost]:
    for call in (plain, helped):
        run(call)
    plains, helpeds = [], []
    begin = _processor(pid)
    for _ in range(repeat):
        plains.append(run(plain))
        helpeds.append(run(helped))
    share = (_processor(pid) - begin) / repeat
    ours, theirs = _median(plains), _median(helpeds)
    return ours, Cost(theirs.processor + share, theirs.elapsed)


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(median(cost.processor for cost in costs), median(cost.elapsed for cost in costs))


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def _call(place: Path, python: str, bucket: str, environment: Mapping[str, str], helper: str) -> Call:
    word = "helped" if helper else "plain"
    (place / word).mkdir()
    config = place / f"{word}.yaml"
    lines = {"node_bucket": bucket, "cache_dir": place / word, "max_age": 0, "helper": helper}
    config.write_text("".join(f"{key}: {value}\n" for key, value in lines.items()))
    argv = [python, "-I", "-S", COMMAND, NAME]
    return Call(argv, environment={**environment, "NODE_CLASSIFIER_CONFIG": str(config)})


@contextlib.contextmanager
def _helper(place: Path, call: Call) -> Iterator[int]:
    """Run the helper that ``call`` asks; gives its process id."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place / "socket"))
        listening.listen()
        argv = ["/bin/bash", "-c", START.format(listening.fileno()), "bash", *call.argv[:-1], "--serve"]
        with subprocess.Popen(
            argv, pass_fds=[listening.fileno()], env={**os.environ, **call.environment}
        ) as process:
            try:
                yield process.pid
            finally:
                process.terminate()
