"""What check_csr does at the CA on this host: sweep, revoke what was terminated, explain."""

import argparse

from .authority import Authority
from .config import CaConfig
from .enrol import Enroller
from .errors import ConfigError
from .explain import explain
from .log import Log
from .names import is_certname
from .options import store_url
from .store import PausingStore, Store, open_store
from .sweep import deactivate_pending, keep_list_valid, revoke_terminated, sweep
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


class Terminated:
    """Looks for terminated nodes; what was opened and read for one look serves the next."""

    def __init__(self, options: argparse.Namespace, config: CaConfig, log: Log) -> None:
        self._authority = Authority(config)
        self._log = log
        self._force: bool = options.force
        self._url = store_url(options, config)
        self._store: Store | None = None

    def look(self) -> bool:
        """Revoke what is marked; return whether all went well."""
        with acting_as(self._authority.config.user):
            keep_list_valid(self._authority, self._log)  # here too: this runs most often, and needs no store
            if self._store is None:
                self._store = open_store(self._url)
            revoke_terminated(self._authority, self._store, self._log, force=self._force)
        # As root again: the key that PuppetDB is asked with belongs to the host, not to the CA.
        return deactivate_pending(self._authority, self._log)


def _explain(name: str, config: CaConfig, store: Store) -> bool:
    good = False
    for good, sentence in explain(Authority(config), store, name):
        print(f"[{'x' if good else ' '}] {sentence}")
    return good
