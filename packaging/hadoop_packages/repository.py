"""The index files of an apt repository: dists/hadoop over pool/."""

import gzip
import hashlib
import lzma
import os
from datetime import UTC, datetime
from pathlib import Path

from .control import paragraph
from .signing import Signer

SUITE = "hadoop"
COMPONENT = "main"
KEYRING = "hadoop-archive-keyring.asc"
# The packages are for every architecture; apt asks for the index of its own.
ARCHITECTURES = ("amd64", "arm64")


def entry(values: dict[str, str], deb: Path, root: Path) -> str:
    """Return the paragraph of one package in the Packages file."""
    data = deb.read_bytes()
    extra = {
        "Filename": str(deb.relative_to(root)),
        "Size": str(len(data)),
        "SHA256": hashlib.sha256(data).hexdigest(),
    }
    description = values["Description"]
    rest = {key: value for key, value in values.items() if key != "Description"}
    return paragraph({**rest, **extra, "Description": description})


def _release_date(now: datetime | None = None) -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else (now or datetime.now(UTC))
    return moment.strftime("%a, %d %b %Y %H:%M:%S UTC")


def release(files: dict[str, bytes], date: str) -> str:
    """Return the Release file over the index files (name relative to dists/SUITE → content)."""
    values = {
        "Origin": "Hadoop packages",
        "Label": "Hadoop",
        "Suite": SUITE,
        "Codename": SUITE,
        "Date": date,
        "Architectures": " ".join(ARCHITECTURES),
        # Else apt expects a second index with the same packages.
        "No-Support-for-Architecture-all": "Packages",
        "Components": COMPONENT,
        "Description": "Apache Hadoop with Bigtop's package names",
    }
    sums = [f"{hashlib.sha256(data).hexdigest()} {len(data)} {name}" for name, data in sorted(files.items())]
    return paragraph({**values, "SHA256": "\n " + "\n ".join(sums)})


def write(root: Path, packages: list[tuple[dict[str, str], Path]], signer: Signer) -> None:
    """Write dists/ and the public key of a repository whose .deb files are in `root`/pool."""
    text = "\n".join(entry(values, deb, root) for values, deb in packages).encode()
    files: dict[str, bytes] = {}
    for architecture in ARCHITECTURES:
        name = f"{COMPONENT}/binary-{architecture}/Packages"
        files[name] = text
        files[f"{name}.gz"] = gzip.compress(text, mtime=0)
        files[f"{name}.xz"] = lzma.compress(text)
    dists = root / "dists" / SUITE
    for name, data in files.items():
        path = dists / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    content = release(files, _release_date())
    (dists / "Release").write_text(content)
    (dists / "InRelease").write_text(signer.clear_sign(content))
    (dists / "Release.gpg").write_text(signer.detached_signature(content))
    (root / KEYRING).write_text(signer.public_key())
