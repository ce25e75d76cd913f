"""The pages for readers: their lines of code, inline code, links and headings."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
SHELLS = ("", "sh", "shell", "bash", "console")
_FENCE = re.compile(r"^\s*```(\w*)\s*$")
_ITEM = re.compile(r"^(\s*)(?:[-*]|\d+\.)\s+")
_SPAN = re.compile(r"(`+)(.+?)\1")
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")


@dataclass(frozen=True)
class Line:
    """A line of a page; continued ones are joined."""

    page: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.number}: {self.text}"


@cache
def tracked(ending: str = "") -> list[str]:
    """Files that git knows, by their ending."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [
        name for name in listed.stdout.split("\0") if name.endswith(ending) and (CHECKOUT / name).exists()
    ]
    return sorted(set(names) - {""})


@cache
def readers_pages() -> list[str]:
    """README and docs/*.md: each of their commands is to be accounted for."""
    return [
        "README.md",
        *(name for name in tracked(".md") if re.fullmatch(r"docs/(decisions/)?[^/]+\.md", name)),
    ]


def code_lines(page: str) -> Iterator[Line]:
    """Lines of blocks of code, fenced (of a shell, or of nothing in particular) or indented."""
    yield from _joined(_block_lines(page))


def prose(page: str) -> Iterator[Line]:
    """All other lines, but those of fenced blocks."""
    inside = {(line.number) for line in _block_lines(page)}
    fence = False
    for number, text in enumerate((CHECKOUT / page).read_text(encoding="utf-8").splitlines(), 1):
        if _FENCE.match(text):
            fence = not fence
        elif not fence and number not in inside:
            yield Line(page, number, text)


def spans(page: str) -> Iterator[Line]:
    """Inline code, as the reader sees it."""
    for line in prose(page):
        for found in _SPAN.finditer(line.text):
            yield Line(page, line.number, found[2].replace(r"\|", "|").strip())


def links(page: str) -> Iterator[Line]:
    """Targets of links and pictures."""
    for line in prose(page):
        # Code is no link; a link whose text is code is one.
        for found in _LINK.finditer(_SPAN.sub("code", line.text)):
            yield Line(page, line.number, found[1])


@cache
def anchors(page: str) -> set[str]:
    """What `#…` may name: headings as GitHub makes anchors of them, and anchors of HTML."""
    found: dict[str, int] = {}
    names = set()
    for line in prose(page):
        names |= set(re.findall(r'<a name="([^"]+)"></a>', line.text))
        heading = re.match(r"^#+ (.+?)\s*#*$", line.text)
        if heading:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])
            name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            count = found.get(name, 0)
            found[name] = count + 1
            names.add(f"{name}-{count}" if count else name)
    return names


def _block_lines(page: str) -> Iterator[Line]:
    fence: str | None = None
    margin, open_block, blank = 0, False, True
    for number, text in enumerate((CHECKOUT / page).read_text(encoding="utf-8").splitlines(), 1):
        fenced = _FENCE.match(text)
        if fenced:
            fence = None if fence is not None else fenced[1]
        elif fence is not None:
            if fence in SHELLS and text.strip():
                yield Line(page, number, text.strip())
        elif not text.strip():
            blank = True
            continue
        else:
            indent = len(text) - len(text.lstrip())
            item = _ITEM.match(text)
            if item and indent < margin + 4:
                margin, open_block = len(item[0]), False
            elif indent >= margin + 4 and (blank or open_block):
                open_block = True
                yield Line(page, number, text.strip())
            else:
                open_block = False
                if indent < margin and blank:
                    margin = 0
        blank = False


def _joined(lines: Iterator[Line]) -> Iterator[Line]:
    begun: Line | None = None
    for line in lines:
        whole = Line(begun.page, begun.number, f"{begun.text} {line.text}") if begun else line
        if whole.text.endswith("\\"):
            begun = Line(whole.page, whole.number, whole.text[:-1].rstrip())
        else:
            begun = None
            yield whole
