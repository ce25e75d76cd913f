"""A cluster's beginnings in that cloud, and the conductor as an operator would have it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.launching.cloud import COUNTS, RESET
from conductor import clients
from conductor.clients import Clients
from conductor.context import Context, open_context
from conductor.patience import Patience
from conductor.settings import Settings

BUCKET = "bench-launch"
PEM = "-----BEGIN CERTIFICATE-----\nMIIBbench\n-----END CERTIFICATE-----\n"
SERVER = {"server": "master.internal", "ca_server": "ca.internal", "ca_port": 8141, "port": 8140}
START_SECONDS = 60


@dataclass(frozen=True)
class Cloud:
    """The server: its address, and what it has used."""

    address: str
    pid: int

    def processor_seconds(self) -> float:
        """Of all its threads, user and system, so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def cloud(folder: Path) -> Iterator[Cloud]:
    """The server while it runs. Raises BenchError."""
    port_file = folder / "port"
    log = folder / "cloud.log"
    command = [sys.executable, "-m", "bench.launching.cloud", str(port_file)]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            end = time.monotonic() + START_SECONDS
            while not port_file.exists():
                if process.poll() is not None or time.monotonic() > end:
                    raise BenchError(f"moto's server did not start: {log.read_text()[-2000:]}")
                time.sleep(0.1)
            yield Cloud(f"http://127.0.0.1:{port_file.read_text()}", process.pid)
        finally:
            process.kill()


def environment(address: str, folder: Path) -> None:
    """As an operator has it, with nothing of the real one's."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "PUPPET_HADOOP_"))]:
        del os.environ[name]
    os.environ.update(
        AWS_ENDPOINT_URL=address,
        AWS_ACCESS_KEY_ID="bench",
        AWS_SECRET_ACCESS_KEY="bench",  # noqa: S106 - moto takes any
        AWS_DEFAULT_REGION="us-east-1",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=str(folder / "none"),
        AWS_SHARED_CREDENTIALS_FILE=str(folder / "none"),
        PUPPET_HADOOP_HOME=str(folder / "operator"),
    )


class Site:
    """One conductor's clients, for as many clusters as are measured, one after another."""

    def __init__(self, cloud: Cloud, said: list[str]) -> None:
        self.cloud = cloud
        self._said = said
        self._clients: Clients = clients.connect()
        Patience(said.append, time.sleep, time.monotonic).attach(self._clients)

    def new(self) -> Context:
        """An empty cloud with full token buckets, and a CA and a master in it."""
        self._ask("/moto-api/reset", post=True)
        self._clients.s3.create_bucket(Bucket=BUCKET)
        for key, body in {"ca/ca_crt.pem": PEM, "ca/server": json.dumps(SERVER)}.items():
            self._clients.s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode())
        image = self._clients.ec2.register_image(Name="debian-13")["ImageId"]
        settings = Settings.model_validate({"s3_bucket_name": BUCKET, "ami_id": image})
        context = open_context(settings, self._clients, self._said.append)
        context.operator.key()
        context.operator.ssh_public_key(None)
        self._ask(RESET)
        return context

    def counts(self) -> dict[str, Any]:
        """What was asked since ``new``."""
        found = self._ask(COUNTS)
        assert isinstance(found, dict)  # noqa: S101 - our own server
        return found

    def _ask(self, path: str, *, post: bool = False) -> Any:
        request = urllib.request.Request(self.cloud.address + path, data=b"" if post else None)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the loopback address
            return json.loads(answer.read() or b"null")
