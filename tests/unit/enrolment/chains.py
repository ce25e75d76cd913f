"""A puppetserver's CA with an intermediate, as `puppetserver ca setup` lays it out."""

import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from enrolment import crl as crls
from enrolment.certificates import generate_key, key_pem, node_certificate, simple_name

from tests.unit.enrolment.support import NOW, csr

YEAR = 365 * 24 * 3600
ROOT, INTERMEDIATE = "Puppet Root CA: test", "Puppet CA: test"


class PuppetserverCa:
    """Root, intermediate, their lists, and one certificate that the intermediate has signed."""

    def __init__(self, directory: Path, key_type: str = "ec", bits: int = 256) -> None:
        self.directory = directory
        self.root_key, self.key = generate_key(key_type, bits), generate_key(key_type, bits)
        self.root = ca_certificate(ROOT, self.root_key, ROOT, self.root_key, serial=1)
        self.intermediate = ca_certificate(INTERMEDIATE, self.key, ROOT, self.root_key, serial=2)
        self.root_list = self.new_root_list()
        self.list = crl_of(self.intermediate, self.key)
        self.node = node_certificate(
            name="node-1",
            public_key=x509.load_pem_x509_csr(csr("node-1")).public_key(),
            alt_names=[],
            extensions=[],
            issuer=self.intermediate,
            issuer_key=self.key,
            now=NOW,
            lifetime=YEAR,
        )

    def new_root_list(self, previous=None, serials=(), now=NOW):
        return crl_of(self.root, self.root_key, previous, serials, now)

    def write(self) -> Path:
        """Write all files; the inventory's last line lacks its end, as after an edit by hand."""
        (self.directory / "signed").mkdir(parents=True)
        public = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        serial = self.node.serial_number
        inventory = f"0x{serial:04x} 2026-11-23T06:00:00UTC 2027-11-24T06:00:00UTC /CN=node-1"
        for name, content in {
            "ca_crt.pem": pem(self.intermediate, self.root),
            "ca_crl.pem": pem(self.list, self.root_list),
            "ca_key.pem": key_pem(self.key),
            "ca_pub.pem": public,
            "inventory.txt": inventory.encode(),
            "serial": b"0004",
            "signed/node-1.pem": pem(self.node),
        }.items():
            (self.directory / name).write_bytes(content)
        return self.directory


def pem(*objects) -> bytes:
    return b"".join(entry.public_bytes(Encoding.PEM) for entry in objects)


def ca_certificate(name, key, issuer, issuer_key, *, serial, ca=True) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(simple_name(name))
        .issuer_name(simple_name(issuer))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(NOW - datetime.timedelta(days=1))
        .not_valid_after(NOW + datetime.timedelta(seconds=15 * YEAR))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def crl_of(issuer, key, previous=None, serials=(), now=NOW):
    return crls.build(
        issuer=issuer, key=key, previous=previous, serials=serials, now=now, lifetime=YEAR,
        issued=now - datetime.timedelta(hours=1),
    )  # fmt: skip
