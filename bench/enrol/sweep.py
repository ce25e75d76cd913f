"""How long a sweep takes, by how many requests wait, with a store that takes its time."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.enrol import store_server
from bench.enrol.ca_site import CaSite
from bench.enrol.figures import NONE, SIGNED, SIGNING, costs
from bench.enrol.processes import Call, Cost
from bench.enrol.processes import run as call
from bench.errors import BenchError

SCRIPTS = Path(__file__).parents[2] / "files" / "scripts"
KEY_BITS = 4096
LIMITS = {1000: 15.0}  # seconds for so many that wait, with a store that answers in 30 ms

Sweeps = Mapping[tuple[int, str], Sequence[Cost]]


class Sweeper:
    """One CA, whose requests are swept."""

    def __init__(self, folder: Path, pair: tuple[Path, Path], url: str, site: CaSite) -> None:
        self._site = site
        config = folder / "ca.yaml"
        config.write_text(f'cadir: {site.config.cadir}\nuser: ""\nnode_bucket: file:///nowhere\n')
        self._call = Call(
            [str(SCRIPTS / "check_csr"), url],
            environment={"PUPPET_CA_CONFIG": str(config), "AWS_CA_BUNDLE": str(pair[0])},
        )

    def sweep(self, names: Sequence[str]) -> tuple[Cost, Cost]:
        """Let nodes wait, and sweep once when no record is there, and once when all are."""
        authority = self._site.authority
        for name in names:
            (authority.requests_dir / f"{name}.pem").write_bytes(self._site.request(name))
        # What enrolment.waiting notes of each.
        lines = [f"{name} 192.0.2.1 no-record {time.time():.0f}\n" for name in names]
        (authority.root / "waiting.txt").write_text("".join(lines))
        none = call(self._call)
        self._expect(len(names))
        for name in names:
            self._site.record(name)
        signed = call(self._call)
        self._expect(0)
        return none, signed

    def _expect(self, wanted: int) -> None:
        found = len(self._site.authority.waiting_names())
        if found != wanted:
            raise BenchError(f"the sweep left {found} requests waiting, not {wanted}")


def run(
    folder: Path,
    pair: tuple[Path, Path],
    *,
    sizes: Sequence[int],
    rounds: int,
    delay: float,
    say: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Sweep each number of waiting requests in turn; ``delay`` of each of the store's answers in seconds."""
    found: dict[tuple[int, str], list[Cost]] = defaultdict(list)
    site = CaSite(folder, "rsa", KEY_BITS)
    with store_server.serving(site.bucket, pair, delay) as url:
        sweeper = Sweeper(folder, pair, url, site)
        sweeper.sweep(["first"])
        for number in range(rounds):
            for size in sizes:
                none, signed = sweeper.sweep([f"node-{number}-{size}-{node}" for node in range(size)])
                found[size, NONE].append(none)
                found[size, SIGNED].append(signed)
                say(f"round {number + 1}: {size} waited: {none.elapsed:.1f} s, {signed.elapsed:.1f} s")
    return document(found)


def document(found: Sweeps) -> list[dict[str, Any]]:
    """A row for each number of waiting requests and each outcome; the signing is the difference."""
    rows: list[dict[str, Any]] = []
    for size in dict.fromkeys(size for size, _ in found):
        none, signed = found[size, NONE], found[size, SIGNED]
        signing = [
            Cost(all_of.processor - bare.processor, all_of.elapsed - bare.elapsed)
            for all_of, bare in zip(signed, none, strict=True)
        ]
        for outcome, values, limit in (
            (NONE, none, LIMITS.get(size)),
            (SIGNED, signed, LIMITS.get(size)),
            (SIGNING, signing, None),
        ):
            rows.append({"waiting": size, "outcome": outcome, **costs(values), "limit": limit})
    return rows


def over_limit(rows: Sequence[dict[str, Any]]) -> list[str]:
    """A sentence for each sweep that takes too long."""
    return [
        f"a sweep of {row['waiting']}, {row['outcome']}: {row['elapsed']['median']:.1f} s, over the limit"
        f" of {row['limit']:g}"
        for row in rows
        if row["limit"] is not None and row["elapsed"]["median"] > row["limit"]
    ]
