"""Launch both sides and leave them up: a process that `bench/all` starts beside parts without a lab."""

from __future__ import annotations

import sys

import click

from bench import command
from bench.two_sides import two_sides
from lab.state import State


@click.command()
def sides() -> None:
    """In a lab that is up. They stay only if they are to be kept (`lab_up.KEEP`)."""
    with two_sides(State.default(), command.say):
        pass


if __name__ == "__main__":
    sys.exit(command.main(sides, "both sides", sys.argv[1:]))
