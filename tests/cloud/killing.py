"""`kill -9` at every call of a command that changes something, each in a cloud of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
from moto import mock_aws

from conductor import inventory
from conductor.clients import Clients
from conductor.context import Context
from conductor.fleet import processes
from tests.cloud.conftest import Clock, context_of
from tests.cloud.faults import Call, Fault, KilledError, broken, calls_of, client_tokens
from tests.cloud.site import Site, with_site
from tests.cloud.support import BUCKET

Command = Callable[[Context], object]


@dataclass(frozen=True)
class World:
    """One cloud: what the operator's command sees, and the hosts."""

    context: Context
    site: Site


@dataclass(frozen=True)
class Killing:
    """A command that is killed. ``before`` makes what it finds; ``check`` names what is wrong in the end."""

    clients: Clients
    hosts: Clients
    cluster: dict[str, int]
    before: Command
    command: Command
    check: Callable[[World], Sequence[str]]

    @contextmanager
    def world(self) -> Iterator[World]:
        """A cloud that nobody has used."""
        with mock_aws(), client_tokens(self.clients.ec2):
            image = self.hosts.ec2.register_image(Name="debian-13")["ImageId"]
            self.hosts.iam.create_instance_profile(InstanceProfileName="puppetmaster")
            site = Site(self.hosts, BUCKET)
            context = context_of(self.clients, image, Clock(), [])
            yield World(with_site(context, site, cluster=self.cluster), site)

    def calls(self) -> list[Call]:
        """Those of a good run that change something."""
        with self.world() as world:
            self.before(world.context)
            return [
                each for each in calls_of(self.clients, lambda: self.command(world.context)) if each.writes
            ]

    def problems(self, call: Call, fault: Fault, *, killed: Command | None = None) -> list[str]:
        """Killed there and repeated: what is not as it should be, with the place before it.

        ``killed``: another command, which this one comes after.
        """
        with self.world() as world:
            self.before(world.context)
            with broken(self.clients, call, fault) as state, suppress(KilledError):
                (killed or self.command)(world.context)
            if not state.happened:
                return [f"{call} {fault.value}: was never called"]
            told = {each.instance.id for each in inventory.read(world.context) if each.instance}
            unseen = [each.id for each in world.site.living() if each.id not in told and not each.gone]
            found = [f"not in the list: {each}" for each in unseen]
            self.command(world.context)
            found += self.check(world)
        return [f"{call} {fault.value}: {each}" for each in found]


def moments(calls: Sequence[Call]) -> list[tuple[Call, Fault]]:
    """After each; before the first of each kind, and before each that starts or ends instances. Before any
    other is after the one that precedes it."""
    found = []
    for each in calls:
        if each.number == 0 or each.operation in {"RunInstances", "TerminateInstances"}:
            found.append((each, Fault.KILLED_BEFORE))
        found.append((each, Fault.KILLED_AFTER))
    return found


@contextmanager
def gone_at_once() -> Iterator[None]:
    """Whoever holds a lock has been killed: here they all are this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "lives", lambda *_: False)
        yield
