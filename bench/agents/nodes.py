"""The simulated nodes of a benchmark: enrolled at its beginning, and ended with it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.agents.enrolment import Identity, enrol, new_batch, records
from bench.agents.site import Site
from bench.errors import BenchError
from conductor.operator_files import batch_secret
from conductor.terminating import mark_terminated
from lab.cluster import START_INSTANCE

AT_ONCE = 4
RECORD_LIFETIME = timedelta(hours=1)


@dataclass
class Nodes:
    """Certificates by the CA's API, kept in `folder`."""

    site: Site
    folder: Path

    async def enrol(self, count: int, more_classes: Sequence[str] = ()) -> tuple[str, list[Identity]]:
        """The batch's name and its nodes' identities. Raises BenchError."""
        context = self.site.context
        batch = new_batch()
        documents = records(context, batch, count, lifetime=RECORD_LIFETIME, more_classes=more_classes)
        await asyncio.to_thread(context.store.put_all, documents)
        secret = batch_secret(context.operator.key(), batch)
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(certname: str) -> Identity:
            async with turns:
                try:
                    return await enrol(self.site.authority, certname, secret, self.folder)
                except (OSError, TimeoutError) as error:
                    where = f"{self.site.authority.host}:{self.site.authority.port}"
                    raise BenchError(f"{certname} cannot enrol at the CA, {where}: {error!r}") from error

        return batch, list(await asyncio.gather(*(one(certname) for certname in documents)))

    async def clean(self, certname: str) -> None:
        """Revoke as an operator does on the CA's host, and end the record."""
        await asyncio.to_thread(self.site.shell, self.site.ca, f"puppet_ca clean {certname}")
        await asyncio.to_thread(self.site.context.store.delete, [certname])

    async def mark(self, certname: str) -> None:
        """Revoke by the bucket: what `start_instance.py terminate` leaves there."""
        context = self.site.context
        body = await asyncio.to_thread(context.store.get, certname)
        await asyncio.to_thread(mark_terminated, context, certname, body)
        await asyncio.to_thread(context.store.delete, [certname])

    async def terminate(self, name: str) -> None:
        """`start_instance.py terminate`, of a node or of a whole batch."""
        argv = [sys.executable, str(START_INSTANCE), "terminate", name]
        process = await asyncio.create_subprocess_exec(
            *argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        said, _ = await process.communicate()
        if process.returncode != 0:
            raise BenchError(f"{' '.join(argv)}: exit code {process.returncode}\n{said.decode()[-1000:]}")


@contextmanager
def gone_afterwards(folder: Path) -> Iterator[None]:
    """The keys of nodes that no longer may do anything need not lie around."""
    try:
        yield
    finally:
        for path in folder.glob("*.pem"):
            path.unlink(missing_ok=True)
