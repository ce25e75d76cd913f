"""Text from elsewhere, made fit for a terminal: what a node writes must not steer the operator's screen."""

from __future__ import annotations

import re

# CSI (colours, cursor), then the strings that end with BEL or ST (titles, clipboard), then all other escapes.
ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# A serial console ends lines with one or more carriage returns; alone, one would write over what was there.
LINE_ENDS = re.compile(r"\r*\n|\r+")
# What is left of control characters, and those that show text in another order than it has.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text without escape sequences and control characters; lines and tabs stay."""
    lines = LINE_ENDS.sub("\n", text)
    return CONTROLS.sub("", ESCAPES.sub("", lines))
