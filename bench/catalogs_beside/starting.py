"""From the start of a master's service to the first catalog."""

from __future__ import annotations

import asyncio
import time

from bench.catalogs_beside import load
from bench.catalogs_beside.prepared import Node, Side
from bench.errors import BenchError

DEADLINE = 600.0
EVERY = 0.1  # seconds between two questions
STOP_DEADLINE = 180.0


def seconds_to_first_catalog(side: Side, node: Node) -> float:
    """Stop the service, start it, and ask until a catalog comes. Raises BenchError, HostCommandFailed."""
    side.server.run(f"systemctl stop {side.service}", deadline=STOP_DEADLINE)
    begin = time.monotonic()
    side.server.run(f"systemctl start --no-block {side.service}")
    asyncio.run(_until_it_comes(side, node, begin + DEADLINE))
    return time.monotonic() - begin


async def _until_it_comes(side: Side, node: Node, end: float) -> None:
    while True:
        try:
            await load.one(side.server, node)
        except (OSError, TimeoutError, BenchError) as error:
            if time.monotonic() > end:
                raise BenchError(
                    f"{side.label} gives no catalog {DEADLINE:.0f} s after its start: {error}"
                ) from error
            await asyncio.sleep(EVERY)
        else:
            return
