"""How a soak and a series of revocations are shown: tables for people, JSON for programs."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.errors import BenchError
from bench.measure import percentile
from bench.revoking import Revocation
from bench.soak_run import Soak
from bench.usage import Watch
from bench.verdict import GROWTH_FACTOR, GROWTH_SLACK

RESULTS = Path(__file__).resolve().parent / "results"


def machine() -> dict[str, Any]:
    """Where and when it was measured."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        "",
    )
    cores = sum(line.startswith("processor") for line in _lines("/proc/cpuinfo"))
    memory = next(
        (int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "cpu": model,
        "cores": cores,
        "memory_mb": memory // 1024,
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def write(path: Path, document: Mapping[str, Any]) -> None:
    """Raises BenchError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_finite(document), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{path}: the results cannot be written: {error.strerror}") from error


def _finite(value: Any) -> Any:
    """JSON knows no NaN."""
    if isinstance(value, Mapping):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


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
