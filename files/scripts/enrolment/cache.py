"""The answers that node_classifier has printed before, one file a node, and the short way to print one.

Only ``os`` and ``time`` are imported: this is what most calls of a master need, and the time of a call is
mostly that of its imports.

A file holds one line ``# URL ETAG`` and then the bytes to print; its modification time is when the store
was last asked. It is trusted only if it belongs to root or to whoever runs this.
"""

# pathlib takes longer to import than all this takes to run:
# ruff: noqa: PTH123

import os
import stat
import time

DEFAULT_CONFIG = "/etc/puppet/node_classifier.yaml"
DEFAULTS = {
    "node_bucket": "",
    "cache_dir": "/var/cache/puppet-node-classifier",
    "max_age": "30",
    "max_stale": "0",
    "unknown": "fail",
    "helper": "",
}
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_MAX_NAME = 64


class Cached:
    """One node's last good answer."""

    def __init__(self, url: str, etag: str, document: bytes, asked: float) -> None:
        self.url = url
        self.etag = etag
        self.document = document
        self.asked = asked  # seconds since the epoch


def read_settings(path: str) -> dict[str, str]:
    """Return the settings in ``path``, which has one ``key: value`` a line; raise OSError or ValueError."""
    settings = dict(DEFAULTS)
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            text = line.partition(" #")[0].strip()
            if not text or text.startswith("#") or text == "---":
                continue
            key, colon, value = text.partition(":")
            if not colon or key not in settings:
                raise ValueError(f"{path}: line {number}: known settings are {', '.join(sorted(settings))}")
            settings[key] = value.strip().strip("\"'")
    return settings


def config_path() -> str:
    """Return the configuration's file."""
    return os.environ.get("NODE_CLASSIFIER_CONFIG") or DEFAULT_CONFIG


def cache_file(directory: str, name: str) -> str | None:
    """Return the cache's file of a node, or None if ``name`` must not become a path."""
    if not 0 < len(name) <= _MAX_NAME or not _NAME.issuperset(name) or name[0] in ".-" or ".." in name:
        return None
    return f"{directory}/{name}"


def read(path: str) -> Cached | None:
    """Return what is cached in ``path``; None if there is nothing that can be used."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or state.st_uid not in (0, os.geteuid()) or state.st_mode & 0o022:
            return None
        content = os.read(descriptor, state.st_size + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    head, newline, document = content.partition(b"\n")
    fields = head.decode("utf-8", "replace").split(" ")
    if not newline or len(fields) != 3 or fields[0] != "#" or len(content) != state.st_size:  # noqa: PLR2004
        return None
    return Cached(fields[1], fields[2], document, state.st_mtime)


def fresh(argv: list[str]) -> bytes | None:
    """Return the bytes to print for the plain call ``node_classifier CERTNAME`` if the cache answers it."""
    if len(argv) != 1:
        return None
    try:
        settings = read_settings(config_path())
        path = cache_file(settings["cache_dir"], argv[0])
        cached = read(path) if path is not None else None
        if cached is None or cached.url != settings["node_bucket"]:
            return None
        age = time.time() - cached.asked
        return cached.document if 0 <= age < float(settings["max_age"]) else None
    except (OSError, ValueError):
        return None  # the long way says what is wrong


def helper(argv: list[str]) -> str:
    """Return the socket of the helper that answers the plain call, or an empty string."""
    if len(argv) != 1 or cache_file("", argv[0]) is None:
        return ""
    try:
        return read_settings(config_path())["helper"]
    except (OSError, ValueError):
        return ""
