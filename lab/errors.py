"""Every error that the lab raises on purpose; only `lab.cli.main` turns them into exit codes."""

from collections.abc import Sequence


class LabError(Exception):
    """A message for the operator: what failed, where, and what to do next."""


class HostUnfit(LabError):
    """This machine lacks something that the lab needs (root, a command, a kernel feature, space)."""


class Busy(LabError):
    """Another lab command is at work on the same state directory."""


class NotRunning(LabError):
    """The lab is not up."""

    def __init__(self) -> None:
        super().__init__("the lab is not running; start it with: sudo lab/lab up")


class NoSuchInstance(LabError):
    """No instance has the given role, id or private name."""


class CommandFailed(LabError):
    """A subprocess ended with an exit code that nobody expected, or ran into its deadline."""

    def __init__(self, argv: Sequence[str], outcome: str, output: str) -> None:
        self.output = output
        tail = "\n".join(output.strip().splitlines()[-15:])
        super().__init__(f"{' '.join(argv)}: {outcome}" + (f"\n{tail}" if tail else ""))
