"""A backup of the CA: a tar archive whose first member, manifest.json, has the SHA-256 of every other.

It holds what makes the CA: certificates, key, revocation lists, inventory, signed certificates. Requests
that wait are not in it: agents ask again. It is read whole before anything is written
(:mod:`enrolment.restoring`).
"""

import hashlib
import io
import json
import tarfile
from datetime import datetime
from typing import IO, Any

from .authority import Authority
from .certificates import common_name
from .chain import load_chain
from .errors import AuthorityError
from .importing import OPTIONAL, REQUIRED, Source, checked, read_ca

FORMAT = 1
MANIFEST = "manifest.json"
SIGNED = "signed/"
MAX_MEMBER = 1024 * 1024 * 1024  # bytes
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def read_living(authority: Authority) -> Source:
    """Return the CA's files as they are at one moment; raise AuthorityError if they are not in order.

    What could not be restored is no backup.
    """
    with authority.transaction():
        return read_ca(authority.root)


def archive(source: Source, made: datetime) -> bytes:
    """Return the backup."""
    members = {**source.files, **{f"{SIGNED}{name}.pem": pem for name, pem in source.signed.items()}}
    manifest = {
        "format": FORMAT,
        "made": f"{made:{_TIME}}",
        "ca": common_name(load_chain(source.files["ca_crt.pem"])[0]),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in members.items()},
    }
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in {MANIFEST: json.dumps(manifest, indent=1).encode(), **members}.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), 0o600, int(made.timestamp())
            tar.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def read_archive(origin: str, stream: IO[bytes]) -> tuple[Source, str]:
    """Return the CA in a backup, and when that was made; raise AuthorityError unless all of it is there.

    ``origin`` is how messages call it. Nothing is taken that the manifest does not name, and nothing that it
    names may be missing or differ; key, certificates, lists and inventory must belong together.
    """
    try:
        members = _members(origin, stream)
    except (tarfile.TarError, EOFError) as error:
        raise AuthorityError(f"{origin}: not a whole backup of `puppet_ca backup`: {error}") from error
    except OSError as error:
        raise AuthorityError(f"{origin}: {error.strerror or error}") from error
    made, digests = _manifest(origin, members.pop(MANIFEST, b""))
    missing, strange = sorted(digests.keys() - members.keys()), sorted(members.keys() - digests.keys())
    if missing or strange:
        raise AuthorityError(
            f"{origin}: {(missing or strange)[0]} is {'missing' if missing else 'not of it'}"
        )
    for name, content in members.items():
        if hashlib.sha256(content).hexdigest() != digests[name]:
            raise AuthorityError(f"{origin}: {name} is not what the backup was made of: its SHA-256 differs")
    signed = {
        name.removeprefix(SIGNED).removesuffix(".pem"): content
        for name, content in members.items()
        if name.startswith(SIGNED)
    }
    files = {name: content for name, content in members.items() if not name.startswith(SIGNED)}
    # They become paths. Whoever has made an archive has made its manifest too.
    for name in sorted(files.keys() - {*REQUIRED, *OPTIONAL}):
        raise AuthorityError(f"{origin}: {name!r}: no backup of `puppet_ca backup` holds that")
    return checked(origin, Source(files, signed)), made


def _members(origin: str, stream: IO[bytes]) -> dict[str, bytes]:
    members: dict[str, bytes] = {}
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for entry in tar:
            file = tar.extractfile(entry) if entry.isreg() and entry.size <= MAX_MEMBER else None
            if file is None or entry.name in members:
                raise AuthorityError(f"{origin}: {entry.name!r}: no backup of `puppet_ca backup` holds that")
            members[entry.name] = file.read()
    return members


def _manifest(origin: str, text: bytes) -> tuple[str, dict[str, str]]:
    try:
        manifest: Any = json.loads(text)
        kind, made, digests = manifest["format"], str(manifest["made"]), dict(manifest["sha256"])
    except (ValueError, TypeError, KeyError) as error:
        raise AuthorityError(f"{origin}: no backup of `puppet_ca backup`: {MANIFEST}: {error}") from error
    if kind != FORMAT:
        raise AuthorityError(f"{origin}: a backup of format {kind}, of another version than this puppet_ca")
    return made, digests
