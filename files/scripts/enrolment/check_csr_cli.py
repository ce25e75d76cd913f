"""The command check_csr; what it promises stands in files/scripts/check_csr."""

import argparse
import os
import sys
from pathlib import Path

from .authority import Authority, utc_now
from .config import CaConfig, config_path, load_config
from .decision import Policy, Verdict, decide
from .enrol import Enroller
from .errors import ConfigError, EnrolmentError, RecordError, RequestError, StoreError
from .explain import explain
from .log import Log
from .names import is_certname
from .options import add_level_option
from .record import parse_record
from .request import MAX_SIZE, parse_request
from .store import Store, open_store
from .sweep import deactivate_pending, keep_list_valid, revoke_terminated, sweep
from .users import acting_as

OK, FAILED, USAGE = 0, 1, 2


def main(argv: list[str]) -> int:
    """Run the command with ``argv`` (without its own name); return the exit code."""
    options = _parser().parse_args(argv)
    log = Log("check_csr", level=options.log_level)
    try:
        if options.autosign:
            return _autosign(options, log)
        config = load_config(options.config)
        with acting_as(config.user):
            if options.explain:
                return _explain(options, config)
            work = _terminated if options.terminated else _sweep
            code = work(options, config, log)
        # As root again: the key that PuppetDB is asked with belongs to the host, not to the CA.
        if options.terminated and not deactivate_pending(Authority(config), log):
            return FAILED
        return code
    except ConfigError as error:
        log.error(str(error))
        return _say(error, USAGE)
    except EnrolmentError as error:
        log.error(str(error))
        return _say(error, FAILED)


def _say(error: EnrolmentError, code: int) -> int:
    if not sys.stderr.isatty():
        print(f"check_csr: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="check_csr",
        description="Decide on certificate requests by the nodes' records in the store.",
        epilog="Exit codes: 0 done; 1 something failed, or --autosign says no, or --explain finds the node "
        "not enrolled; 2 usage or configuration.",
    )
    parser.add_argument("url", nargs="?", help="the store (default: node_bucket of the configuration)")
    add_level_option(parser)
    parser.add_argument(
        "--config", type=Path, default=None, help="configuration (default: /etc/puppet-ca/ca.yaml)"
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--autosign", metavar="CERTNAME", help="policy executable: read a request from standard input"
    )
    mode.add_argument("--explain", metavar="CERTNAME", help="say why a node is not enrolled")
    mode.add_argument("--terminated", action="store_true", help="revoke what the store marks as terminated")
    parser.add_argument("--force", action="store_true", help="with --terminated: without a limit")
    return parser


def _store(options: argparse.Namespace, config: CaConfig) -> Store:
    url = options.url or config.node_bucket
    if not url:
        raise ConfigError("no store: give its URL, or set node_bucket in the configuration")
    return open_store(url)


def _sweep(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    authority = Authority(config)
    summary = sweep(authority, Enroller(authority, _store(options, config), log), log)
    if summary is None:
        log.info("Another sweep is at work; this one does nothing")
        return OK
    return OK if summary.ok else FAILED


def _terminated(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    authority = Authority(config)
    keep_list_valid(authority, log)  # here too: this runs most often, and needs no store
    revoke_terminated(authority, _store(options, config), log, force=options.force)
    return OK


def _explain(options: argparse.Namespace, config: CaConfig) -> int:
    if not is_certname(options.explain):
        raise ConfigError(f"{options.explain!r} is not a certname")
    good = False
    for good, sentence in explain(Authority(config), _store(options, config), options.explain):
        print(f"[{'x' if good else ' '}] {sentence}")
    return OK if good else FAILED


def _autosign(options: argparse.Namespace, log: Log) -> int:
    """For a CA that is not ours: it keeps requests and certificates itself, and asks only whether to sign."""
    path = options.config or config_path()
    config = CaConfig() if options.url and not path.exists() else load_config(path)
    name = options.autosign
    policy = Policy(allow_unenrolled=config.allow_unenrolled)
    try:
        request = parse_request(sys.stdin.buffer.read(MAX_SIZE + 1))
        store = _store(options, config)
        log.debug(f"Checking {name}")
        record = None
        if is_certname(name):
            log.debug(f"Checking url {store.url}/{name}")
            stored = store.get(name)
            record = None if stored is None else parse_record(stored.body)
        decision = decide(request, record, utc_now(), name=name, policy=policy)
    except (RequestError, RecordError, StoreError) as error:
        log.warning(f"Request refused: {name}: {error}")
        return FAILED
    if decision.verdict is Verdict.SIGN:
        log.info(f"Signing request: {name}")
        return OK
    log.warning(f"Request refused: {name}: {decision.reason}")
    return FAILED


def run() -> int:
    """Run as a command."""
    os.umask(0o027)
    return main(sys.argv[1:])
