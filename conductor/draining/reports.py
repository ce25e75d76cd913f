"""What the namenode and the jobtracker say of workers that are drained: ``drain`` in their status.

Their own agents collect it (the fact hadoop_drain) while anybody is excluded, and the database's host writes
it into the bucket. What is missing, older than the drain or unreadable never means that a worker may end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from conductor.record import moment, timestamp

# What YARN says of a worker that runs nothing any more; "unknown": excluded, and not there.
YARN_DONE = frozenset({"DECOMMISSIONED", "SHUTDOWN", "LOST", "unknown"})


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class DataNode(_Said):
    """A worker's DataNode, as the namenode sees it. Blocks whose copies are still to be made elsewhere."""

    state: Literal["live", "decommissioning", "decommissioned", "dead", "unknown"]
    blocks_left: int | None = None
    # Those of them that are nowhere else at all.
    only_replicas: int | None = None
    # HDFS calls a DataNode that was dead at its exclusion decommissioned at once.
    alive: bool | None = None


class NodeManager(_Said):
    """A worker's NodeManager, as the ResourceManager sees it."""

    state: str
    containers: int | None = None


class Drain(_Said):
    """The fact: what is None was not told."""

    at: datetime
    namenode: dict[str, DataNode] | None = None
    jobtracker: dict[str, NodeManager] | None = None
    live_datanodes: int | None = None
    missing_blocks: int | None = None
    replication: int | None = None
    error: str = ""

    @field_validator("at", mode="before")
    @classmethod
    def _a_moment(cls, value: Any) -> datetime:
        found = moment(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError("not a time")
        return found

    def left(self) -> int | None:
        """How many datanodes are there to hold the blocks, once the excluded ones are gone."""
        if self.live_datanodes is None or self.namenode is None:
            return None
        alive = [each for each in self.namenode.values() if each.state not in {"dead", "unknown"}]
        return self.live_datanodes - len(alive)

    @property
    def too_few(self) -> bool:
        """Whether the datanodes that are left cannot hold as many copies as blocks are to have."""
        left = self.left()
        return left is not None and self.replication is not None and left < self.replication


@dataclass(frozen=True)
class Said:
    """What one host's status holds."""

    drain: Drain | None
    why: str = ""  # why there is none

    @classmethod
    def parse(cls, raw: Any) -> Said:
        """From a status' ``drain``; None: it has none."""
        if raw is None:
            return cls(None, "says nothing yet")
        try:
            return cls(Drain.model_validate(raw))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            return cls(None, f"says what cannot be read ({where}: {first['msg']})")

    def since(self, mark: datetime) -> Drain | None:
        """What was said after a drain began: facts of before are about another state of things."""
        return self.drain if self.drain and self.drain.at > mark else None

    def missing(self) -> str:
        """Why there is nothing from after a drain began."""
        return f"said nothing since {timestamp(self.drain.at)}" if self.drain else self.why


@dataclass(frozen=True)
class Verdict:
    """Whether one of the two sides has let go of a worker, and what is to be told of it."""

    done: bool
    text: str
    blocks_left: int | None = None
    too_few: Drain | None = None


def hdfs(name: str, mark: datetime, heard: Sequence[Said], *, joined: bool) -> Verdict:
    """Whether HDFS has a worker's blocks elsewhere, by its namenode's word since ``mark``.

    ``joined``: the worker may have been in HDFS. One that the namenode does not know is then no proof: a
    namenode that has just been started knows nobody.
    """
    for said in heard:
        verdict = _hdfs(name, mark, said, joined=joined)
        if not verdict.done:
            return verdict
    return Verdict(bool(heard), "blocks are elsewhere" if heard else "no namenode")


def _hdfs(name: str, mark: datetime, said: Said, *, joined: bool) -> Verdict:
    drain = said.since(mark)
    if drain is None:
        return Verdict(False, f"the namenode {said.missing()}")
    if drain.namenode is None:
        return Verdict(False, f"the namenode does not answer its agent{_because(drain)}")
    node = drain.namenode.get(name)
    if node is None:
        return Verdict(False, "the namenode has not excluded it yet")
    few = drain if drain.too_few else None
    match node.state:
        case "decommissioned" if node.alive is False and drain.missing_blocks:
            return Verdict(False, f"its DataNode is dead, and HDFS misses {_blocks(drain.missing_blocks)}")
        case "decommissioned":
            return Verdict(True, "blocks are elsewhere")
        case "dead":
            # Once no block lacks a copy, the namenode itself calls it decommissioned.
            return Verdict(False, "its DataNode is dead, and HDFS still lacks copies of blocks", None, few)
        case "unknown" if not joined:
            return Verdict(True, "was never in HDFS")
        case "unknown":
            return Verdict(False, "the namenode does not know its DataNode")
        case _:
            only = f" ({node.only_replicas} nowhere else)" if node.only_replicas else ""
            left = "" if node.blocks_left is None else f", {_blocks(node.blocks_left)} left{only}"
            return Verdict(False, f"HDFS {node.state}{left}", node.blocks_left, few)


def yarn(name: str, mark: datetime, heard: Sequence[Said]) -> Verdict:
    """Whether YARN runs nothing on a worker any more; a cluster without a jobtracker never did."""
    for said in heard:
        verdict = _yarn(name, mark, said)
        if not verdict.done:
            return verdict
    return Verdict(True, "no containers")


def _yarn(name: str, mark: datetime, said: Said) -> Verdict:
    drain = said.since(mark)
    if drain is None:
        return Verdict(False, f"the jobtracker {said.missing()}")
    if drain.jobtracker is None:
        return Verdict(False, f"the jobtracker does not answer its agent{_because(drain)}")
    node = drain.jobtracker.get(name)
    if node is None:
        return Verdict(False, "the jobtracker has not excluded it yet")
    if node.state in YARN_DONE:
        return Verdict(True, "no containers")
    containers = "" if node.containers is None else f", containers: {node.containers}"
    return Verdict(False, f"YARN {node.state.lower()}{containers}")


def _blocks(number: int) -> str:
    return f"{number} block" + ("" if number == 1 else "s")


def _because(drain: Drain) -> str:
    return f": {drain.error}" if drain.error else ""
