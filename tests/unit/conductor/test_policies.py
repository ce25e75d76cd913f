"""The policy that the README has the operator make."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import conductor

CHECKOUT = Path(conductor.__file__).parent.parent


def policy() -> str:
    """What the README's command makes of conductor/policies/puppetmaster.json."""
    command = re.search(
        r"sed '[^']*' conductor/policies/puppetmaster\.json", (CHECKOUT / "README.md").read_text()
    )
    assert command is not None
    done = subprocess.run(["sh", "-c", command[0]], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    return done.stdout


def test_the_readme_s_command_puts_the_bucket_everywhere() -> None:
    assert "BUCKET" not in policy()
    resources = [statement["Resource"] for statement in json.loads(policy())["Statement"]]
    assert "arn:aws:s3:::your-bucket" in resources
    assert ["arn:aws:s3:::your-bucket/ca/*", "arn:aws:s3:::your-bucket/status/*"] in resources
