"""The indexes of an apt repository: which files it has, each with its size and checksum.

``InRelease`` (clear-signed) names the lists of packages, these name the packages. What is not exactly so is
refused. apt on the nodes checks the signature; here only that what is served is whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packages.errors import MalformedError

SUITE = "dists/hadoop"
IN_RELEASE = f"{SUITE}/InRelease"
KEYRING = "hadoop-archive-keyring.asc"

MAX_FILES = 10_000
MAX_LIST = 16 * 1024 * 1024  # bytes: such files are read whole
_PART = r"[A-Za-z0-9][A-Za-z0-9._+~-]{0,199}"
_PATH = re.compile(rf"{_PART}(?:/{_PART}){{0,9}}", re.ASCII)
_SUM = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SIZE = re.compile(r"[0-9]{1,12}", re.ASCII)
_PACKAGES = re.compile(r"[^/]+/binary-[^/]+/Packages")
_FIELDS = 3


@dataclass(frozen=True)
class File:
    """``path`` is relative to the repository, and stays in it; ``size`` is in bytes."""

    path: str
    size: int
    sha256: str

    @property
    def is_list(self) -> bool:
        """Whether it names packages in plain text."""
        return bool(_PACKAGES.fullmatch(self.path.removeprefix(f"{SUITE}/")))


def lists(in_release: bytes) -> list[File]:
    """The files that ``InRelease`` names. Raises MalformedError."""
    entries = _section(_signed_text(in_release), "SHA256")
    found = []
    for entry in entries:
        fields = entry.split()
        if len(fields) != _FIELDS:
            raise MalformedError(f"{IN_RELEASE}: not a checksum, a size and a name: {entry!r}")
        found.append(_file(IN_RELEASE, f"{SUITE}/{fields[2]}", size=fields[1], sha256=fields[0]))
    if not any(file.is_list for file in found):
        raise MalformedError(f"{IN_RELEASE} names no list of packages")
    if any(file.size > MAX_LIST for file in found):
        raise MalformedError(f"{IN_RELEASE} names a list of more than {MAX_LIST} bytes")
    return _bounded(IN_RELEASE, found)


def packages(source: str, body: bytes) -> list[File]:
    """The packages that a list names. Raises MalformedError, which says ``source``."""
    found = []
    for paragraph in _text(source, body).split("\n\n"):
        if not paragraph.strip():
            continue
        fields = {}
        for line in paragraph.splitlines():
            name, colon, value = line.partition(":")
            if colon and not line.startswith((" ", "\t")):
                fields[name.lower()] = value.strip()
        path = fields.get("filename", "")
        if not path.startswith("pool/"):
            raise MalformedError(f"{source}: a package whose file is not in pool/: {path!r}")
        found.append(_file(source, path, size=fields.get("size", ""), sha256=fields.get("sha256", "")))
    return _bounded(source, found)


def check_key(body: bytes) -> bytes:
    """Return what is in the form of a public key. Raises MalformedError."""
    if not body.lstrip().startswith(b"-----BEGIN PGP PUBLIC KEY BLOCK-----"):
        raise MalformedError(f"{KEYRING}: not a public key in ASCII armour")
    return body


def _signed_text(in_release: bytes) -> str:
    """What was signed, of a clear-signed message (RFC 9580, section 7)."""
    text = _text(IN_RELEASE, in_release).replace("\r\n", "\n")
    begin, _, rest = text.partition("-----BEGIN PGP SIGNED MESSAGE-----\n")
    _, blank, rest = rest.partition("\n\n")
    signed, signature, _ = rest.partition("\n-----BEGIN PGP SIGNATURE-----\n")
    if begin.strip() or not blank or not signature:
        raise MalformedError(f"{IN_RELEASE}: not a clear-signed message")
    return signed


def _section(text: str, name: str) -> Iterator[str]:
    """The indented lines under a field."""
    within = False
    for line in text.splitlines():
        if not line.startswith((" ", "\t")):
            within = line.rstrip() == f"{name}:"
        elif within and line.strip():
            yield line


def _file(source: str, path: str, *, size: str, sha256: str) -> File:
    if not _PATH.fullmatch(path):
        raise MalformedError(f"{source}: not the path of a file of the repository: {path[:200]!r}")
    if not _SIZE.fullmatch(size) or not _SUM.fullmatch(sha256):
        raise MalformedError(f"{source}: {path} has no size or no SHA256")
    return File(path, int(size), sha256)


def _bounded(source: str, files: list[File]) -> list[File]:
    if len(files) > MAX_FILES:
        raise MalformedError(f"{source} names more than {MAX_FILES} files")
    if len({file.path for file in files}) != len(set(files)):
        raise MalformedError(f"{source} names a file twice, differently")
    return list(dict.fromkeys(files))


def _text(source: str, body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"{source}: not UTF-8: {error}") from error
