"""Who asks: the client certificate that Apache verified in TLS, looked up in the CA's own files.

Apache says so in the environment (``SSL_CLIENT_VERIFY``, ``SSL_CLIENT_S_DN_CN``, ``SSL_CLIENT_CERT``); a
header of the request can never have one of these names, since those all begin with ``HTTP_``. The
certificate shown must be, to the byte, the one that was signed last under that name, and not be revoked: so
the CA decides by its own files of today, not by the authorities and the list that Apache loaded when it
started.
"""

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from .authority import Authority
from .certificates import not_after, not_before
from .names import is_certname
from .rights import has_cli_auth

ANYONE = "anyone"


@dataclass(frozen=True)
class Identity:
    """A verified node, or nobody (an empty name)."""

    name: str = ""
    is_admin: bool = False

    @property
    def is_verified(self) -> bool:
        """Whether a valid certificate of this CA was shown."""
        return bool(self.name)

    def __str__(self) -> str:
        return self.name or "(unauthenticated)"


NOBODY = Identity()


def identify(environ: dict[str, Any], authority: Authority) -> Identity:
    """Return who asks; whatever is not wholly in order is nobody."""
    if environ.get("SSL_CLIENT_VERIFY") != "SUCCESS":
        return NOBODY
    name = str(environ.get("SSL_CLIENT_S_DN_CN", ""))
    certificate = authority.certificate(name) if is_certname(name) else None
    if certificate is None or authority.is_revoked(certificate):
        return NOBODY
    ours = certificate.public_bytes(Encoding.PEM).decode("ascii")
    if str(environ.get("SSL_CLIENT_CERT", "")).strip() != ours.strip():
        return NOBODY
    if not not_before(certificate) <= authority.clock() <= not_after(certificate):
        return NOBODY
    if not authority.inventory.holds(certificate.serial_number, name):
        return NOBODY
    return Identity(name, has_cli_auth(certificate))
