"""What a run costs while the database and the bucket know more nodes than those that run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.agents.enrolment import new_batch, records
from bench.agents.nodes import RECORD_LIFETIME
from bench.agents.site import Site
from bench.errors import BenchError
from bench.scaling import sql
from bench.scaling.load import Step
from bench.scaling.measure import PATIENCE, Measured, told
from conductor.record import STATUS


@dataclass
class Known:
    """So many nodes in PuppetDB and in the bucket."""

    nodes: int
    step: Step
    idle: dict[str, float]
    seconds: float  # until they were known


async def grow(measured: Measured, sizes: Sequence[int], runs: int) -> list[Known]:
    """With so many nodes in turn, rising; in the end they are gone. Raises BenchError and LabError."""
    site, host = measured.site, measured.database.host
    store, template = site.context.store, measured.crowd.agents[0].identity.certname
    documents = records(site.context, new_batch(), max(sizes), lifetime=RECORD_LIFETIME)
    names, found, known = list(documents), [], 0
    try:
        for count in sizes:
            began, new = time.monotonic(), names[known:count]
            known = count
            await asyncio.to_thread(store.put_all, {name: documents[name] for name in new})
            await asyncio.to_thread(sql.copy, site, host, template, new)
            await _states_written(site, new)
            seconds = time.monotonic() - began
            idle = await measured.rest(measured.plan.idle)
            step = await measured.alone_runs(runs)
            found.append(Known(count, step, idle, seconds))
            rest = sum(idle.values())
            measured.say(f"{count} more nodes known ({seconds:.0f} s): {told(step)}, idle {rest:.3f} cores")
    finally:
        measured.say("taking the nodes away again")
        gone = names[:known]
        await asyncio.to_thread(sql.remove, site, host, gone)
        await asyncio.to_thread(store.delete, [*gone, *(STATUS + name for name in gone)])
    return found


async def _states_written(site: Site, names: Sequence[str]) -> None:
    """node_status writes the state of each new node into the bucket: once, and not at each run."""
    wanted = {STATUS + name for name in names}
    began = time.monotonic()
    while not wanted <= set(await asyncio.to_thread(site.context.store.keys, STATUS)):
        if time.monotonic() - began > PATIENCE:
            raise BenchError("node_status has not written the states of the new nodes; see its log")
        await asyncio.sleep(1)
