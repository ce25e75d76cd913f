"""How a part ends: its document is written, its tables are shown, and what was wrong is told."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import results, tables
from bench.parts import Shown


def finish(
    name: str,
    shown: Shown,
    figures: Mapping[str, Any],
    *,
    wrong: Sequence[str],
    versions: Mapping[str, str],
    begin: float,
    quick: bool,
    output: Path | None,
) -> int:
    """Give the exit code. ``begin`` as time.monotonic() gave it; raises BenchError."""
    document = {
        "benchmark": name,
        "passed": not wrong,
        "wrong": list(wrong),
        "quick": quick,
        "machine": results.machine(),
        "seconds": time.monotonic() - begin,
        "versions": dict(versions),
        **figures,
    }
    results.write(output or results.file_of(name, quick=quick), document)
    tables.show(shown.tables(document))
    for each in wrong:
        print(f"WRONG: {each}", file=sys.stderr)
    return 1 if wrong else 0
