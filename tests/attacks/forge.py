#!/usr/bin/python3 -I
"""Make the identities with which tests/attacks attacks a site. Runs as root on the CA's host.

    forge.py FOLDER            make them: FOLDER gets NAME.pem, NAME.key, ca.pem and manifest.json
    forge.py --clean FOLDER    take back what FOLDER's identities left in the CA and in the node bucket

Where the CA's host may not write records: with --no-records; FOLDER/records/CERTNAME is to be put into the
bucket by whoever may, and to be removed afterwards.

Ordinary nodes (and the administrator) come from the product: a request over HTTPS, `puppet_ca sign`, a record
in the node bucket; those to be revoked are revoked by `puppet_ca`. What the product would never sign is
signed here with the CA's key, or with keys of other authorities, and enters neither `signed/` nor the
inventory.
"""

import argparse
import json
import secrets
import ssl
import subprocess
import sys
import urllib.request
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

sys.path.insert(0, "/usr/local/lib/puppet-enrolment")
from enrolment.config import load_config
from enrolment.store import open_store

CA_PORT = 8141
DAY = timedelta(days=1)
AUTH_ROLE = x509.ObjectIdentifier("1.3.6.1.4.1.34380.1.3.13")
PP_ROLE = x509.ObjectIdentifier("1.3.6.1.4.1.34380.1.1.13")
CLI_AUTH = x509.ObjectIdentifier("1.3.6.1.4.1.34380.1.3.39")
CLIENT = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
NODES = ("good", "victim", "plain", "revoked", "leaver-kept", "leaver-tls12", "leaver-tls13")

Names = list[x509.NameAttribute]


def cn(text: str, kind: Any = None) -> x509.NameAttribute:
    """A common name, of whatever length and characters."""
    return x509.NameAttribute(NameOID.COMMON_NAME, text, kind, _validate=False)


@dataclass
class Issuer:
    """Who signs: the CA itself, or somebody who plays it."""

    name: x509.Name
    key: Any
    chain: bytes = b""  # certificates that a client has to show besides its own

    @classmethod
    def impostor(cls, name: x509.Name) -> "Issuer":
        return cls(name, ec.generate_private_key(ec.SECP256R1()))

    def certificate(
        self,
        subject: Names | x509.Name,
        public_key: Any,
        *,
        begin: timedelta = -DAY,
        end: timedelta = DAY,
        sans: tuple[str, ...] = (),
        rights: tuple[tuple[x509.ObjectIdentifier, str], ...] = (),
        usage: tuple[x509.ObjectIdentifier, ...] = CLIENT,
        is_ca: bool = False,
    ) -> x509.Certificate:
        """Sign whatever is asked; times are from now."""
        now = datetime.now(UTC)
        name = subject if isinstance(subject, x509.Name) else x509.Name(subject)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begin)
            .not_valid_after(now + end)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usage), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        if sans:
            names = x509.SubjectAlternativeName([x509.DNSName(san) for san in sans])
            builder = builder.add_extension(names, critical=False)
        for oid, text in rights:
            der = bytes([0x0C, len(text)]) + text.encode()
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, der), critical=False)
        return builder.sign(self.key, hashes.SHA256())


