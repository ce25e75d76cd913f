"""Nodes' records in the folder that is the store of both sides."""

import base64
import hashlib
import io
import json
import tarfile
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.differential import csr
from tests.differential.sides import Server

NODE_BUCKET = "/var/lib/puppet-nodes"
Record = dict[str, Any]


def write_records(server: Server, records: dict[str, Record]) -> None:
    """Write nodes' records, as the folder's owner."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, record in records.items():
            content = json.dumps(record).encode()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o640
            archive.addfile(entry, io.BytesIO(content))
    server.run(
        f"cd {NODE_BUCKET} && base64 -d | tar xz --no-same-owner && chown --reference=. {' '.join(records)}",
        stdin=base64.b64encode(packed.getvalue()).decode(),
    )


def enrolment(run: str) -> dict[str, Any]:
    """What a record says of who may enrol: whoever has the secret of the suite's requests."""
    expires = datetime.now(UTC) + timedelta(hours=2)
    return {
        "batch": run,
        "secret_sha256": hashlib.sha256(csr.SECRET.encode()).hexdigest(),
        "expires": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
        "role": "worker",
        "launched_by": "the differential test",
        "dns_alt_names": [],
    }
