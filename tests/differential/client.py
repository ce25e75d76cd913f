"""Puppet's own clients on a host, pointed at one CA: `puppet ssl` and `puppetserver ca`."""

import json
import re
import subprocess
from dataclasses import dataclass

from tests.differential import csr
from tests.differential.ca import Ca
from tests.differential.sides import Host
from tests.differential.table import Facts

FOLDER = "/var/tmp/differential"
CLIENT_DEADLINE = 120.0
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_FINGERPRINT = re.compile(r"\b(?:[0-9A-F]{2}:){15,}[0-9A-F]{2}\b")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?: ?UTC)?")
_SERIAL = re.compile(r"(serial(?:_number)?\W+)[0-9A-Fx]+", re.IGNORECASE)


@dataclass(frozen=True)
class Client:
    """One host's clients, as they see one CA. Each certname has folders of its own."""

    host: Host
    ca: Ca

    def prepare(self, name: str, *settings: str) -> None:
        """Write the configuration for a certname, with the launch's secret for its request."""
        folder = self.folder(name)
        lines = [
            "[main]",
            f"certname = {name}",
            f"server = {self.ca.server.name}",
            f"ca_server = {self.ca.server.name}",
            f"ca_port = {self.ca.server.ca_port}",
            f"ssldir = {folder}/ssl",
            "keylength = 2048",
            f"vardir = {folder}/var",
            f"cadir = {folder}/ca",  # `puppetserver ca generate` looks for files there
            f"csr_attributes = {folder}/csr_attributes.yaml",
            *settings,
        ]
        attributes = json.dumps({"custom_attributes": {csr.CHALLENGE_PASSWORD: csr.SECRET}})
        self.host.write(f"{folder}/puppet.conf", "\n".join(lines) + "\n")
        self.host.write(f"{folder}/csr_attributes.yaml", attributes, mode="0600")

    def folder(self, name: str) -> str:
        """Where a certname's files are on the host."""
        return f"{FOLDER}/{self.ca.server.label}/{name}"

    def ssl(self, name: str, *words: str) -> Facts:
        """Run `puppet ssl`; return its exit code and what it printed."""
        folder = self.folder(name)
        return self._seen(
            name, f"puppet ssl {' '.join(words)} --confdir {folder} --config {folder}/puppet.conf"
        )

    def cli(self, administrator: str, *words: str, names: tuple[str, ...] = ()) -> Facts:
        """Run `puppetserver ca` as an administrator; return its exit code and what it printed."""
        config = f"{self.folder(administrator)}/puppet.conf"
        facts = dict(self._seen(administrator, f"puppetserver ca {' '.join(words)} --config {config}"))
        for index, name in enumerate(names):
            facts["output"] = facts["output"].replace(name, f"NAME{index}")
        return facts

    def become(self, name: str, identity: str) -> None:
        """Give a certname's folder the certificate and key of one of the CA's identities."""
        self.prepare(name)
        folder = self.folder(name)
        found = self.ca.identities[identity]
        assert found.certificate is not None
        assert found.key is not None
        self.host.write(f"{folder}/ssl/certs/{name}.pem", found.certificate.read_text())
        self.host.write(f"{folder}/ssl/private_keys/{name}.pem", found.key.read_text(), mode="0600")
        self.host.write(f"{folder}/ssl/certs/ca.pem", self.ca.authority.read_text())
        self.host.write(f"{folder}/ssl/crl.pem", self.ca.crl().decode())

    def files(self, name: str) -> str:
        """Which of a certname's files are there."""
        listed = self.host.run(
            f"cd {self.folder(name)}/ssl 2>/dev/null && find . -name '*.pem' | sort || true"
        )
        return listed.replace(name, "NAME").replace("\n", " ").strip()

    def _seen(self, name: str, command: str) -> Facts:
        done = self.host.attempt(f"{command} 2>&1", deadline=CLIENT_DEADLINE)
        return {"exit": str(done.returncode), "output": self._plain(done, name)}

    def _plain(self, done: subprocess.CompletedProcess[str], name: str) -> str:
        """Output without what must differ: names of hosts, fingerprints, dates, serial numbers, blanks."""
        text = _ANSI.sub("", done.stdout).replace(self.folder(name), "FOLDER").replace(name, "NAME")
        text = text.replace(self.ca.server.name, "SERVER").replace(f":{self.ca.server.ca_port}", ":PORT")
        for pattern, put in ((_FINGERPRINT, "FINGERPRINT"), (_DATE, "DATE"), (_SERIAL, r"\1SERIAL")):
            text = pattern.sub(put, text)
        return " / ".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
