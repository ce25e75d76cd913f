"""How a short-lived command ends."""

import os
import sys


def leave(code: int) -> None:
    """End the process with ``code``, without taking the interpreter apart: that takes longer than a decision.

    Nothing of ours waits for the interpreter's end; what was printed is written out first.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:  # closed from the beginning
                stream.flush()
        except (OSError, ValueError):  # gone, or full: with the code of the interpreter's own
            code = code or 120
    os._exit(code)
