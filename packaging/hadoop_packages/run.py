"""The one place where programs are started."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from .errors import CommandError, ToolMissingError

# Program → Debian package, for the message when it is missing.
TOOLS = {"setpriv": "util-linux", "mvn": "maven", "gpg": "gnupg", "gpgconf": "gnupg", "dpkg-deb": "dpkg"}


def require(*tools: str) -> None:
    """Raise ToolMissingError for the first of these programs that is not on the PATH."""
    for tool in tools:
        if shutil.which(tool) is None:
            raise ToolMissingError(tool, TOOLS[tool])


def run(
    argv: list[str],
    *,
    timeout: float,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> str:
    """Run a program and return its standard output; CommandError if it fails or takes `timeout` seconds."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **(env or {})}
    try:
        done = subprocess.run(
            # A program must not go on, and write, after a build that was killed.
            ["setpriv", "--pdeathsig", "KILL", "--", *argv],
            cwd=cwd,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise ToolMissingError("setpriv", TOOLS["setpriv"]) from error
    except subprocess.TimeoutExpired as error:
        # Bytes, whatever was asked for.
        output = error.output.decode(errors="replace") if isinstance(error.output, bytes) else ""
        raise CommandError(argv, f"did not end within {timeout:.0f} s", output) from error
    if done.returncode != 0:
        raise CommandError(argv, f"exit code {done.returncode}", done.stdout + done.stderr)
    return done.stdout
