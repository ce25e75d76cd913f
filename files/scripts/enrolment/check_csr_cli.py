"""The command check_csr; what it promises stands in files/scripts/check_csr."""

import argparse
import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path

from .config import CaConfig, config_path, load_config
from .errors import ConfigError, EnrolmentError
from .log import Log
from .options import add_every_option, add_level_option, store_url
from .store import open_store

OK, FAILED, USAGE = 0, 1, 2


def main(argv: list[str]) -> int:
    """Run the command with ``argv`` (without its own name); return the exit code."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.every and not options.terminated:
        parser.error("--every goes with --terminated")
    if bool(options.queue) != options.listen:
        parser.error("--listen and --queue go together")
    log = Log("check_csr", level=options.log_level)
    # Each way imports what it needs: another CA waits for its policy executable at every request.
    if options.autosign is not None:
        return _caught(lambda: _autosign(options, log), log)
    return _caught(lambda: _at_the_ca(options, log), log)


def _at_the_ca(options: argparse.Namespace, log: Log) -> int:
    from . import check_csr_ca  # noqa: PLC0415

    config = load_config(options.config)
    if options.listen:
        return _listen(options, config, log)
    if not options.every:
        return OK if check_csr_ca.run(options, config, log) else FAILED
    from .resident import stay  # noqa: PLC0415

    terminated = check_csr_ca.Terminated(options, config, log)
    return stay(lambda: _caught(lambda: OK if terminated.look() else FAILED, log), options.every)


def _listen(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    from .check_csr_ca import AsUser, Told  # noqa: PLC0415
    from .listen import Listener, listen  # noqa: PLC0415
    from .listen_sqs import SqsQueue  # noqa: PLC0415

    queue = AsUser(config.user, lambda: SqsQueue(options.queue))
    listen(Listener(queue, Told(options, config, log).act, log), log)
    return OK


def _caught(work: Callable[[], int], log: Log) -> int:
    """Return the exit code of ``work``, also of what it raises."""
    try:
        return work()
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
    mode.add_argument("--listen", action="store_true", help="stay, and act at once on what the queue says")
    parser.add_argument("--queue", metavar="QUEUE", help="with --listen: the URL of the queue, of SQS")
    add_every_option(parser)
    parser.add_argument("--force", action="store_true", help="with --terminated: without a limit")
    return parser


def _autosign(options: argparse.Namespace, log: Log) -> int:
    gc.disable()  # the imports alone would set it going dozens of times; one decision leaves little
    try:
        from .autosign import may_sign  # noqa: PLC0415

        path = options.config or config_path()
        config = CaConfig() if options.url and not path.exists() else load_config(path)
        store = open_store(store_url(options, config))
        allowed = may_sign(
            options.autosign, sys.stdin.buffer, store, log, allow_unenrolled=config.allow_unenrolled
        )
        return OK if allowed else FAILED
    finally:
        gc.enable()


def run() -> int:
    """Run as a command."""
    os.umask(0o027)
    return main(sys.argv[1:])