@dataclass
class Forge:
    """Makes identities in a folder and keeps its manifest: name -> certname, and the secret of its record."""

    folder: Path
    records: bool  # whether to write into the bucket
    prefix: str = field(default_factory=lambda: f"attacks-{secrets.token_hex(3)}")
    made: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.config = load_config()
        self.cadir = Path(self.config.cadir)
        self.store = open_store(self.config.node_bucket, deadline=30)
        self.ca_pem = (self.cadir / "ca_crt.pem").read_bytes()
        own = x509.load_pem_x509_certificate(self.ca_pem)
        self.ca = Issuer(
            own.subject, load_pem_private_key((self.cadir / "ca_key.pem").read_bytes(), password=None)
        )

    def certname(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def new_key(self, name: str) -> ec.EllipticCurvePrivateKey:
        key = ec.generate_private_key(ec.SECP256R1())
        self.write(f"{name}.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return key

    def write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.write_bytes(content)
        path.chmod(0o600)

    def note(self, name: str, certname: str, kind: str, canary: str = "") -> None:
        self.made[name] = {"certname": certname, "kind": kind, "canary": canary}

    def sign(
        self,
        name: str,
        subject: Names | x509.Name,
        issuer: Issuer | None = None,
        *,
        kind: str,
        **options: Any,
    ) -> None:
        """A certificate that the product knows nothing of."""
        issuer = issuer or self.ca
        certificate = issuer.certificate(subject, self.new_key(name).public_key(), **options)
        self.write(f"{name}.pem", certificate.public_bytes(Encoding.PEM) + issuer.chain)
        found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        self.note(name, str(found[0].value) if found else "", kind)

    # By the product

    def node(self, name: str) -> None:
        """An ordinary node: record, request, certificate.

        Its record has a text that is nobody else's, in what makes its catalog and in its own variables; the
        record of `plain` says as little as a record may.
        """
        certname, canary = self.certname(name), f"Canary{secrets.token_hex(16)}"
        record: dict[str, Any] = {
            "classes": {"login_allowed": {"user": "nobody"}},
            "environment": "production",
        }
        if name != "plain":
            record["classes"]["login_allowed"]["keys"] = [f"ssh-ed25519 AAAA{canary}"]
            record["parameters"] = {"attacks_canary": canary}
        text = yaml.safe_dump(record).encode()
        (self.folder / "records").mkdir(exist_ok=True)
        self.write(f"records/{certname}", text)
        if self.records:
            self.store.put(certname, text)
        key = self.new_key(name)
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([cn(certname)]))
        pem = request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
        self.call("PUT", f"/puppet-ca/v1/certificate_request/{certname}", pem)
        command("puppet_ca", "sign", certname)
        self.write(f"{name}.pem", self.call("GET", f"/puppet-ca/v1/certificate/{certname}"))
        self.note(name, certname, "node", canary)

    def administrator(self) -> None:
        certname = self.certname("admin")
        ssldir = self.folder / "ssl"
        command(
            "puppet_ca", "generate", "--ca-client", "--certname", certname, "--ssldir", str(ssldir),
            "--owner", "root",
        )  # fmt: skip
        self.write("admin.pem", (ssldir / f"certs/{certname}.pem").read_bytes())
        self.write("admin.key", (ssldir / f"private_keys/{certname}.pem").read_bytes())
        self.note("admin", certname, "administrator")

    def call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        context = ssl.create_default_context(cadata=self.ca_pem.decode("ascii"))
        context.check_hostname = False  # this host, by its loopback address
        request = urllib.request.Request(
            f"https://127.0.0.1:{CA_PORT}{path}",
            data=body,
            method=method,
            headers={"Content-Type": "text/plain"},
        )
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:  # noqa: S310
            return bytes(answer.read())

    # By nobody who may

    def invalid(self) -> None:
        """Certificates that TLS itself has to refuse: of others, or not valid now, or not for clients."""
        good, victim = self.certname("good"), self.certname("victim")
        ours = self.ca.name
        pem = (self.folder / "good.pem").read_bytes()
        key = load_pem_private_key((self.folder / "good.key").read_bytes(), password=None)
        node = Issuer(x509.load_pem_x509_certificate(pem).subject, key, chain=pem)
        for name, subject, issuer, options in (
            ("expired", [cn(victim)], self.ca, {"begin": -2 * DAY, "end": -DAY}),
            ("not-yet-valid", [cn(victim)], self.ca, {"begin": DAY, "end": 2 * DAY}),
            ("for-servers-only", [cn(victim)], self.ca, {"usage": (ExtendedKeyUsageOID.SERVER_AUTH,)}),
            ("of-another-ca", [cn(victim)], Issuer.impostor(x509.Name([cn("Another CA")])), {}),
            ("of-a-ca-of-the-same-name", [cn(victim)], Issuer.impostor(ours), {}),
            ("named-as-the-ca", ours, Issuer.impostor(ours), {"is_ca": True}),
            ("issued-by-a-node", [cn(victim)], node, {}),
            ("another-cas-administrator", [cn(self.certname("admin"))], Issuer.impostor(ours),
             {"rights": ((CLI_AUTH, "true"),)}),
            ("another-cas-master", [cn(good)], Issuer.impostor(ours),
             {"rights": ((AUTH_ROLE, "puppet-master"),)}),
        ):  # fmt: skip
            self.sign(name, subject, issuer, kind="invalid", **options)

    def unprivileged(self) -> None:
        """Valid certificates whose rights are no rights, or those of another role."""
        good = self.certname("good")
        for name, subject, options in (
            ("without-a-record", [cn(self.certname("without-a-record"))], {}),
            ("administrator-unknown-to-the-inventory", [cn(self.certname("admin"))],
             {"rights": ((CLI_AUTH, "true"),)}),
            ("administrator-false", [cn(good)], {"rights": ((CLI_AUTH, "false"),)}),
            ("role-as-second-name", [cn("puppet-master"), cn(good)],
            {"sans": ("puppet-master", "puppet-ca")}),
            ("role-as-name", [cn("puppet-master")], {"sans": ("puppet-master", "puppet-ca")}),
            ("role-of-longer-name", [cn(good)], {"rights": ((AUTH_ROLE, "puppet-masters"),)}),
            ("role-in-a-list", [cn(good)], {"rights": ((AUTH_ROLE, "node, puppet-master"),)}),
            ("role-under-another-oid", [cn(good)], {"rights": ((PP_ROLE, "puppet-master"),)}),
        ):  # fmt: skip
            self.sign(name, subject, kind="unprivileged", **options)
        self.sign(
            "master", [cn(self.certname("master"))], kind="master", rights=((AUTH_ROLE, "puppet-master"),)
        )

    def misnamed(self) -> None:
        """Names that may be taken for the victim's, or for a path to what is the victim's."""
        good, victim = self.certname("good"), self.certname("victim")
        organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"x/CN={victim}", _validate=False)
        subjects: dict[str, Names | x509.Name] = {
            "two-names": [cn(good), cn(victim)],
            "two-names-other-way": [cn(victim), cn(good)],
            "two-names-in-one": x509.Name([x509.RelativeDistinguishedName([cn(good), cn(victim)])]),
            "no-name": [x509.NameAttribute(NameOID.ORGANIZATION_NAME, victim)],
            "latin": [cn(f"{victim}\u00e9", _ASN1Type.T61String)],
            "utf-16": [cn(f"{good}\0{victim}", _ASN1Type.BMPString)],
        }
        texts = {
            "empty": "", "slash": f"{good}/../{victim}", "slash-first": f"/{victim}",
            "dots": "..", "dots-first": f"../{victim}", "dots-inside": f"{good}..{victim}",
            "dot-last": f"{victim}.", "dot-first": f".{victim}", "nul": f"{good}\0{victim}",
            "nul-other-way": f"{victim}\0{good}", "newline": f"{good}\n{victim}",
            "newline-last": f"{victim}\n",
            "carriage-return": f"{victim}\r\nX-Evil: 1", "escape": f"\x1b[2J{victim}",
            "delete": f"{victim}\x7f",
            "space-last": f"{victim} ", "space-first": f" {victim}", "upper-case": victim.upper(),
            "percent": victim.replace("-", "%2d"), "backslash": f"{good}\\{victim}", "star": "*",
            "comma": f"{good},CN={victim}", "slash-cn": f"{good}/CN={victim}", "semicolon": f"{victim};x",
            "quote": f'{victim}"', "shell": f"{victim}$(id)", "full-width": victim.replace("a", "\uff41"),
            "soft-hyphen": victim.replace("a", "a\u00ad"), "cyrillic": victim.replace("a", "\u0430"),
            "long": "a" * 300, "very-long": "a" * 20000,
        }  # fmt: skip
        for name, subject in (subjects | {name: [cn(text)] for name, text in texts.items()}).items():
            self.sign(name, subject, kind="misnamed")
        # These have one good name, and the victim's somewhere else.
        uid = x509.NameAttribute(NameOID.USER_ID, victim)
        self.sign("victim-as-alternative-name", [cn(good)], kind="alias", sans=(good, victim))
        self.sign("victim-in-organisation", [organisation, cn(good)], kind="alias")
        self.sign("victim-as-uid", [cn(good), uid], kind="alias")

    def finish(self) -> None:
        self.write("ca.pem", self.ca_pem)
        manifest = {"prefix": self.prefix, "identities": self.made}
        self.write("manifest.json", json.dumps(manifest, indent=2).encode())


