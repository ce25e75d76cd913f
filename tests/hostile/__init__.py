"""A corpus of hostile certificate requests, made anew each time: ``python -m tests.hostile FOLDER``.

Each holds the launch's secret and, where that is not its point, the name of a record that vouches for it, so
that nothing but its own fault can be what it is refused for.
"""

from dataclasses import dataclass

from tests.hostile.making import NAME


@dataclass(frozen=True)
class Hostile:
    """A request, the name under which it comes, and what the refusal says (a regular expression)."""

    pem: bytes
    words: str
    name: str = NAME
