"""docs/tutorial-role.md as something to follow: its files, its additions, its commands."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PAGE = CHECKOUT / "docs" / "tutorial-role.md"
# What stands before a block, in the paragraph that ends with a colon.
_BLOCK = re.compile(
    r"(?P<lead>[^\n]+(?:\n[^\n]+)*):\n\n```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)
_PATH = re.compile(r"`([\w./-]+/[\w.-]+)`$")


class UnknownBlockError(Exception):
    """A block of code of which the page does not say what it is."""


@dataclass(frozen=True)
class Tutorial:
    """What the page has its reader do."""

    files: dict[str, str]
    added: dict[str, str]
    settings: str
    commands: list[list[str]]


def read() -> Tutorial:
    """Raises UnknownBlockError, so that no block stands there untried."""
    text = PAGE.read_text(encoding="utf-8")
    files: dict[str, str] = {}
    added: dict[str, str] = {}
    settings, commands = "", []
    blocks = list(_BLOCK.finditer(text))
    if len(blocks) != text.count("\n```") / 2:
        raise UnknownBlockError("a block of code has no paragraph before it that ends with a colon")
    for block in blocks:
        lead, path = block["lead"], _PATH.search(block["lead"])
        if block["language"] == "sh":
            commands.append(block["text"].splitlines())
        elif path and re.search(r"\bAppend\s+to `[^`]+`$", lead):
            added[path[1]] = block["text"]
        elif path:
            files[path[1]] = block["text"]
        elif "`start_instance.yaml`" in lead:
            settings = block["text"]
        else:
            raise UnknownBlockError(block["text"])
    return Tutorial(files, added, settings, commands)


def follow(tutorial: Tutorial, copy: Path) -> None:
    """Make a copy of the checkout with what the page has its reader write."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = CHECKOUT / name, copy / name
        if source.is_symlink() or source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    for name, text in tutorial.files.items():
        assert not (copy / name).exists(), f"{name} is there already"
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(text, encoding="utf-8")
    for name, text in tutorial.added.items():
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write(text)
