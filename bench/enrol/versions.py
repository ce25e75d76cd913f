"""What of the machine's software the commands' costs depend on."""

from __future__ import annotations

import json
import subprocess

import boto3

from bench.enrol.processes import PYTHON
from bench.errors import BenchError

CODE = """\
import json, platform, cryptography, requests
print(json.dumps({"Python": platform.python_version(), "cryptography": cryptography.__version__,
                  "requests": requests.__version__}))
"""


def versions() -> dict[str, str]:
    """Of the hosts' interpreter and its packages, and of boto3, which is the checkout's own."""
    done = subprocess.run(
        [PYTHON, "-c", CODE], capture_output=True, text=True, check=False, timeout=60, env={"LANG": "C.UTF-8"}
    )
    if done.returncode != 0:
        raise BenchError(
            f"{PYTHON} has not all that the commands need; run `make deps`: {done.stderr[-300:]}"
        )
    return {**json.loads(done.stdout), "boto3": boto3.__version__}
