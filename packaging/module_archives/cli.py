"""The command line: packaging/modules."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .archive import load, pack
from .errors import ArchiveError

CHECKOUT = Path(__file__).resolve().parents[2]
# What the repository has once, each archive needs.
BESIDE = {name: CHECKOUT / name for name in ("CHANGELOG.md", "LICENSE")}


def main(argv: Sequence[str]) -> int:
    """Build the archives and print their paths; return 0, or 1 if one failed."""
    parser = argparse.ArgumentParser(
        prog="packaging/modules",
        description="Build an archive of each Puppet module, as the Forge takes them.",
    )
    parser.add_argument("modules", nargs="*", type=Path, metavar="MODULE", help="its folder (default: all)")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", default=CHECKOUT / "pkg", help="default: %(default)s"
    )
    arguments = parser.parse_args(argv)
    try:
        arguments.output.mkdir(parents=True, exist_ok=True)
        for folder in arguments.modules or sorted((CHECKOUT / "modules").iterdir()):
            module = load(folder, beside=BESIDE)
            archive = arguments.output / f"{module.slug}.tar.gz"
            archive.write_bytes(pack(module))
            print(archive)
    except (ArchiveError, OSError) as error:
        print(f"packaging/modules: ERROR: {error}", file=sys.stderr)
        return 1
    return 0
