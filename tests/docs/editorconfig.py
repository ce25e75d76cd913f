"""Files as .editorconfig has them: `python -m tests.docs.editorconfig [FILE...]`; without one, all of git's.

Of its patterns `*`, `**` and `{a,b}` are understood, which are those that ours has.
"""

import configparser
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
NONE = "unset"


def sections(text: str) -> list[tuple[re.Pattern[str], dict[str, str]]]:
    """Pattern and properties, in order: later ones win."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string("[ ]\n" + text)
    return [
        (_pattern(alternative), dict(parser[name]))
        for name in parser.sections()
        for alternative in _alternatives(name)
        if name.strip()
    ]


def properties(path: str, known: Sequence[tuple[re.Pattern[str], dict[str, str]]]) -> dict[str, str]:
    """What holds for a file, named as git names it."""
    found: dict[str, str] = {}
    for pattern, values in known:
        if pattern.fullmatch(path):
            found |= values
    return {name: value for name, value in found.items() if value != NONE}


def faults(path: str, content: bytes, wanted: dict[str, str]) -> Iterator[str]:
    """What is not as wanted."""
    if not content or not wanted:
        return
    if wanted.get("charset") == "utf-8":
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            yield f"{path}: not UTF-8: {error}"
            return
    if wanted.get("end_of_line") == "lf" and b"\r" in content:
        yield f"{path}: carriage returns"
    if wanted.get("insert_final_newline") == "true" and not content.endswith(b"\n"):
        yield f"{path}: no line feed at the end"
    for number, line in enumerate(content.split(b"\n"), 1):
        if wanted.get("trim_trailing_whitespace") == "true" and line != line.rstrip(b" \t"):
            yield f"{path}:{number}: white space at the end of the line"
        if wanted.get("indent_style") == "space" and line.startswith(b"\t"):
            yield f"{path}:{number}: a tab as indentation"


def check(names: Sequence[str]) -> list[str]:
    """All faults of these files."""
    known = sections((CHECKOUT / ".editorconfig").read_text())
    found: list[str] = []
    for name in names:
        path = CHECKOUT / name
        if path.is_file() and not path.is_symlink():
            found += faults(name, path.read_bytes(), properties(name, known))
    return found


def ours() -> list[str]:
    """The files that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name]


def _alternatives(glob: str) -> Iterator[str]:
    parts = re.split(r"\{([^}]*)\}", glob)
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    yield from ("".join(words) for words in itertools.product(*choices))


def _pattern(glob: str) -> re.Pattern[str]:
    words = {"**": ".*", "*": "[^/]*"}
    text = "".join(words.get(word, re.escape(word)) for word in re.split(r"(\*\*|\*)", glob))
    return re.compile(text if "/" in glob else "(?:.*/)?" + text)


def main(argv: Sequence[str]) -> int:
    """Exit code 1: something is not as it should be."""
    found = check(argv or ours())
    print(*found, sep="\n", end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
