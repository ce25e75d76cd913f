"""The sizes one after another, and PuppetDB as it was afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.agents import documents
from bench.agents.nodes import Nodes
from bench.agents.site import Say, Site
from bench.stored import measure, module, nodes, partners
from bench.stored.database import Database
from bench.stored.measure import Size, Worker

WORKER, COLLECTOR = "worker", "worker that collects all"


@dataclass(frozen=True)
class Plan:
    """``sizes``: numbers of nodes, rising; ``times`` each is asked."""

    sizes: Sequence[int]
    times: int


@dataclass
class Filled:
    """One run of the benchmark. Methods raise BenchError and LabError."""

    site: Site
    plan: Plan
    say: Say
    sizes: list[Size] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = Database.of(self.site)
        self.master = self.site.masters[0]
        self._known = 0  # nodes that were put in
        self._partners: list[str] = []

    async def run(self, folder: Path) -> None:
        """All sizes; whatever happens, PuppetDB is emptied, and the workers end."""
        machinery = Nodes(self.site, folder)
        with module.on(self.site, self.master):
            self.say("enrolling two workers")
            batch, [plain] = await machinery.enrol(1)
            other, [collecting] = await machinery.enrol(1, [module.NAME])
            try:
                workers = {WORKER: self._worker(plain, 0), COLLECTOR: self._worker(collecting, 1)}
                await self._sizes(workers)
            finally:
                self.say("taking all of it away")
                await asyncio.to_thread(self._empty)
                for name in (batch, other):
                    await machinery.terminate(name)

    def _worker(self, identity: Any, number: int) -> Worker:
        words = documents.words(identity.certname, number)
        words |= {"CA": self.site.authority.host, "MASTER": self.master.name}
        facts = documents.fill(documents.template("facts.json"), words)
        return Worker(identity, facts, self.master)

    async def _sizes(self, workers: dict[str, Worker]) -> None:
        await measure.warm({WORKER: workers[WORKER]}, 1)
        name = workers[WORKER].identity.certname
        await partners.make_known(self.database, name, self._partners)
        await measure.warm(workers)
        template = await partners.template(self.database, name)
        for count in self.plan.sizes:
            new = [nodes.words(number) for number in range(self._known, count)]
            seconds = await self._fill(new, template.documents(nodes.exporting()))
            self._known = count
            await self._at(Size(count, count, seconds), workers)
        most, least = self.plan.sizes[-1], self.plan.sizes[0]
        every = [nodes.words(number) for number in range(most)]
        seconds = await self._fill(every, template.documents(catalogs_only=True))
        await self._at(Size(most, 0, seconds), workers)
        await asyncio.to_thread(self.database.remove, [each["CERTNAME"] for each in every[least:]])
        self._known = least
        seconds = await self._fill(every[:least], template.documents(nodes.exporting(), catalogs_only=True))
        await self._at(Size(least, least, seconds, again=True), workers)

    async def _at(self, size: Size, workers: dict[str, Worker]) -> None:
        await measure.at(size, workers, self.database, self.plan.times)
        self.sizes.append(size)
        medians = ", ".join(
            f"{kind} {measure.figures(size.seconds[kind])['spread']['median'] * 1000:.0f} ms"
            for kind in workers
        )
        self.say(
            f"{size.nodes} nodes, {size.exporting} of them export: {medians} "
            f"(filled in {size.fill_seconds:.0f} s)"
        )

    async def _fill(self, words: Sequence[dict[str, str]], sent: Sequence[dict[str, Any]]) -> float:
        done = await asyncio.to_thread(self.database.fill, words, list(sent))
        return float(done["seconds"])

    def _empty(self) -> None:
        names = [nodes.words(number)["CERTNAME"] for number in range(max(self._known, self.plan.sizes[-1]))]
        self.database.remove([*names, *self._partners])
