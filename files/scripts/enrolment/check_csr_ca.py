"""What check_csr does at the CA on this host: sweep, revoke what was terminated, explain."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from .acknowledging import Acknowledger
from .authority import Authority
from .config import CaConfig
from .enrol import Enroller
from .errors import ConfigError
from .explain import explain
from .ledger import tell
from .listen import Hint, Message, Queue
from .log import Log
from .names import is_certname
from .options import store_url
from .store import PausingStore, Store, open_store
from .sweep import (
    TERMINATED_LOOK,
    deactivate_pending,
    keep_list_valid,
    marked_names,
    note_look,
    review,
    revoke_marked,
    sweep,
)
from .users import acting_as

STORE_PAUSE = 60.0  # seconds without a question to a store that hangs


def run(options: argparse.Namespace, config: CaConfig, log: Log) -> bool:
    """Do what the command's options say; return whether all went well."""
    if options.explain is not None and not is_certname(options.explain):
        raise ConfigError(f"{options.explain!r} is not a certname")
    if options.terminated:
        return Terminated(options, config, log).look()
    with acting_as(config.user):
        store = open_store(store_url(options, config))
        return _explain(options.explain, config, store) if options.explain else _sweep(config, store, log)


def _sweep(config: CaConfig, store: Store, log: Log) -> bool:
    authority = Authority(config)
    # Cron comes again: a thousand requests are not worth as many waits for a store that hangs.
    patient = PausingStore(store, STORE_PAUSE)
    summary = sweep(authority, Enroller(authority, patient, log), log)
    if summary is None:
        log.info("Another sweep is at work; this one does nothing")
        return True
    return summary.ok


class SameFolder:
    """Whether the CA's folder is the one that was there at the start: a restore puts another in its place.

    systemd lets a service write into the folder that was there when it was started, and nowhere else.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._found = self._identity()

    def check(self) -> None:
        """Raise ConfigError if it is another: a service ends by it, and systemd starts it anew."""
        if self._identity() != self._found:
            raise ConfigError(f"{self._root} is another folder than at the start (restored?): to begin anew")

    def _identity(self) -> tuple[int, int] | None:
        try:
            state = self._root.stat()
        except FileNotFoundError:
            return None
        return state.st_dev, state.st_ino


class Terminated:
    """Looks for terminated nodes; what was opened and read for one look serves the next."""

    def __init__(self, options: argparse.Namespace, config: CaConfig, log: Log) -> None:
        self._authority = Authority(config)
        self._log = log
        self._force: bool = options.force
        self._url = store_url(options, config)
        self._store: Store | None = None
        self._acknowledger = Acknowledger()
        self._folder = SameFolder(self._authority.root)

    def look(self) -> bool:
        """Revoke what is marked; return whether all went well."""
        self._folder.check()
        with acting_as(self._authority.config.user):
            keep_list_valid(self._authority, self._log)  # here too: this runs most often, and needs no store
            if self._store is None:
                self._store = open_store(self._url)
            marked = marked_names(self._store)
            revoke_marked(self._authority, marked, self._log, force=self._force)
        # As root again: the key that PuppetDB is asked with belongs to the host, not to the CA.
        done = deactivate_pending(self._authority, self._log)
        with acting_as(self._authority.config.user):
            tell(self._authority, self._store)
            self._acknowledger.tell(self._authority, self._store, marked)
            note_look(self._authority, TERMINATED_LOOK, ok=done)
        return done


class Told:
    """What is done at a hint: the sweeps' own work, for the named requests or for all terminated nodes."""

    def __init__(self, options: argparse.Namespace, config: CaConfig, log: Log) -> None:
        self._terminated = Terminated(options, config, log)
        self._authority = Authority(config)
        self._log = log
        self._url = store_url(options, config)
        self._enroller: Enroller | None = None
        self._folder = SameFolder(self._authority.root)

    def act(self, hint: Hint) -> bool:
        """Return whether all went well."""
        self._folder.check()
        ok = True
        if hint.certnames:
            with acting_as(self._authority.config.user):
                if self._enroller is None:
                    store = PausingStore(open_store(self._url), STORE_PAUSE)
                    self._enroller = Enroller(self._authority, store, self._log)
                ok = review(self._authority, self._enroller, hint.certnames, self._log).ok
        if hint.terminated:
            ok = self._terminated.look() and ok
        return ok


class AsUser:
    """A queue that is read with the rights of the CA's user."""

    def __init__(self, user: str, open_queue: Callable[[], Queue]) -> None:
        self._user = user
        with acting_as(user):
            self._queue = open_queue()
        self.url = self._queue.url

    def receive(self) -> Sequence[Message]:
        """See Queue."""
        with acting_as(self._user):
            return self._queue.receive()

    def delete(self, message: Message) -> None:
        """See Queue."""
        with acting_as(self._user):
            self._queue.delete(message)


def _explain(name: str, config: CaConfig, store: Store) -> bool:
    good = False
    for good, sentence in explain(Authority(config), store, name):
        print(f"[{'x' if good else ' '}] {sentence}")
    return good
