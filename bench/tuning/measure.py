"""Each variant of the master in a process of its own, in turn, with the same requests."""

from __future__ import annotations

import json
import secrets
import shlex
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.errors import BenchError
from bench.spread import Spread
from bench.tuning.variants import MASTER, PLAIN, Variant
from bench.two_sides import as_bench_errors
from lab.lifecycle import Say
from tests.differential import catalogs, setup
from tests.differential.ca import Ca
from tests.differential.sides import Server

SCRIPT = Path(__file__).with_name("requests.rb")
PLACE = "/usr/local/lib/bench-tuning-requests.rb"
DEADLINE = 300.0
TIMES = {"worker": 6, "keystone": 6, "hundred": 4, "apache": 2}  # catalogs of each workload, in each process
COLLECTOR = "sed -n 's/^ *SetEnv *\\(RUBY_GC_\\)/\\1/p' /etc/apache2/sites-enabled/*-puppet-master.conf"
INSTALL = "dpkg -s libjemalloc2 > /dev/null 2>&1 || { apt-get update -q; apt-get install -qy libjemalloc2; }"


def measure(
    server: Server, folder: Path, variants: Sequence[Variant], rounds: int, say: Say
) -> dict[str, Any]:
    """The costs of every variant, and their ratios to the plain one, round by round. Raises BenchError."""
    with as_bench_errors("the master's tunings cannot be measured"):
        requests = _requests(server, folder)
        collector = collector_of(server)
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for number in range(rounds):
            for variant in variants:
                environment = {**variant.environment, **(collector if variant.collector else {})}
                found[variant.name].append(_run(server, environment, requests))
                say(f"round {number + 1}: {variant.name}")
    return {"rounds": rounds, "variants": [row(variant, found) for variant in variants]}


def collector_of(server: Server) -> dict[str, str]:
    """The settings of Ruby's garbage collector, from the virtual host."""
    found = dict(line.split() for line in server.run(COLLECTOR).splitlines())
    if not found:
        raise BenchError(
            f"the master's virtual host on {server.name} has no settings of Ruby's garbage collector, "
            f"without which the variant {MASTER.name} means nothing; see puppet::master"
        )
    return found


def _requests(server: Server, folder: Path) -> str:
    """What the script reads: a node of each workload, enrolled, and its request."""
    setup.install_packages(server)
    setup.deploy(server)
    server.run(INSTALL, deadline=DEADLINE)
    server.write(PLACE, SCRIPT.read_text(encoding="utf-8"))
    authority = Ca(server, secrets.token_hex(3), folder / "ca")
    by_name = {workload.label: workload for workload in catalogs.WORKLOADS}
    labels = {f"auto-tuning-{name}": by_name[name] for name in TIMES}
    setup.enrol_nodes([server], authority, labels)
    requests = {}
    for label, workload in labels.items():
        sent = catalogs.request(authority.name(label))
        certificate = authority.identities[label].certificate
        assert certificate is not None  # noqa: S101 - `enrol_nodes` gave it one
        requests[workload.label] = {
            "name": authority.name(label),
            "certificate": certificate.read_text(encoding="utf-8"),
            "path": sent.path,
            "query": sent.query,
            "accept": dict(sent.headers)["Accept"],
            "body": sent.body,
            "times": TIMES[workload.label],
        }
    return json.dumps({"requests": requests})


def _run(server: Server, environment: Mapping[str, str], requests: str) -> dict[str, Any]:
    words = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    printed = server.run(
        f"cd / && runuser -u puppet -- env {words} ruby {PLACE}", stdin=requests, deadline=DEADLINE
    )
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def row(variant: Variant, found: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """One variant: seconds of processor time, and how much less that is than the plain one's."""
    runs, plain = found[variant.name], found[PLAIN.name]
    middles = [{name: median(costs) for name, costs in run["costs"].items()} for run in runs]
    before = [{name: median(costs) for name, costs in run["costs"].items()} for run in plain]
    return {
        "name": variant.name,
        "what": variant.what,
        "kept": variant.kept,
        "resident": Spread.of([run["resident"] for run in runs]).document(),
        "processor": {
            name: Spread.of([middle[name] for middle in middles]).document() for name in middles[0]
        },
        "of_plain": {
            name: Spread.of(
                [middle[name] / first[name] for middle, first in zip(middles, before, strict=True)]
            ).document()
            for name in middles[0]
        },
    }
