"""What a certificate allows its holder beyond being a node: Puppet's authorization extensions.

They are granted here, never asked for: a request that holds one is refused (:mod:`enrolment.decision`).

- ``pp_cli_auth = true``: may administer the CA over HTTPS (``puppet_ca generate --ca-client``).
- ``pp_auth_role``: what the node is to the infrastructure. PuppetDB's host lets in the roles below. It comes
  from the classes of the record that vouched for the request, or from an operator's ``--auth-role``.
"""

import re
from collections.abc import Iterable

from cryptography import x509

from .request import Extension

ARC = "1.3.6.1.4.1.34380.1.3."
CLI_AUTH = ARC + "39"
AUTH_ROLE = ARC + "13"
_NAMES = {CLI_AUTH: "pp_cli_auth", AUTH_ROLE: "pp_auth_role"}

MASTER, CA, BOARD = "puppet-master", "puppet-ca", "puppet-board"
# The first that the record has counts; the board only reads.
_ROLE_OF_CLASS = (("puppet::master", MASTER), ("puppet::ca", CA), ("puppet::board", BOARD))
_ROLE = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?", re.ASCII)
_UTF8_STRING = 0x0C
_UTF8_TRUE = b"\x0c\x04true"


def is_role(text: str) -> bool:
    """Whether ``text`` may be the value of pp_auth_role."""
    return _ROLE.fullmatch(text) is not None


def role_of_classes(classes: Iterable[str]) -> str:
    """Return the role of a node with these classes, or an empty string."""
    names = {name.removeprefix("::") for name in classes}
    return next((role for name, role in _ROLE_OF_CLASS if name in names), "")


def rights(*, cli_auth: bool = False, role: str = "") -> tuple[Extension, ...]:
    """Return the extensions that grant this; ``role`` as :func:`is_role` allows it."""
    granted = []
    if role:
        text = role.encode("ascii")
        granted.append(Extension(AUTH_ROLE, False, bytes([_UTF8_STRING, len(text)]) + text))
    if cli_auth:
        granted.append(Extension(CLI_AUTH, False, _UTF8_TRUE))
    return tuple(granted)


def has_cli_auth(certificate: x509.Certificate) -> bool:
    """Whether the certificate carries pp_cli_auth = true: its holder may administer the CA."""
    return _value(certificate, CLI_AUTH) == _UTF8_TRUE


def role_of(certificate: x509.Certificate) -> str:
    """Return the certificate's pp_auth_role, or an empty string."""
    return authorization_extensions(certificate).get("pp_auth_role", "")


def satisfies(certificate: x509.Certificate, role: str) -> bool:
    """Whether the certificate carries this role or one that may more: a master may all that a CA host may."""
    return not role or role_of(certificate) in (role, MASTER)


def authorization_extensions(certificate: x509.Certificate) -> dict[str, str]:
    """Return the rights that a certificate carries, by name where it has one, else by OID."""
    found = {}
    for extension in certificate.extensions:
        oid = extension.oid.dotted_string
        value = _value(certificate, oid) if oid.startswith(ARC) else None
        if value is not None:
            found[_NAMES.get(oid, oid)] = value[2:].decode("utf-8", "replace")
    return found


def _value(certificate: x509.Certificate, oid: str) -> bytes | None:
    try:
        value = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier(oid)).value
    except x509.ExtensionNotFound:
        return None
    return value.value if isinstance(value, x509.UnrecognizedExtension) else None
