"""A certificate authority in memory, and a host's files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from crl.errors import UnreachableError
from crl.fetch import Answer
from crl.keeper import Config, Keeper
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from enrolment.log import Log

NOW = datetime(2026, 11, 24, 6, 0, 0, tzinfo=UTC)


def subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@dataclass
class Authority:
    """Issues lists; ``crl`` gives one as PEM."""

    name: str = "Puppet CA: test"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    serial: int = 1

    @property
    def subject(self) -> x509.Name:
        return subject(self.name)

    def certificate(self, parent: "Authority | None" = None) -> bytes:
        """Its own, signed by ``parent`` or by itself."""
        extension = x509.BasicConstraints(ca=True, path_length=None)
        return (parent or self).sign(self.name, self.key.public_key(), self.serial, extension)

    def issue(self, name: str, key: ec.EllipticCurvePrivateKey, serial: int) -> bytes:
        """A node's certificate."""
        return self.sign(name, key.public_key(), serial, x509.SubjectAlternativeName([x509.DNSName(name)]))

    def sign(
        self, name: str, key: ec.EllipticCurvePublicKey, serial: int, extension: x509.ExtensionType
    ) -> bytes:
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject(name))
            .issuer_name(self.subject)
            .public_key(key)
            .serial_number(serial)
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM)

    def crl(
        self,
        number: int | None = 1,
        *,
        issued: datetime = NOW - timedelta(minutes=5),
        ends: datetime = NOW + timedelta(days=30),
        revoked: tuple[int, ...] = (),
    ) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.subject)
        builder = builder.last_update(issued).next_update(ends)
        if number is not None:
            builder = builder.add_extension(x509.CRLNumber(number), critical=False)
        for serial in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(issued).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@dataclass
class Ca:
    """What the CA answers, and what it was asked. ``answer`` None: it is not reachable."""

    answer: Answer | None = None
    asked: list[str | None] = field(default_factory=list)

    def __call__(self, url: str, *, ca_cert: Path, if_modified_since: str | None) -> Answer:
        self.asked.append(if_modified_since)
        if self.answer is None:
            raise UnreachableError(f"{url}: connection refused")
        return self.answer


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def ca() -> Ca:
    return Ca()


@pytest.fixture
def config(tmp_path: Path, authority: Authority) -> Config:
    (tmp_path / "folder").mkdir()
    (tmp_path / "state").mkdir()
    (tmp_path / "ca.pem").write_bytes(authority.certificate())
    return Config(
        url="https://ca.example.com:8141/puppet-ca/v1/certificate_revocation_list/ca",
        ca_cert=tmp_path / "ca.pem",
        crl=tmp_path / "crl.pem",
        folder=tmp_path / "folder",
        state=tmp_path / "state",
    )


@pytest.fixture
def keeper(config: Config, ca: Ca) -> Callable[..., Keeper]:
    def make(now: datetime = NOW) -> Keeper:
        return Keeper(config, Log("puppet_crl", level="debug", stderr=True), now, ca)

    return make
