"""How long a sweep takes with a thousand waiting requests and a store that takes its time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from bench.enrol import store_server
from bench.enrol.ca_site import CaSite
from bench.enrol.figures import Duration
from bench.enrol.processes import Call
from bench.enrol.processes import run as call
from bench.errors import BenchError

SCRIPTS = Path(__file__).parents[2] / "files" / "scripts"
KEY_BITS = 4096
LIMIT = 15.0  # seconds for a thousand with a store of 30 ms


def run(folder: Path, pair: tuple[Path, Path], waiting: int, delay: float) -> Sequence[Duration]:
    """Sweep once when no record is there, and once when all are. ``delay`` of each answer in seconds."""
    site = CaSite(folder, "rsa", KEY_BITS)
    names = [f"node-{number}" for number in range(waiting)]
    for name in names:
        (site.authority.requests_dir / f"{name}.pem").write_bytes(site.request(name))
    # What enrolment.waiting notes of each.
    lines = [f"{name} 192.0.2.1 no-record {time.time():.0f}\n" for name in names]
    (site.authority.root / "waiting.txt").write_text("".join(lines))
    config = folder / "ca.yaml"
    config.write_text(f'cadir: {site.config.cadir}\nuser: ""\nnode_bucket: file:///nowhere\n')
    with store_server.serving(site.bucket, pair, delay) as url:
        sweep = Call(
            [str(SCRIPTS / "check_csr"), url],
            environment={"PUPPET_CA_CONFIG": str(config), "AWS_CA_BUNDLE": str(pair[0])},
        )
        none = call(sweep)
        _expect(len(site.authority.waiting_names()), waiting)
        for name in names:
            site.record(name)
        signed = call(sweep)
    _expect(len(site.authority.waiting_names()), 0)
    answers = f"{waiting} waiting, the store answers in {delay * 1000:.0f} ms"
    signing = signed.elapsed - none.elapsed
    return [
        Duration(f"{answers}; no record of any", none.elapsed, none.processor, LIMIT),
        Duration(f"{answers}; all are signed", signed.elapsed, signed.processor, LIMIT),
        Duration("so for the signing", signing, signed.processor - none.processor),
    ]


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise BenchError(f"the sweep left {found} requests waiting, not {wanted}")
