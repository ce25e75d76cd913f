"""Catalogs as a master makes them, of nodes whose facts are recorded: Puppet's own compiler and our ENC."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).parents[2]
FACTS = CHECKOUT / "spec" / "facts"
COMPILE_DEADLINE = 120


class NoCatalog(Exception):
    """What Puppet says about a catalog that it cannot compile."""


@dataclass(frozen=True)
class Compiler:
    """Where the environments are, a folder of its own, and `node_classifier` of the code to be tested."""

    environments: Path
    folder: Path
    classifier: Path = CHECKOUT / "files" / "scripts" / "node_classifier"

    def catalog(
        self, certname: str, classes: Sequence[str], data: Mapping[str, Any], system: str
    ) -> dict[str, Any]:
        """The catalog of a node with these classes and Hiera data in its record; raises NoCatalog."""
        nodes, facts = self.folder / "nodes", self.folder / "var" / "yaml" / "facts"
        for folder in (nodes, facts):
            folder.mkdir(parents=True, exist_ok=True)
        record = {
            "classes": {name: {} for name in classes},
            "parameters": {"data": dict(data)},
            "environment": "production",
        }
        (nodes / certname).write_text(yaml.safe_dump(record))
        values = json.loads((FACTS / f"{system}.json").read_text())
        known = yaml.safe_dump({"name": certname, "values": _flat(values)})
        (facts / f"{certname}.yaml").write_text(f"--- !ruby/object:Puppet::Node::Facts\n{known}")
        argv = ["puppet", "catalog", "compile", certname, *self._options(nodes)]
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            argv, env=environment, capture_output=True, text=True, timeout=COMPILE_DEADLINE, check=False
        )
        if done.returncode != 0:
            raise NoCatalog(done.stdout + done.stderr)
        found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
        return found

    def _options(self, nodes: Path) -> list[str]:
        classifier = self.folder / "classifier"
        classifier.write_text(
            f'#!/bin/sh\nexec "{self.classifier}" --config /dev/null --store "file://{nodes}" "$@"\n'
        )
        classifier.chmod(0o755)
        settings = {
            "confdir": self.folder / "etc",
            "vardir": self.folder / "var",
            "environmentpath": self.environments,
            "environment": "production",
            # What is not in the environment is not there.
            "basemodulepath": self.folder / "none",
            "node_terminus": "exec",
            "external_nodes": classifier,
            "facts_terminus": "yaml",
            "log_level": "err",
            "color": "false",
        }
        return ["--strict_variables", *(f"--{name}={value}" for name, value in settings.items())]


def _flat(facts: dict[str, Any]) -> dict[str, Any]:
    """With those facts that agents of Puppet 7 still send, and modules of its time read."""
    system = facts["os"]
    return facts | {
        "operatingsystem": system["name"],
        "osfamily": system["family"],
        "operatingsystemrelease": system["release"]["full"],
        "operatingsystemmajrelease": system["release"]["major"],
        "lsbdistcodename": system["distro"]["codename"],
        "fqdn": facts["networking"]["fqdn"],
        "hostname": facts["networking"]["hostname"],
        "clientversion": facts["puppetversion"],
    }


def titles(catalog: Mapping[str, Any], kind: str) -> list[str]:
    """Of the resources of a type, in the order of the catalog."""
    return [found["title"] for found in catalog["resources"] if found["type"] == kind]


def parameter(catalog: Mapping[str, Any], kind: str, title: str, name: str) -> Any:
    """A parameter of a resource."""
    [found] = [each for each in catalog["resources"] if (each["type"], each["title"]) == (kind, title)]
    return found["parameters"][name]
