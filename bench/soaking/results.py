"""How a soak and a series of revocations are shown: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.agents.measure import percentile
from bench.results import machine
from bench.soaking.revoking import Revocation
from bench.soaking.run import Soak
from bench.soaking.usage import Watch
from bench.soaking.verdict import GROWTH_FACTOR, GROWTH_SLACK


def memory_rows(watch: Watch) -> list[dict[str, Any]]:
    """One row a master: memory (first, most, last), workers, CRL files, processor time."""
    rows = []
    for master in watch.masters:
        looks = watch.of(master)
        pids = {pid for look in looks for pid in look.workers}
        rows.append(
            {
                "master": master,
                "first_mb": looks[0].total,
                "max_mb": max(look.total for look in looks),
                "last_mb": looks[-1].total,
                "limit_mb": looks[-1].limit,
                "largest_worker_mb": max(
                    (used for look in looks for used in look.workers.values()), default=0.0
                ),
                "workers": len(looks[-1].workers),
                "workers_seen": len(pids),
                "crl_names": looks[-1].crl_names,
                "crl_files": looks[-1].crl_files,
                "cpu_seconds": looks[-1].cpu_seconds - looks[0].cpu_seconds,
            }
        )
    return rows


def soak_document(soak: Soak, wrong: Sequence[str]) -> dict[str, Any]:
    """All of a soak."""
    plan = soak.plan
    return {
        "benchmark": "soak",
        "passed": not wrong,
        "wrong": list(wrong),
        "interrupted": soak.interrupted,
        "machine": machine(),
        "plan": {name: getattr(plan, name) for name in plan.__dataclass_fields__},
        "rules": {"memory_growth_factor": GROWTH_FACTOR, "memory_growth_slack_mb": GROWTH_SLACK},
        "seconds": soak.measured or soak.clock(),
        "masters": [host.name for host in soak.site.masters],
        "runs": {
            "done": soak.counts.done,
            "failed": soak.counts.failed,
            "late": soak.counts.late,
            **_quantiles(soak.counts.seconds),
        },
        "requests": soak.journal.kinds(),
        "requests_by_master": soak.journal.servers(),
        "failures": soak.journal.failure_rows(),
        "revocations": [each.row() for each in soak.revocations],
        "deploys": [each.row() for each in soak.deployer.deploys],
        "memory": memory_rows(soak.watch),
        "looks": [
            {
                "at": look.at,
                "master": look.master,
                "groups_mb": dict(look.groups),
                "workers_resident_mb": {str(pid): used for pid, used in look.workers.items()},
                "crl_names": look.crl_names,
                "crl_files": look.crl_files,
                "cpu_seconds": look.cpu_seconds,
            }
            for look in soak.watch.looks
        ],
        "problems": soak.problems,
    }


def _quantiles(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {f"p{percent}": percentile(ordered, percent) for percent in (50, 95, 99)}


def show_soak(document: Mapping[str, Any], console: Console) -> None:
    requests = Table(
        "request", "count", "failed", "statuses", "p50 ms", "p95 ms", "p99 ms", "max ms", title="Requests"
    )
    for row in document["requests"]:
        statuses = ", ".join(f"{status}: {count}" for status, count in row["statuses"].items())
        times = [f"{row[key] * 1000:.0f}" for key in ("p50", "p95", "p99", "max")]
        requests.add_row(row["kind"], f"{row['count']:,}", str(row["failed"]), statuses, *times)
    console.print(requests)
    memory = Table(
        "master", "requests", "MB first", "max", "last", "largest worker", "workers", "seen",
        "CRL files", "CPU s",
        title="Masters: PSS of Apache, Passenger and the workers",
    )  # fmt: skip
    for row in document["memory"]:
        megabytes = [f"{row[key]:.0f}" for key in ("first_mb", "max_mb", "last_mb", "largest_worker_mb")]
        if row["limit_mb"]:
            megabytes[-1] += f" of {row['limit_mb']}"
        served = f"{document['requests_by_master'].get(row['master'], 0):,}"
        files = f"{row['crl_files']} ({row['crl_names']} names)"
        counts = [str(row["workers"]), str(row["workers_seen"]), files, f"{row['cpu_seconds']:.0f}"]
        memory.add_row(row["master"], served, *megabytes, *counts)
    console.print(memory)
    show_deploys(document["deploys"], console)
    show_revocations(document["revocations"], console, each=False)
    runs = document["runs"]
    console.print(
        f"{runs['done']:,} runs of {document['plan']['agents']} agents in {document['seconds'] / 60:.1f} "
        f"minutes, {runs['failed']} failed, {runs['late']} late",
        highlight=False,
    )


def show_deploys(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    table = Table(
        "version", "master", "at s", "refresh s", "first new catalog after s", "stale", title="Deploys"
    )
    for row in rows:
        first = row["first_new_catalog_after"]
        table.add_row(
            row["version"],
            row["server"],
            str(row["at"]),
            f"{row['refresh_seconds']:.1f}",
            "-" if first is None else f"{first:.1f}",
            str(row["stale_catalogs"]),
        )
    console.print(table)


def by_master(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[float | None]]:
    """Seconds from revocation to refusal, of each master."""
    found: dict[str, list[float | None]] = {}
    for row in rows:
        for master, seconds in row["seconds"].items():
            found.setdefault(master, []).append(seconds)
    return found


def show_revocations(rows: Sequence[Mapping[str, Any]], console: Console, *, each: bool = True) -> None:
    masters = sorted(by_master(rows))
    if each:
        table = Table(
            "run", "how", *(f"{name} s" for name in masters), "kept-open connection", title="Refused after"
        )
        for number, row in enumerate(rows, 1):
            times = [_seconds(row["seconds"].get(name)) for name in masters]
            table.add_row(str(number), row["how"], *times, ", ".join(row["kept_open"].values()))
        console.print(table)
    table = Table("master", "revocations", "never", "median s", "max s", title="From revocation to refusal")
    for master, seconds in sorted(by_master(rows).items()):
        known = [value for value in seconds if value is not None]
        middle, worst = (f"{median(known):.1f}", f"{max(known):.1f}") if known else ("-", "-")
        table.add_row(master, str(len(seconds)), str(len(seconds) - len(known)), middle, worst)
    console.print(table)


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f}"


def revocations_document(revocations: Sequence[Revocation], wrong: Sequence[str]) -> dict[str, Any]:
    rows = [each.row() for each in revocations]
    times = by_master(rows)
    known = [value for seconds in times.values() for value in seconds if value is not None]
    return {
        "benchmark": "revocation",
        "passed": not wrong,
        "wrong": list(wrong),
        "machine": machine(),
        "worst_seconds": max(known, default=None),
        "revocations": rows,
    }
