"""The part of bench/authority that runs in the lab's network, where both hosts have addresses.

``python -m bench.authority_beside.inside SIDES FIGURES``: writes the figures as JSON; ``--quick``.
"""

from __future__ import annotations

import json
import sys
import tempfile
import uuid
from pathlib import Path

import click

from bench import command
from bench.authority_beside import figures, measure
from bench.authority_beside.authority import OURS, REFERENCE, Authority
from bench.authority_beside.nodes import Nodes
from bench.two_sides import as_bench_errors
from tests.differential.setup import prepare_reference
from tests.differential.sides import load


@click.command()
@click.argument("sides", type=click.Path(path_type=Path, exists=True))
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--quick", is_flag=True)
def inside(sides: Path, output: Path, quick: bool) -> int:
    """Measure both CAs of ``sides``."""
    site = load(sides)
    run = uuid.uuid4().hex[:8]
    nodes = Nodes(f"auto-{run}")
    with as_bench_errors("the CAs of both sides"), tempfile.TemporaryDirectory(prefix="authority-") as name:
        command.say("puppetserver as a CA")
        prepare_reference(site.reference)
        authorities = {
            side: Authority(side, server, run, Path(name) / side)
            for side, server in ((OURS, site.ours), (REFERENCE, site.reference))
        }
        try:
            found = measure.run(authorities, measure.QUICK if quick else measure.FULL, nodes, command.say)
        finally:
            for authority in authorities.values():
                authority.forget(nodes.prefix)
        document = {
            "wrong": figures.wrong(found),
            "versions": {
                f"{side}: {package}": version
                for side, authority in authorities.items()
                for package, version in authority.versions().items()
            },
            **figures.document(found),
        }
    output.write_text(json.dumps(document), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(command.main(inside, "bench/authority", sys.argv[1:]))
