"""The repository's signing key: one file with the secret key, kept out of what is served."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import CommandError, SigningError
from .run import require, run

GPG_TIMEOUT = 120.0
KEY_NAME = "Hadoop package archive"
KEY_FILE = "hadoop-archive-key.asc"


class Signer:
    """Signs with the one secret key of a private GNUPGHOME."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def gpg(self, *arguments: str, stdin: str = "") -> str:
        """Run gpg in the private home, never asking anybody anything."""
        argv = ["gpg", "--homedir", str(self._home), "--batch", "--no-tty", "--pinentry-mode", "loopback"]
        return run([*argv, "--passphrase", "", *arguments], timeout=GPG_TIMEOUT, stdin=stdin)

    def public_key(self) -> str:
        """Return the public key, ASCII-armoured."""
        return self.gpg("--armor", "--export")

    def clear_sign(self, text: str) -> str:
        """Return the text with its signature around it (InRelease)."""
        return self.gpg("--digest-algo", "SHA512", "--clearsign", stdin=text)

    def detached_signature(self, text: str) -> str:
        """Return an ASCII-armoured signature of the text (Release.gpg)."""
        return self.gpg("--digest-algo", "SHA512", "--armor", "--detach-sign", stdin=text)


@contextmanager
def _private_home() -> Iterator[Signer]:
    # Under /tmp: the agent's socket has to fit into 108 characters.
    with tempfile.TemporaryDirectory(prefix="gpg-", dir="/tmp") as home:
        try:
            yield Signer(Path(home))
        finally:
            run(["gpgconf", "--homedir", home, "--kill", "all"], timeout=GPG_TIMEOUT)


def _write_secret(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    beside.rename(path)


def ensure_key(directory: Path) -> Path:
    """Return the key file in `directory`, generating it (Ed25519, no expiry, no passphrase) if needed."""
    path = directory / KEY_FILE
    if path.is_file():
        return path
    require("gpg", "gpgconf")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _private_home() as signer:
        signer.gpg("--quick-generate-key", KEY_NAME, "ed25519", "sign", "never")
        _write_secret(path, signer.gpg("--armor", "--export-secret-keys"))
    return path


def _key_text(key: Path) -> str:
    try:
        return key.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SigningError(f"cannot read the signing key {key}: {error}") from error


def fingerprint(key: Path) -> str:
    """Return the fingerprint of the one secret key in a file, without importing it anywhere."""
    require("gpg", "gpgconf")
    text = _key_text(key)
    with _private_home() as private:
        try:
            lines = private.gpg("--show-keys", "--with-colons", stdin=text).splitlines()
        except CommandError as error:
            raise SigningError(f"{key} holds no armoured secret key\n{error}") from error
    if sum(line.startswith("sec:") for line in lines) != 1:
        raise SigningError(f"{key} must hold exactly one secret key (gpg --armor --export-secret-keys ID)")
    return next(line.split(":")[9] for line in lines if line.startswith("fpr:"))


@contextmanager
def signer(key: Path) -> Iterator[Signer]:
    """Give a Signer with the secret key of a file. It lies in a directory of /tmp as long as this is open."""
    text = _key_text(key)
    with _private_home() as private:
        try:
            private.gpg("--import", stdin=text)
        except CommandError as error:
            raise SigningError(f"{key} holds no armoured secret key without passphrase\n{error}") from error
        yield private