def command(*argv: str) -> str:
    done = subprocess.run(argv, check=False, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(argv)}: exit {done.returncode}: {done.stderr or done.stdout}")
    return done.stdout


def make(folder: Path, *, records: bool) -> None:
    folder.mkdir(mode=0o700, parents=True)
    forge = Forge(folder, records)
    for name in NODES:
        forge.node(name)
    forge.administrator()
    forge.invalid()
    forge.unprivileged()
    forge.misnamed()
    command("puppet_ca", "revoke", forge.certname("revoked"))
    forge.finish()
    command("puppet_ca", "status")


def clean(folder: Path, *, records: bool) -> None:
    forge = Forge(folder, records)
    manifest = json.loads((folder / "manifest.json").read_text())
    forge.prefix = manifest["prefix"]
    for name in NODES if records else ():
        forge.store.delete(forge.certname(name))
    command("puppet_ca", "clean", *(forge.certname(name) for name in (*NODES, "admin")))
    command("puppet_ca", "status")


def main() -> int:
    warnings.simplefilter(
        "ignore", UserWarning
    )  # about names of forbidden lengths: that is what they are for
    parser = argparse.ArgumentParser(description="Make the identities for tests/attacks, on the CA's host.")
    parser.add_argument("--clean", action="store_true", help="take them back")
    parser.add_argument("--no-records", action="store_true", help="do not write into the node bucket")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    (clean if options.clean else make)(options.folder, records=not options.no_records)
    return 0


if __name__ == "__main__":
    sys.exit(main())
