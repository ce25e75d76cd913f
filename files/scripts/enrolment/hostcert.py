"""Certificates made on the CA's own host: its own one, and those of `puppet_ca generate`.

The host that is the CA cannot ask itself before Apache has a certificate, so this is done without HTTP: key
in Puppet's ssldir, certificate from the CA's files. The host's certificate carries no pp_cli_auth, unlike
puppetserver's: where the host is a master too, its key can be read by the master's user, who must not be
able to administer the CA. One that has it, from a puppetserver whose CA was taken over on its own host, is
replaced; the old one then gives the right no more (:mod:`enrolment.identity`). Administrators get
certificates of their own (`puppet_ca generate --ca-client`).
"""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from .authority import Authority
from .certificates import PrivateKey, generate_key, key_pem, simple_name, spki
from .errors import AuthorityError, ConflictError
from .files import write_atomic
from .request import Request, parse_request
from .rights import CLI_AUTH, has_cli_auth, rights, satisfies
from .users import acting_as, acting_as_owner_of, lookup

HOST_KEY_BITS = 4096  # Puppet's own default (keylength)


@dataclass(frozen=True)
class SslDir:
    """Puppet's ssldir, and who owns it ("" for whoever runs this)."""

    path: Path
    owner: str

    @property
    def ca(self) -> Path:
        """Where Puppet keeps the CA's certificate (localcacert)."""
        return self.path / "certs" / "ca.pem"

    @property
    def crl(self) -> Path:
        """Where Puppet keeps the revocation list (hostcrl)."""
        return self.path / "crl.pem"

    def certificate(self, name: str) -> Path:
        """Where Puppet keeps its certificate (hostcert)."""
        return self.path / "certs" / f"{name}.pem"

    def key(self, name: str) -> Path:
        """Where Puppet keeps its key (hostprivkey)."""
        return self.path / "private_keys" / f"{name}.pem"

    def public_key(self, name: str) -> Path:
        """Where Puppet keeps its public key (hostpubkey)."""
        return self.path / "public_keys" / f"{name}.pem"

    def write(self, path: Path, data: bytes, mode: int) -> None:
        """Write a file, and its directory if need be, with the owner and mode that Puppet gives them.

        It is written as the owner of its directory: the master's user, whose directory this is, must not be
        able to turn root's hand elsewhere.
        """
        if not self.path.exists():
            self.path.mkdir(parents=True)
            self.path.chmod(0o771)
            if self.owner and os.geteuid() == 0:
                os.chown(self.path, *lookup(self.owner))
        if not path.parent.exists():
            with acting_as_owner_of(self.path):
                path.parent.mkdir()
                path.parent.chmod(0o750 if path.parent.name == "private_keys" else 0o755)
        with acting_as_owner_of(path.parent):
            write_atomic(path, data, mode=mode)


def is_complete(authority: Authority, ssldir: SslDir, name: str, role: str = "") -> bool:
    """Whether the host has all it needs, and its certificate fits its key and role and is this CA's."""
    if not authority.exists():
        return False
    files = (ssldir.ca, ssldir.crl, ssldir.certificate(name), ssldir.key(name))
    if not all(path.is_file() for path in files):
        return False
    try:
        certificate = x509.load_pem_x509_certificate(ssldir.certificate(name).read_bytes())
    except ValueError as error:
        raise AuthorityError(f"{ssldir.certificate(name)}: damaged, remove it: {error}") from error
    return (
        spki(certificate.public_key()) == spki(_load(ssldir.key(name)).public_key())
        and certificate.issuer == authority.issuer().subject
        and satisfies(certificate, role)
        and not has_cli_auth(certificate)
        and ssldir.ca.read_bytes() == authority.certificate_path.read_bytes()
    )


def equip_host(authority: Authority, ssldir: SslDir, name: str, alt_names: list[str], role: str = "") -> None:
    """Give the host its key, certificate, the CA's certificate and the revocation list, as far as they lack.

    Each file is written when what it needs is there, so a setup that was cut short goes on where it ended.
    """
    user = authority.config.user
    key_path = ssldir.key(name)
    if not key_path.exists():
        key = generate_key("rsa", HOST_KEY_BITS)
        ssldir.write(key_path, key_pem(key), 0o640)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        ssldir.write(ssldir.public_key(name), public, 0o644)
    key = _load(key_path)
    request = request_for(key, name, alt_names)
    with acting_as(user):  # what root reads there for others could be a link to what only root may read
        certificate = obtain(authority, request, name, role=role)
        ca_certificate, crl = authority.certificate_path.read_bytes(), authority.crl_path.read_bytes()
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    if not ssldir.certificate(name).exists() or ssldir.certificate(name).read_bytes() != pem:
        ssldir.write(ssldir.certificate(name), pem, 0o644)
    # Of another CA it is what that CA has left; of this one a newer one may be there already.
    if not ssldir.crl.exists() or not ssldir.ca.exists() or ssldir.ca.read_bytes() != ca_certificate:
        ssldir.write(ssldir.crl, crl, 0o644)
    ssldir.write(ssldir.ca, ca_certificate, 0o644)


def obtain(
    authority: Authority, request: Request, name: str, *, cli_auth: bool = False, role: str = ""
) -> x509.Certificate:
    """Return the certificate of ``name``: the one signed already for this very key, or a new one.

    One that lacks ``role``, or has a right to administer that it should not have, is signed anew.
    """
    granted = rights(cli_auth=cli_auth, role=role)
    with authority.transaction() as transaction:
        certificate = authority.certificate(name)
        if certificate is None:
            return transaction.sign(request, name, rights=granted)
        if spki(certificate.public_key()) != request.public_key or authority.is_revoked(certificate):
            raise ConflictError(
                f"{name} already has a {transaction.state(name)} certificate, for another key; "
                f"`puppet_ca clean {name}` frees the name"
            )
        if satisfies(certificate, role) and cli_auth == has_cli_auth(certificate):
            return certificate
        return transaction.renew(certificate, rights=granted, withdrawn=() if cli_auth else (CLI_AUTH,))


def request_for(key: PrivateKey, name: str, alt_names: list[str]) -> Request:
    """Return a request for ``name`` signed by ``key``."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(simple_name(name))
    if alt_names:
        names = x509.SubjectAlternativeName([x509.DNSName(entry) for entry in alt_names])
        builder = builder.add_extension(names, critical=False)
    return parse_request(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _load(path: Path) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise AuthorityError(f"{path}: not a usable private key: {error}") from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise AuthorityError(f"{path}: neither an RSA nor an EC key")
    return key
