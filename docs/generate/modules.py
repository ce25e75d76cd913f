"""REFERENCE.md of each Puppet module, by puppet-strings from the comments of its code.

    python -m docs.generate.modules            # writes them
    python -m docs.generate.modules --check    # 1: one is not as its code says, or a comment lacks something

Releases of puppet-strings differ in anchors and quotes; what they write is brought into the form of the newer
ones, so that the same code gives the same file on Debian 12 (2.9) and 13 (4.1). A limit of the older ones
remains: of a default that is calculated they print an operator; such a default belongs in the module's data.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

MODULES = Path(__file__).parents[2] / "modules"
NAME = "REFERENCE.md"
AUTHOR = "puppethadoop"
DOCUMENTED = ("functions", "lib", "manifests", "types")
DEADLINE = 120
# What is left of `$a == $b`, `($a)` or `$a in $b`.
CALCULATED = r"Default value: `([^\w\s\"'\[{$]+|and|in|or)`"


class CannotDocument(Exception):
    """What puppet-strings says."""


def reference(module: Path) -> str:
    """What REFERENCE.md of a module should hold; CannotDocument: a comment lacks something."""
    with tempfile.TemporaryDirectory() as folder:
        # Away from the checkout, in which it would leave its index.
        for name in DOCUMENTED:
            if (module / name).is_dir():
                shutil.copytree(module / name, Path(folder) / name)
        shutil.copy(module / "metadata.json", folder)
        found = json.loads(_strings(Path(folder), "json", "found.json"))
        if lacks := [f"{module.name}: {lack}" for lack in missing(found)]:
            raise CannotDocument("\n".join(lacks))
        return normal(_strings(Path(folder), "markdown", NAME))


def missing(found: Mapping[str, list[dict[str, Any]]]) -> Iterator[str]:
    """What comments do not say, of private code too: summaries, and what parameters mean."""
    for kind in ("puppet_classes", "defined_types", "data_type_aliases", "puppet_functions"):
        for each in found[kind]:
            tags = each["docstring"].get("tags", [])
            if not any(tag["tag_name"] == "summary" for tag in tags):
                yield f"{each['name']} has no @summary"
            for tag in tags:
                if tag["tag_name"] == "param" and not tag.get("text"):
                    yield f"{each['name']} has no @param for {tag['name']}"


def _strings(folder: Path, form: str, name: str) -> str:
    argv = ["puppet", "strings", "generate", "--format", form, "--out", name]
    environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8", "RUBYOPT": "-W0"}
    done = subprocess.run(
        argv,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    lacks = re.findall(r"^\[(?:warn|error)\]: .*", done.stdout, re.MULTILINE)
    if done.returncode != 0 or lacks:
        raise CannotDocument("\n".join(lacks) or done.stdout)
    return (folder / name).read_text()


def normal(text: str) -> str:
    """A reference of any release of puppet-strings in one form."""
    text = re.sub(r"``([^`\n]+)``", r"`\1`", text)
    text = re.sub(r"Alias of\n\n```puppet\n([^\n]+)\n```", r"Alias of `\1`", text)
    lines, section = [], ""
    for line in text.splitlines():
        if found := re.fullmatch(r'### <a name="[^"]*"></a>`(.+)`', line):
            section = _anchor(found[1])
            lines.append(f'### <a name="{section}"></a>`{found[1]}`')
        elif found := re.fullmatch(r'##### <a name="[^"]*"></a>`(.+)`', line):
            lines.append(f'##### <a name="-{section}--{found[1]}"></a>`{found[1]}`')
        elif found := re.match(r"\* \[`([^`]+)`\]\(#[^)]*\)", line):
            anchor = f"-{section}--{found[1]}" if section else _anchor(found[1])
            lines.append(f"* [`{found[1]}`](#{anchor}){line[found.end() :]}")
        else:
            lines.append(line)
    page = "\n".join(line.rstrip() for line in lines).rstrip() + "\n"
    if cut := re.search(rf"{CALCULATED}$", page, re.MULTILINE):
        raise CannotDocument(
            f"a default is calculated, which older releases show as {cut[1]}: put it in data"
        )
    return page


def _anchor(name: str) -> str:
    return name.replace("::", "--")


def _is_ours(metadata: Path) -> bool:
    """A site that works in a copy may have put a module of its own beside them."""
    return bool(json.loads(metadata.read_text())["author"] == AUTHOR)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the references, or compare them; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate.modules", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if something would change")
    check = parser.parse_args(argv).check
    modules = [path.parent for path in sorted(MODULES.glob("*/metadata.json")) if _is_ours(path)]
    try:
        with ThreadPoolExecutor(2) as pool:
            texts = list(pool.map(reference, modules))
    except CannotDocument as lack:
        print(lack, file=sys.stderr)
        return 1
    paths = [module / NAME for module in modules]
    if not check:
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text)
        return 0
    stale = [
        str(path.relative_to(MODULES.parent))
        for path, text in zip(paths, texts, strict=True)
        if not path.is_file() or path.read_text() != text
    ]
    if stale:
        print(f"{', '.join(stale)}: not as the code says; run make reference", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
