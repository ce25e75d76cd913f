"""What an operator at a terminal sees."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from rich.console import Console

from conductor import output
from conductor.instances import Instance

WORKER = Instance(
    id="i-1",
    state="pending",
    role="worker",
    batch="b",
    certname="b",
    private_name="",
    private_ip="",
    launched=datetime(2026, 11, 30, tzinfo=UTC),
    reason="",
)


@dataclass(frozen=True)
class Standing:
    instance: Instance
    stage: str
    failure: str = ""
    done: bool = False


def test_a_line_that_comes_while_a_table_is_shown_stands_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(output, "_progress", Console(file=shown, force_terminal=True, width=100))
    with output.ProgressView() as view:
        view([Standing(WORKER, "pending")], 1)
        output.say("starting 3 x worker")
    table, line = shown.getvalue().rindex("pending"), shown.getvalue().rindex("starting 3 x worker")
    assert line < table
