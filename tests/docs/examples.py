"""What is in docs/examples, as a reader would fill it in."""

import re
import textwrap
from pathlib import Path

CLOUD_CONFIG = Path(__file__).parents[2] / "docs" / "examples" / "cloud-config.yaml"
_SAMPLE = re.compile(r"( +)-----BEGIN CERTIFICATE-----\n.*?-----END CERTIFICATE-----\n", re.DOTALL)
SERVER = "puppetmaster.example.com"


def cloud_config(*, server: str, authority: str) -> str:
    """The example with one's own names and certificate."""
    text = CLOUD_CONFIG.read_text(encoding="utf-8").replace(SERVER, server)
    [sample] = _SAMPLE.finditer(text)
    return text.replace(sample[0], textwrap.indent(authority.strip() + "\n", sample[1]))
