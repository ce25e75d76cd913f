"""What the conductor needs to know of the CA, in the bucket: its certificate, and the servers' names."""

import json

from .authority import Authority
from .store import Store

CERTIFICATE_KEY = "ca/ca_crt.pem"
SERVER_KEY = "ca/server"


def documents(
    authority: Authority, *, server: str | None, port: int, ca_server: str, ca_port: int
) -> dict[str, bytes]:
    """Return key and content of what is to be published.

    ``server`` and ``port`` only where one name stands for all masters; else agents are told each master's.
    """
    names: dict[str, str | int] = {"ca_server": ca_server, "ca_port": ca_port}
    if server:
        names |= {"server": server, "port": port}
    return {
        CERTIFICATE_KEY: authority.certificate_path.read_bytes(),
        SERVER_KEY: (json.dumps(names) + "\n").encode(),
    }


def outdated(store: Store, wanted: dict[str, bytes]) -> list[str]:
    """Return the keys whose content in the store is not what it should be."""
    found = []
    for key, body in wanted.items():
        stored = store.get(key)
        if stored is None or stored.body != body:
            found.append(key)
    return found


def write_outdated(store: Store, wanted: dict[str, bytes]) -> list[str]:
    """Write what is not in the store as it should be; return the keys written."""
    keys = outdated(store, wanted)
    for key in keys:
        kind = "application/x-pem-file" if key == CERTIFICATE_KEY else "application/json"
        store.put(key, wanted[key], kind)
    return keys
