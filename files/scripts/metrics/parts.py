"""What each part of a host has to say: the CA, the copy of its list, the master and its ENC, the database.

A part that is not on this host says nothing. What is read was written by the parts themselves, some of them
without rights: it is taken as numbers and times, and nothing else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from enrolment import crl as crls
from enrolment.authority import Authority
from enrolment.cache import read_settings
from enrolment.certificates import not_after
from enrolment.classifier import OUTAGES
from enrolment.cli_backup import MARK
from enrolment.config import load_config as load_ca_config
from enrolment.noted import read
from enrolment.sweep import SWEPT, TERMINATED_LOOK

from metrics.text import Sample


@dataclass(frozen=True)
class Paths:
    """Where the parts have their configuration and their marks; each may be missing."""

    ca: Path
    crl: Path
    master: Path
    classifier: Path
    catalog_errors: Path
    database: Path  # a folder


class Parts:
    """All parts of one host, read again at each look; what was parsed of the CA is kept until it changes."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._authority: Authority | None = None

    def all(self) -> dict[str, Callable[[], Iterator[Sample]]]:
        """Return the parts that are on this host, by name."""
        paths = self._paths
        return {
            name: samples
            for name, path, samples in (
                ("ca", paths.ca, self.ca),
                ("crl", paths.crl, self.crl),
                ("master", paths.master, self.master),
                ("enc", paths.classifier, self.enc),
                ("database", paths.database, self.database),
            )
            if path.exists()
        }

    def ca(self) -> Iterator[Sample]:
        """Return what the CA's directory says."""
        config = load_ca_config(self._paths.ca)
        if self._authority is None or self._authority.config != config:
            self._authority = Authority(config)
        ca = self._authority
        yield Sample("ca_requests_waiting", "Requests that wait.", len(ca.waiting_names()))
        yield Sample("ca_requests_waiting_limit", "How many requests may wait.", config.max_waiting)
        yield Sample("ca_certificates", "Certificates, revoked ones too.", len(ca.signed_names()))
        end = not_after(ca.issuer()).timestamp()
        yield Sample("ca_certificate_expiry_timestamp_seconds", "When the CA's own certificate ends.", end)
        lists = ca.lists()
        yield Sample("ca_crl_number", "Number of the CA's revocation list.", crls.number(lists.own))
        yield Sample("ca_crl_revoked", "Entries of the CA's revocation list.", len(lists.serials))
        until = crls.next_update(lists.own)
        if until is not None:
            yield Sample(
                "ca_crl_expiry_timestamp_seconds", "When the CA's revocation list ends.", until.timestamp()
            )
        pending = ca.root / "deactivate"
        yield Sample(
            "ca_deactivations_pending",
            "Nodes of whose end PuppetDB is yet to be told.",
            sum(1 for _ in pending.iterdir()) if pending.is_dir() else 0,
        )
        yield from _look("ca_sweep", "sweep over waiting requests", ca.root / SWEPT)
        yield from _look("ca_terminated", "look for terminated nodes", ca.root / TERMINATED_LOOK)
        yield _backup("ca", ca.root / MARK)

    def crl(self) -> Iterator[Sample]:
        """Return what is known of this host's copy of the list."""
        from crl.command import load_config  # noqa: PLC0415 - only where there is one, there is that package
        from crl.summary import read_summary  # noqa: PLC0415

        summary = read_summary(load_config(self._paths.crl).state)
        yield Sample(
            "crl_confirmed_timestamp_seconds",
            "When the CA last confirmed this host's revocation lists; 0: never.",
            _seconds(summary.checked),
        )
        for entry in summary.entries:
            labels = {"issuer": entry.issuer}
            issued, until = _seconds(entry.this_update), _seconds(entry.next_update)
            number = -1 if entry.number is None else entry.number
            yield Sample("crl_number", "Number of the list in force; -1: none.", number, labels)
            yield Sample(
                "crl_issued_timestamp_seconds", "When the list in force was issued; 0: none.", issued, labels
            )
            yield Sample(
                "crl_expiry_timestamp_seconds", "When the list in force ends; 0: never.", until, labels
            )

    def master(self) -> Iterator[Sample]:
        """Return what the master last was, and which catalogs it did not give."""
        from master.config import load_config  # noqa: PLC0415 - as above
        from master.state import read_state  # noqa: PLC0415

        state = read_state(Path(load_config(self._paths.master).state))
        if state is not None:
            yield Sample("master_up", "Whether the master answered itself.", 0 if state.error else 1)
            yield Sample("master_checked_timestamp_seconds", "When that was tried.", _seconds(state.checked))
            yield Sample("master_workers", "Workers that take requests.", state.workers)
            largest = state.resident * 1024 * 1024
            yield Sample("master_largest_worker_bytes", "Resident memory of the largest worker.", largest)
        errors = {"500": 0, **read(self._paths.catalog_errors)}
        for status, number in sorted(errors.items()):
            if status.isdecimal():
                yield Sample(
                    "master_catalog_errors_total",
                    "Catalogs asked for and answered with this status.",
                    number,
                    {"status": status},
                )

    def enc(self) -> Iterator[Sample]:
        """Return how often the ENC had no answer from the bucket."""
        settings = read_settings(str(self._paths.classifier))
        numbers = read(Path(settings["cache_dir"]) / OUTAGES)
        for answer in ("kept", "none"):
            yield Sample(
                "enc_outage_answers_total",
                "Questions that the bucket did not answer: the kept answer was given, or none.",
                numbers.get(answer, 0),
                {"answer": answer},
            )
        yield Sample(
            "enc_outage_timestamp_seconds",
            "When the bucket last gave no answer to the ENC; 0: never.",
            numbers.get("last", 0),
        )

    def database(self) -> Iterator[Sample]:
        """Return when PuppetDB was backed up."""
        yield _backup("database", self._paths.database / MARK)


def _look(name: str, what: str, path: Path) -> Iterator[Sample]:
    numbers = read(path)
    yield Sample(f"{name}_timestamp_seconds", f"When the last {what} ended; 0: never.", numbers.get("at", 0))
    yield Sample(f"{name}_ok", f"Whether all went well in the last {what}.", numbers.get("ok", 0))


def _backup(part: str, mark: Path) -> Sample:
    try:
        made = int(mark.stat().st_mtime)
    except FileNotFoundError:
        made = 0
    return Sample(f"{part}_backup_timestamp_seconds", "When the last backup was made; 0: never.", made)


def _seconds(moment: datetime | None) -> float:
    return 0 if moment is None else moment.timestamp()
