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
from .store import Store, open_store
from .sweep import deactivate_pending, keep_list_valid, revoke_terminated, sweep
from .users import acting_as


def run(options: argparse.Namespace, config: CaConfig, log: Log) -> bool:
    """Do what the command's options say; return whether all went well."""
    if options.explain is not None and not is_certname(options.explain):
        raise ConfigError(f"{options.explain!r} is not a certname")
    with acting_as(config.user):
        store = open_store(store_url(options, config))
        if options.explain:
            return _explain(options.explain, config, store)
        if not options.terminated:
            return _sweep(config, store, log)
        _terminated(config, store, log, force=options.force)
    # As root again: the key that PuppetDB is asked with belongs to the host, not to the CA.
    return deactivate_pending(Authority(config), log)


def _sweep(config: CaConfig, store: Store, log: Log) -> bool:
    authority = Authority(config)
    summary = sweep(authority, Enroller(authority, store, log), log)
    if summary is None:
        log.info("Another sweep is at work; this one does nothing")
        return True
    return summary.ok


def _terminated(config: CaConfig, store: Store, log: Log, *, force: bool) -> None:
    authority = Authority(config)
    keep_list_valid(authority, log)  # here too: this runs most often, and needs no store
    revoke_terminated(authority, store, log, force=force)


def _explain(name: str, config: CaConfig, store: Store) -> bool:
    good = False
    for good, sentence in explain(Authority(config), store, name):
        print(f"[{'x' if good else ' '}] {sentence}")
    return good
