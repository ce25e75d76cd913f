#!/usr/bin/env python3
"""What bench/NAME links to: runs bench/commands/NAME.py with the Python packages of `.venv`."""

import os
import sys
from pathlib import Path

COMMAND = Path(sys.argv[0]).name
CHECKOUT = Path(__file__).resolve().parent.parent
PYTHON = CHECKOUT / ".venv" / "bin" / "python"

if not os.access(PYTHON, os.X_OK):
    sys.exit(f"{COMMAND}: {PYTHON} is missing, or not for this user: run `make`")
os.environ["PYTHONPATH"] = str(CHECKOUT / "files" / "scripts")  # the CA's own library
os.chdir(CHECKOUT)
os.execv(PYTHON, [str(PYTHON), "-m", f"bench.commands.{COMMAND}", *sys.argv[1:]])  # noqa: S606
