from __future__ import annotations

import io

import pytest
from rich.console import Console

from conductor import output
from conductor.terminal import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\nnext\n", "plain\ttext\nnext\n"),
        ("[\x1b[0;32m  OK  \x1b[0m] Started ssh", "[  OK  ] Started ssh"),
        ("a\x1b[2J\x1b[Hb", "ab"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]52;c;cm0gLXJm\x1b\\b", "ab"),
        ("a\x1bPq#0\x1b\\b", "ab"),
        ("a\x1b]8;;https://example.com\x07link\x1b]8;;\x07b", "alinkb"),
        ("a\x1b(Bb\x1b=c\x1bMd", "abcd"),
        ("a\x9b31mb\x9d0;t\x9cc", "abc"),
        ("a\x1b\x01[31mb", "a[31mb"),
        ("a\x1b", "a"),
        ("a\x1b[", "a"),
        ("one\r\ntwo\r\r\nthree", "one\ntwo\nthree"),
        ("10%\r20%\r", "10%\n20%\n"),
        ("bell\x07 back\x08 null\x00 delete\x7f", "bell back null delete"),
        ("right\u202eto left\u2066", "rightto left"),
        ("Grüße, 漢字", "Grüße, 漢字"),
        ("a\x1b]unfinished\nnext line", "a\nnext line"),
    ],
)
def test_what_is_shown_of(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_no_text_leaves_a_control_character() -> None:
    everything = "".join(map(chr, range(0x300)))
    for opening in ("", "\x1b", "\x1b[", "\x1b]", "\x9b"):
        left = printable(opening + everything)
        assert not [
            each for each in left if each not in "\n\t" and (ord(each) < 32 or 127 <= ord(each) < 160)
        ]


def test_a_cell_of_a_table_is_neither_markup_nor_an_escape_sequence() -> None:
    file = io.StringIO()
    table = output.table("A")
    table.add_row(*output.cells("[/red]ok\x1b[2J"))
    Console(file=file, force_terminal=True, width=40).print(table)
    assert "[/red]ok" in file.getvalue()
    assert "\x1b[2J" not in file.getvalue()
