"""Which terminated nodes the CA has dealt with, told to the bucket: whoever takes a cluster away waits for it
before the CA's host ends.

``ca/issued/terminated.json`` holds the names that stand under ``terminated/`` and have no certificate
any more that would be accepted. Written when it changes; nothing is decided by it at the CA.
"""

import json
from collections.abc import Set

from .authority import Authority
from .store import Store
from .sweep import unrevoked

KEY = "ca/issued/terminated.json"


class Acknowledger:
    """Tells what has changed since it last told."""

    def __init__(self) -> None:
        self._told: frozenset[str] = frozenset()

    def tell(self, authority: Authority, store: Store, marked: Set[str]) -> bool:
        """Return whether something was written; raise StoreError: it is told the next time.

        A bucket that is read over https:// is told nothing.
        """
        if store.url.startswith("https:") or marked == self._told:
            return False
        done = frozenset(marked - unrevoked(authority, marked))
        if done == self._told:
            return False
        store.put(KEY, json.dumps(sorted(done)).encode() + b"\n", "application/json")
        self._told = done
        return True
