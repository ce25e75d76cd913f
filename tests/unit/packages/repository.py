"""A small package repository in a folder, in the form of packaging/build's."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

ARCHITECTURES = ("amd64", "arm64")
KEY = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP PUBLIC KEY BLOCK-----\n"
OTHER_KEY = KEY.replace(b"abcd", b"efgh")
SIGNED = """-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

{text}-----BEGIN PGP SIGNATURE-----

wxyz
-----END PGP SIGNATURE-----
"""


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def entry(filename: str, body: bytes) -> str:
    return (
        f"Package: x\nFilename: {filename}\nSize: {len(body)}\nSHA256: {sha256(body)}\n"
        "Description: a package\n of several lines: with colons\n"
    )


def sign(root: Path, sums: dict[str, bytes], *, key: bytes = KEY) -> None:
    """Write Release and InRelease over these lists, and the key."""
    lines = [f" {sha256(body)} {len(body)} {name}\n" for name, body in sums.items()]
    text = "Suite: hadoop\nComponents: main\nSHA256: \n" + "".join(lines)
    dists = root / "dists" / "hadoop"
    write(dists / "Release", text.encode())
    write(dists / "Release.gpg", b"signature of " + sha256(text.encode()).encode())
    write(dists / "InRelease", SIGNED.format(text=text).encode())
    write(root / "hadoop-archive-keyring.asc", key)


def make(root: Path, debs: dict[str, bytes], *, key: bytes = KEY) -> Path:
    """Make a repository of packages by their names in pool/main; what is in ``root`` is kept."""
    for name, body in debs.items():
        write(root / "pool/main" / name, body)
    text = "\n".join(entry(f"pool/main/{name}", body) for name, body in debs.items()).encode()
    sums = {}
    for architecture in ARCHITECTURES:
        name = f"main/binary-{architecture}/Packages"
        sums |= {name: text, f"{name}.gz": gzip.compress(text, mtime=0)}
    for name, body in sums.items():
        write(root / "dists/hadoop" / name, body)
    sign(root, sums, key=key)
    write(root / "recipe.json", b"{}")
    return root


def files(root: Path) -> dict[str, bytes]:
    """What is in a folder: path relative to it, and content."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
