"""How ssh reaches a node, as a command line and as a configuration: the same options in both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conductor.context import Context
from conductor.errors import LocalError, NotFoundError
from conductor.inventory import Node
from conductor.login.naming import PLAIN
from conductor.operator_files import SSH_KEY
from conductor.settings import Login

CONNECT_SECONDS = 20
ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]*")
# The instance's id stands for it in its own known_hosts file; no other file, and nobody else's word, counts.
CAREFUL = {
    "GlobalKnownHostsFile": "/dev/null",
    "KnownHostsCommand": "none",
    "StrictHostKeyChecking": "yes",
    "CheckHostIP": "no",
    "UpdateHostKeys": "no",
    "VerifyHostKeyDNS": "no",
    "NoHostAuthenticationForLocalhost": "no",
}


@dataclass(frozen=True)
class Target:
    """A node that ssh can reach."""

    node: Node
    # All names for ssh, the shortest first.
    names: list[str]
    address: str
    login: Login
    identity: Path | None
    known_hosts: Path

    @property
    def instance_id(self) -> str:
        return self.node.instance.id if self.node.instance else ""

    def options(self) -> dict[str, str]:
        """ssh's options, quoted as both ``-o`` and a configuration file need it."""
        found = {"HostName": self.address, "User": self.login.user, "Port": str(self.login.port)}
        if self.login.jump:
            found["ProxyJump"] = self.login.jump
        if self.identity:
            found |= {"IdentityFile": _quoted(self.identity), "IdentitiesOnly": "yes"}
        found |= {"HostKeyAlias": self.instance_id, "UserKnownHostsFile": _quoted(self.known_hosts)}
        return {**found, **CAREFUL, "ConnectTimeout": str(CONNECT_SECONDS)}

    def command(self, words: Sequence[str], *, terminal: bool = False) -> list[str]:
        """ssh's command line; ``words`` are the remote command, which ssh joins by blanks."""
        # A connection that is open already would be taken without a look at the key.
        options = {**self.options(), "ControlPath": "none"}
        given = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        # By its address, so that what the operator's own configuration says of that applies.
        return ["ssh", *(["-t"] if terminal else []), *given, "--", self.address, *words]

    def entry(self) -> str:
        """Its part of an ssh configuration."""
        lines = [f"  {name} {value}" for name, value in self.options().items()]
        return "\n".join([f"Host {' '.join(self.names)}", *lines]) + "\n"


def target(context: Context, node: Node, short: Sequence[str], known_hosts: Path) -> Target:
    """Raises NotFoundError if the node has no address to go to."""
    instance = node.instance
    if instance is None or instance.state != "running":
        state = f"is {instance.state}" if instance else "has no instance"
        raise NotFoundError(f"{node.shown()} {state}: there is nothing to log in to")
    login = context.settings.login
    # The address, not the private name, which only the cloud's own resolver knows.
    private = instance.private_ip or instance.private_name
    address = (instance.public_name if login.address == "public" else "") or private
    if not ADDRESS.fullmatch(address):
        raise NotFoundError(f"{node.shown()} has no address yet", advice="try again in a while")
    names = [*short, instance.id, instance.private_name, node.certname]
    return Target(
        node=node,
        names=list(dict.fromkeys(name for name in names if PLAIN.fullmatch(name))),
        address=address,
        login=login,
        identity=identity(context),
        known_hosts=known_hosts,
    )


def identity(context: Context) -> Path | None:
    """The key to log in with; None: the agent has it, or ssh's own configuration.

    A public key's file stands for the private one that the agent or a token holds.
    """
    configured = context.settings.ssh_public_key
    if configured is None:
        return context.operator.folder / "id_ed25519"
    if SSH_KEY.fullmatch(configured.strip()):
        return None
    public = Path(configured).expanduser().absolute()
    private = public.with_suffix("") if public.suffix == ".pub" else public
    return private if private.exists() else public


def _quoted(path: Path) -> str:
    """As an argument of ssh's options; ``%`` begins a token there, ``${`` a variable."""
    text = str(path.absolute())
    if '"' in text or "\\" in text or "${" in text or not text.isprintable():
        raise LocalError(f"{text!r}: ssh cannot take a file of this name", advice="give it another")
    return '"' + text.replace("%", "%%") + '"'
