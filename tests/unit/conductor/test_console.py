"""Following a console: a cloud gives a window of text that moves on, not what is new."""

from __future__ import annotations

import pytest

from conductor.login.console import LOST, added

LINES = [f"line {number}\n" for number in range(20)]


def text(first: int, last: int) -> str:
    return "".join(LINES[first:last])


@pytest.mark.parametrize(
    ("before", "now", "new"),
    [
        ("", text(0, 3), text(0, 3)),
        (text(0, 3), text(0, 3), ""),
        (text(0, 3), text(0, 5), text(3, 5)),
        (text(0, 3) + "lin", text(0, 5), "e 3\n" + text(4, 5)),
        # The window has moved on, by lines or in the middle of one.
        (text(0, 10), text(4, 12), text(10, 12)),
        (text(0, 10), text(4, 12)[3:], text(10, 12)),
        # An older view after a newer one.
        (text(0, 10), text(0, 6), ""),
        (text(0, 10), "", ""),
        # Nothing in common.
        (text(0, 5), text(10, 15), LOST + text(10, 15)),
        (text(0, 5), "one line", LOST + "one line"),
    ],
)
def test_what_is_new(before: str, now: str, new: str) -> None:
    assert added(before, now) == new


def test_lines_that_repeat_are_neither_lost_nor_shown_twice() -> None:
    before = "start\n" + "tick\n" * 10
    now = "tick\n" * 10 + "tock\n" + "tick\n"
    assert added(before, now) == "tock\ntick\n"
