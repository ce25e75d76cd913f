"""Where a benchmark's figures go, and on which machine they were measured."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.errors import BenchError

RESULTS = Path(__file__).resolve().parent / "results"


def file_of(name: str, *, quick: bool = False) -> Path:
    """Where a benchmark's figures go. A quick run's are not those that docs/benchmarks.md shows."""
    return (RESULTS / "quick" if quick else RESULTS) / f"{name}.json"


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
