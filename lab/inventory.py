"""How ssh and testinfra reach the lab's nodes: an ssh configuration, known host keys and an inventory."""

import json
from pathlib import Path
from typing import Any

from lab import access
from lab.errors import LabError
from lab.state import State, write_atomically

USER = "debian"
KEYS_BEGIN = "-----BEGIN SSH HOST KEY KEYS-----"
KEYS_END = "-----END SSH HOST KEY KEYS-----"

SSH_CONFIG = """\
Host *
  User {user}
  IdentityFile {key}
  IdentitiesOnly yes
  UserKnownHostsFile {known_hosts}
  StrictHostKeyChecking yes
  ConnectTimeout 20
"""


def write(state: State) -> tuple[Path, Path]:
    """Write the files for all running nodes; returns the inventory and the ssh configuration.

    Host keys are taken from the consoles, as a careful administrator does by hand: nothing is trusted
    at first use. Raises LabError for a node whose console does not show its keys.
    """
    alive = [found for found in access.instances(state) if found["state"] == "running"]
    inventory: dict[str, list[str]] = {}
    known: list[str] = []
    for instance in alive:
        inventory.setdefault(access.role_of(instance) or "none", []).append(instance["name"])
        known += [f"{instance['name']} {key}" for key in _host_keys(state, instance)]
    folder = state.run / "ssh"
    folder.mkdir(mode=0o700, exist_ok=True)
    write_atomically(folder / "known_hosts", "\n".join(known) + "\n")
    config = SSH_CONFIG.format(
        user=USER, key=state.operator / "id_ed25519", known_hosts=folder / "known_hosts"
    )
    write_atomically(folder / "config", config)
    write_atomically(folder / "inventory.json", json.dumps(inventory, indent=1))
    return folder / "inventory.json", folder / "config"


def _host_keys(state: State, instance: dict[str, Any]) -> list[str]:
    console = (state.instances / instance["id"] / "console.log").read_text(errors="replace")
    _, begun, rest = console.partition(KEYS_BEGIN)
    keys, ended, _ = rest.partition(KEYS_END)
    if not (begun and ended):
        raise LabError(
            f"{instance['id']}: no ssh host keys on its console yet; see lab console {instance['id']}"
        )
    return [" ".join(line.split()[:2]) for line in keys.splitlines() if line.strip()]
