"""The namenode and the jobtracker of simulated workers, which without them wait, with a smaller catalog."""

from __future__ import annotations

import asyncio

from bench.errors import BenchError
from bench.stored import measure, nodes
from bench.stored.database import Database
from bench.stored.nodes import Template

TRIES = 300  # of 0.1 s, and a question each, until PuppetDB has done what it was sent


async def template(database: Database, certname: str) -> Template:
    """What PuppetDB has of a worker, as soon as it has it. Raises BenchError, LabError."""
    for _ in range(TRIES):
        if not await asyncio.to_thread(database.depth):
            return Template(**await asyncio.to_thread(database.node, certname))
        await asyncio.sleep(0.1)
    raise BenchError(f"PuppetDB does not come to an end with what it was sent, such as {certname}'s catalog")


async def make_known(database: Database, certname: str, put_in: list[str]) -> None:
    """PuppetDB knows both of the cluster of this worker, which has had a catalog.

    Those that are there already are left as they are; the names of others are added to ``put_in``, before
    they are. Raises BenchError, LabError.
    """
    asked = measure.queries(certname)
    found = await asyncio.to_thread(database.ask, asked, 1)
    if found[measure.OWN].rows:
        return
    like = await template(database, certname)
    for role in nodes.PARTNERS:
        words, exports = nodes.partner(role, measure.CLUSTER)
        put_in.append(words["CERTNAME"])
        await asyncio.to_thread(database.fill, [words], like.documents(exports))
