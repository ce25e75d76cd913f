"""What the operator keeps: the key that batch secrets come from, an ssh key, and the CAs seen so far.

All in one folder, ``~/.config/puppet-hadoop`` or ``$PUPPET_HADOOP_HOME``, readable by the operator only.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from conductor.errors import AuthorityError, LocalError
from conductor.process import run

KEY_BYTES = 32
SSH_KEY = re.compile(r"(ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/=]+( .*)?")


def home() -> Path:
    """The folder of the operator's files."""
    given = os.environ.get("PUPPET_HADOOP_HOME")
    if given:
        return Path(given).expanduser()
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(config).expanduser() / "puppet-hadoop"


def batch_secret(key: bytes, batch: str) -> str:
    """The secret of a launch: the same for the same batch, so that a repeated launch is the same request."""
    return hmac.new(key, batch.encode(), hashlib.sha256).hexdigest()


def secret_sha256(secret: str) -> str:
    """What the record holds of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make_private_folder(path: Path) -> None:
    """Raises LocalError."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise LocalError(f"{path}: cannot be made: {error.strerror}") from error


def write_private(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a file that only its owner can read, whole or not at all. Raises LocalError.

    Without ``replace`` one that is there already stays.
    """
    make_private_folder(path.parent)
    try:
        _write_private(path, content, replace=replace)
    except OSError as error:
        raise LocalError(f"{path}: cannot be written: {error.strerror}") from error


def _write_private(path: Path, content: bytes, *, replace: bool) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(name).replace(path)
        else:
            with suppress(FileExistsError):
                path.hardlink_to(name)
    finally:
        Path(name).unlink(missing_ok=True)


@dataclass(frozen=True)
class Operator:
    """The operator's files under ``folder``; ``key_file`` elsewhere if so configured."""

    folder: Path
    key_file: Path

    @classmethod
    def of(cls, key_file: str | None) -> Operator:
        """``$PUPPET_HADOOP_OPERATOR_KEY`` wins over the configured key file."""
        folder = home()
        given = os.environ.get("PUPPET_HADOOP_OPERATOR_KEY") or key_file
        return cls(folder, Path(given).expanduser() if given else folder / "operator.key")

    def key(self) -> bytes:
        """The operator's key, made at first use. Raises LocalError if others may read it."""
        try:
            if not self.key_file.exists():
                write_private(self.key_file, secrets.token_hex(KEY_BYTES).encode() + b"\n", replace=False)
            mode = self.key_file.stat().st_mode & 0o777
            text = self.key_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise LocalError(f"{self.key_file}: the operator's key cannot be used: {error}") from error
        if mode & 0o077:
            raise LocalError(
                f"{self.key_file}: the operator's key may be read by others (mode {mode:04o})",
                advice=f"chmod 600 {self.key_file}; if others may have read it, delete it: a new one is made",
            )
        if not re.fullmatch(rf"[0-9a-f]{{{2 * KEY_BYTES}}}", text):
            raise LocalError(f"{self.key_file}: not an operator's key ({2 * KEY_BYTES} hex digits)")
        return bytes.fromhex(text)

    def ssh_public_key(self, configured: str | None) -> str:
        """The line for authorized_keys: as configured (a key or a file), else of a pair made here."""
        if configured and SSH_KEY.fullmatch(configured.strip()):
            return configured.strip()
        path = Path(configured).expanduser() if configured else self.folder / "id_ed25519.pub"
        if not configured and not path.exists():
            self._make_ssh_key(path.with_suffix(""))
        try:
            line = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise LocalError(f"ssh_public_key: {path} cannot be read: {error}") from error
        if not SSH_KEY.fullmatch(line):
            raise LocalError(f"ssh_public_key: {path} does not hold one public ssh key")
        return line

    def _make_ssh_key(self, path: Path) -> None:
        make_private_folder(path.parent)
        if path.exists():  # the private half only: derive the other from it
            public = run(["ssh-keygen", "-y", "-f", str(path)])
            path.with_suffix(".pub").write_bytes(public)
            return
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "puppet-hadoop", "-f", str(path)])

    @property
    def pins_file(self) -> Path:
        return self.folder / "ca-pins.json"

    def pins(self) -> dict[str, str]:
        """Bucket to the SHA-256 of the CA certificate that was first read from it."""
        try:
            found = json.loads(self.pins_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise LocalError(f"{self.pins_file}: cannot be read: {error}") from error
        if not isinstance(found, dict):
            raise LocalError(f"{self.pins_file}: not a hash of bucket to fingerprint")
        return {str(bucket): str(fingerprint) for bucket, fingerprint in found.items()}

    def pin(self, bucket: str, certificate: str) -> None:
        """Remember the bucket's CA at first sight. Raises AuthorityError if it is another one now."""
        fingerprint = hashlib.sha256(certificate.encode()).hexdigest()
        pins = self.pins()
        if pins.get(bucket, fingerprint) != fingerprint:
            raise AuthorityError(
                f"s3://{bucket}/ca/ca_crt.pem is not the CA certificate that was read from there before",
                advice="find out who replaced it; if it was you, remove the bucket's line "
                f"from {self.pins_file}, or give the right one as agent.ca_cert",
            )
        if bucket not in pins:
            self._write_pins({**pins, bucket: fingerprint})

    def unpin(self, bucket: str) -> None:
        """Forget the bucket's CA: it is about to get a new one, or has none any more."""
        pins = self.pins()
        if pins.pop(bucket, None) is not None:
            self._write_pins(pins)

    def _write_pins(self, pins: dict[str, str]) -> None:
        write_private(self.pins_file, json.dumps(pins, indent=2, sort_keys=True).encode() + b"\n")
