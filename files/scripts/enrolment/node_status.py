"""What is known of each node, from PuppetDB, written into the bucket as small objects ``status/CERTNAME``.

::

    {"certname": NAME, "enrolled": TIME or null,
     "last_run": {"status": "changed" | "unchanged" | "failed", "at": TIME, "noop": bool} or null,
     "health": "ok" | "failed" | "waiting", "updated": TIME,
     "drain": {...}}

``enrolled`` is the first sign of life that PuppetDB had: a node speaks to a master only with a certificate.
``waiting``: its last catalog holds the timer that runs the agent every 30 s, while partners are missing or a
drain is in force.
``drain``, on namenodes and jobtrackers that have it, is the fact hadoop_drain as it is: how far they are with
the workers that are being taken out of the cluster.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .errors import EnrolmentError, StoreError
from .files import write_atomic
from .log import Log
from .names import is_certname
from .puppetdb import PuppetDB
from .store import Store

PREFIX = "status/"
# By an exact type and title, which PuppetDB has an index for: it is asked every ten seconds.
WAITING = ["and", ["=", "type", "Service"], ["=", "title", "puppet-agent-assembly.timer"]]
# Only those that a master has made one of these: any node can send a fact of that name, and of any size.
DRAINS = [
    "and",
    ["=", "name", "hadoop_drain"],
    [
        "in",
        "certname",
        [
            "extract",
            "certname",
            [
                "select_resources",
                [
                    "and",
                    ["=", "type", "Class"],
                    ["or", ["=", "title", "Hadoop::Namenode"], ["=", "title", "Hadoop::Jobtracker"]],
                ],
            ],
        ],
    ],
]
_GONE = frozenset({"absent", "stopped", "false", "purged"})
_RUNS = frozenset({"changed", "unchanged", "failed"})

Status = dict[str, Any]


@dataclass(frozen=True)
class Node:
    """What PuppetDB says of one node."""

    name: str
    first_seen: str | None
    run_status: str | None
    run_at: str | None
    run_noop: bool


def nodes_from(rows: Iterable[dict[str, Any]]) -> list[Node]:
    """Return the nodes in PuppetDB's rows of ``nodes``, those whose name cannot be a key left out."""
    found = []
    for row in rows:
        name = row.get("certname")
        if not isinstance(name, str) or not is_certname(name):
            continue
        times = sorted(
            moment
            for key in ("facts_timestamp", "catalog_timestamp", "report_timestamp")
            if (moment := _moment(row.get(key))) is not None
        )
        run = row.get("latest_report_status")
        found.append(
            Node(
                name=name,
                first_seen=times[0] if times else None,
                run_status=run if run in _RUNS else None,
                run_at=_moment(row.get("report_timestamp")),
                run_noop=bool(row.get("latest_report_noop")),
            )
        )
    return found


def waiting_from(rows: Iterable[dict[str, Any]]) -> set[str]:
    """Return the names of the nodes whose catalog keeps the timer (rows of ``resources`` with its title)."""
    waiting = set()
    for row in rows:
        parameters = row.get("parameters")
        ensure = parameters.get("ensure") if isinstance(parameters, dict) else None
        if str(ensure).lower() not in _GONE:
            waiting.add(str(row.get("certname")))
    return waiting


def drains_from(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return each node's fact about drains (rows of ``facts``); what is no mapping is left out."""
    return {
        row["certname"]: row["value"]
        for row in rows
        if isinstance(row.get("certname"), str) and isinstance(row.get("value"), dict)
    }


def status_of(
    node: Node, *, waiting: bool, earlier: Status | None, drain: dict[str, Any] | None = None
) -> Status:
    """Return a node's status, without the time at which it was written."""
    last_run = None
    if node.run_status is not None and node.run_at is not None:
        last_run = {"status": node.run_status, "at": node.run_at, "noop": node.run_noop}
    health = "ok"
    if node.run_status == "failed":
        health = "failed"
    elif waiting or last_run is None:
        health = "waiting"
    enrolled = (earlier or {}).get("enrolled") or node.first_seen
    status = {"certname": node.name, "enrolled": enrolled, "last_run": last_run, "health": health}
    return status if drain is None else {**status, "drain": drain}


class StatusWriter:
    """Writes what has changed since the last time, which is kept in a local file."""

    def __init__(
        self, puppetdb: PuppetDB, open_store: Callable[[], Store], state_file: Path, log: Log
    ) -> None:
        """The store is opened when there is something to write: loading boto3 takes longer than the rest."""
        self._puppetdb = puppetdb
        self._open_store = open_store
        self._store: Store | None = None
        self._state_file = state_file
        self._log = log

    def update(self) -> list[str]:
        """Ask PuppetDB, write what changed, return the names written; raise PuppetDBError, StoreError."""
        nodes = nodes_from(self._puppetdb.query("nodes"))
        waiting = waiting_from(self._puppetdb.query("resources", WAITING))
        drains = drains_from(self._puppetdb.query("facts", DRAINS))
        earlier = self._read_state()
        now: dict[str, Status] = {}
        written: list[str] = []
        failure: StoreError | None = None
        for node in nodes:
            old = earlier.get(node.name)
            new = status_of(node, waiting=node.name in waiting, earlier=old, drain=drains.get(node.name))
            if old == new:
                now[node.name] = old
                continue
            try:
                self._write(new)
            except StoreError as error:  # the others may still be written; this one is tried again next time
                failure = error
                if old is not None:
                    now[node.name] = old
                continue
            now[node.name] = new
            written.append(node.name)
        if now != earlier:
            self._write_state(now)
        if failure is not None:
            raise failure
        return written

    def _write(self, status: Status) -> None:
        updated = datetime.now(tz=UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        body = json.dumps({**status, "updated": updated}) + "\n"
        if self._store is None:
            self._store = self._open_store()
        self._store.put(PREFIX + status["certname"], body.encode(), "application/json")
        self._log.debug(f"Status of {status['certname']}: {status['health']}")

    def _read_state(self) -> dict[str, Status]:
        """Return what was written before, or nothing, so that everything is written again."""
        try:
            state = json.loads(self._state_file.read_bytes())
        except (OSError, ValueError):
            return {}
        if not isinstance(state, dict) or not all(isinstance(value, dict) for value in state.values()):
            return {}
        return state

    def _write_state(self, state: dict[str, Status]) -> None:
        try:
            self._state_file.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            write_atomic(self._state_file, json.dumps(state).encode(), mode=0o640)
        except OSError as error:
            raise EnrolmentError(f"{self._state_file}: {error.strerror}") from error


def _moment(value: Any) -> str | None:
    """Return PuppetDB's time to the second, or None."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
