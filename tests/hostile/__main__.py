"""Write the corpus into a folder: one PEM file each, and index.json with names and expected refusals."""

import json
import re
import sys
from pathlib import Path

from tests.hostile.corpus import corpus


def main(argv: list[str]) -> int:
    """Write it; the folder is the one argument."""
    if len(argv) != 1:
        print("usage: python -m tests.hostile FOLDER", file=sys.stderr)
        return 2
    folder = Path(argv[0])
    folder.mkdir(parents=True, exist_ok=True)
    index = {}
    for title, hostile in corpus().items():
        file = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") + ".pem"
        assert file not in index, file
        (folder / file).write_bytes(hostile.pem)
        index[file] = {"title": title, "name": hostile.name, "refusal": hostile.words}
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n")
    print(f"{len(index)} requests in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
