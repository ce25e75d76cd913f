"""Tables and pictures of docs/benchmarks.md from bench/results/*.json; the prose between them is kept.

    python -m docs.generate.benchmarks            # writes them: `make figures`
    python -m docs.generate.benchmarks --check    # 1: the page or a picture is not as the figures say

What is written stands between `<!-- NAME: begin -->` and `<!-- NAME: end -->`. NAME: a part, `goals`, `run`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import plots, results, tables
from bench.errors import BenchError
from bench.parts import PARTS, Part
from bench.plots import Plot
from bench.tables import Goal, Table

DOCS = Path(__file__).parents[1]
PAGE = DOCS / "benchmarks.md"
IMAGES = DOCS / "images"
PREFIX = "bench-"
NOTHING = "Not measured yet.\n"
NEEDED = {"machine", "passed", "seconds", "wrong"}
Document = dict[str, Any]


def documents(*, quick: bool = False) -> dict[str, Document]:
    """Figures by their parts' names, of those that have some, and of `all`; the page shows no quick ones."""
    names = [*(part.name for part in PARTS), "all"]
    files = {name: results.file_of(name, quick=quick) for name in names}
    held = {name: json.loads(file.read_text("utf-8")) for name, file in files.items() if file.exists()}
    return {name: document for name, document in held.items() if document.keys() >= NEEDED}


def page(text: str, found: Mapping[str, Document]) -> str:
    """``text`` with what stands between the marks written anew. Raises BenchError: marks are missing."""
    for name, content in _contents(found).items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise BenchError(f"{PAGE.name} needs {begin.strip()} and {end.strip()} once each")
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n{content.strip()}\n\n{end}{rest.partition(end)[2]}"
    return text


def _contents(found: Mapping[str, Document]) -> dict[str, str]:
    parts = {part.name: _section(part, found[part.name]) if part.name in found else NOTHING for part in PARTS}
    return {"goals": _goals(found), "run": _run(found.get("all")), **parts}


def _section(part: Part, document: Document) -> str:
    shown = part.shown
    pieces = [_where(document)]
    pieces += [f"**Failed**: {wrong}\n" for wrong in document["wrong"]]
    pieces += [table.markdown() for table in shown.tables(document)]
    pieces += [f"![{_alternative(plot)}](images/{PREFIX}{plot.name}.svg)\n" for plot in shown.plots(document)]
    return "\n".join(pieces)


def _where(document: Document) -> str:
    machine = document["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in document.get("versions", {}).items())
    return (
        f"Measured on {_day(document)}, in {_minutes(document['seconds'])} minutes, on {_machine(machine)}"
        f"{f', with {versions}' if versions else ''}.\n"
    )


def _machine(machine: Mapping[str, Any]) -> str:
    memory = f"{machine['memory_mb'] / 1024:.0f} GB"
    return f"{machine['cores']} cores ({machine['cpu']}), {memory}, Linux {machine['kernel']}"


def _day(document: Document) -> str:
    return str(document["machine"]["at"]).replace("T", " ").removesuffix("Z") + " UTC"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f}"


def goals(found: Mapping[str, Document], name: str = "{goal}") -> list[Goal]:
    """Of all parts. ``name``: how each is called, of its ``{goal}`` and its ``{part}``."""
    return [
        replace(goal, name=name.format(goal=goal.name, part=part.name))
        for part in PARTS
        if part.name in found
        for goal in part.goals(found[part.name])
    ]


def _goals(found: Mapping[str, Document]) -> str:
    rows = goals(found, "{goal} ([{part}](#{part}))")
    return tables.of_goals(rows).markdown() if rows else NOTHING


def _run(whole: Document | None) -> str:
    if whole is None:
        return NOTHING
    rows = [
        (
            part["part"],
            part["outcome"] + (f": {part['why']}" if part["why"] else ""),
            _minutes(part["seconds"]),
            _minutes(part["budget"]),
        )
        for part in whole["parts"]
    ]
    rows.append(("all", "passed" if whole["passed"] else "failed", _minutes(whole["seconds"]), "60.0"))
    title = f"The last full run ended on {_day(whole)}, on {_machine(whole['machine'])}."
    return Table(title, ("part", "", "minutes", "should take"), rows, words=2).markdown()


def _alternative(plot: Plot) -> str:
    text = f"{plot.title}: {plot.y} by {plot.x or 'kind'}, of {', '.join(plot.series)}"
    return re.sub(r"[\[\]\n]", " ", text)


def pictures(found: Mapping[str, Document], folder: Path) -> list[Path]:
    """Draw all into ``folder``. Raises BenchError: two have one name."""
    wanted = [
        replace(plot, name=PREFIX + plot.name)
        for part in PARTS
        if part.name in found
        for plot in part.shown.plots(found[part.name])
    ]
    names = [plot.name for plot in wanted]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BenchError(f"several plots are called {', '.join(twice)}")
    return [plots.write(plot, folder) for plot in wanted]


def stale() -> list[str]:
    """What is not as the figures say: the page, pictures, and pictures of nothing."""
    found = documents()
    text = PAGE.read_text(encoding="utf-8")
    old = [] if page(text, found) == text else [PAGE.name]
    with tempfile.TemporaryDirectory() as folder:
        drawn = {path.name: path.read_bytes() for path in pictures(found, Path(folder))}
    held = {path.name: path.read_bytes() for path in _held()}
    return old + sorted(name for name in drawn.keys() | held.keys() if drawn.get(name) != held.get(name))


def _held() -> Iterator[Path]:
    return IMAGES.glob(f"{PREFIX}*.svg")


def write() -> None:
    """Write all anew. Raises BenchError."""
    found = documents()
    text = page(PAGE.read_text(encoding="utf-8"), found)
    drawn = pictures(found, IMAGES)
    PAGE.write_text(text, encoding="utf-8")
    for path in set(_held()) - set(drawn):
        path.unlink()


def main(argv: Sequence[str] | None = None) -> int:
    """Write, or compare; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate.benchmarks", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if something would change")
    check = parser.parse_args(argv).check
    try:
        if not check:
            write()
            return 0
        old = stale()
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    if old:
        print(f"{', '.join(old)}: not as the figures say; run make figures", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
