"""Who asks: the client certificate that Apache verified in TLS, looked up in the CA's own files.

Apache says so in the environment (``SSL_CLIENT_VERIFY``, ``SSL_CLIENT_S_DN_CN``, ``SSL_CLIENT_CERT``); a
header of the request can never have one of these names, since those all begin with ``HTTP_``. The CA decides
by its own files of today, not by the authorities and the list that Apache loaded when it started:

- The certificate is signed by this CA's own key (not by an authority above it), is in the inventory under its
  name, is not revoked and is valid now.
- Its key is the one that has the name. So a node goes on with an earlier certificate of the same key, should
  the answer to a renewal have been lost; and whoever had the name before, with another key, is nobody.
- An administrator shows the certificate that was signed last.
"""

from dataclasses import dataclass
from typing import Any

from cryptography import x509

from .authority import Authority
from .certificates import not_after, not_before, simple_name, spki
from .chain import is_issued_by
from .names import is_certname
from .rights import has_cli_auth

ANYONE = "anyone"


@dataclass(frozen=True)
class Identity:
    """A verified node and the certificate that it showed, or nobody (an empty name)."""

    name: str = ""
    is_admin: bool = False
    certificate: x509.Certificate | None = None

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
    current = authority.certificate(name) if is_certname(name) else None
    if current is None:
        return NOBODY
    shown = _parse(str(environ.get("SSL_CLIENT_CERT", "")))
    if shown is None or not _is_in_order(shown, current, name, authority):
        return NOBODY
    return Identity(name, shown == current and has_cli_auth(shown), shown)


def _parse(pem: str) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(pem.encode("ascii"))
    except ValueError:
        return None


def _is_in_order(shown: x509.Certificate, current: x509.Certificate, name: str, authority: Authority) -> bool:
    return (
        shown.subject == simple_name(name)
        and not_before(shown) <= authority.clock() <= not_after(shown)
        and spki(shown.public_key()) == spki(current.public_key())
        and is_issued_by(shown, authority.issuer())
        and authority.inventory.holds(shown.serial_number, name)
        and not authority.is_revoked(shown)
    )
