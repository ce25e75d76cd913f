"""The command node_status; what it promises stands in files/scripts/node_status."""

import argparse
import sys
from pathlib import Path

from .config import read_texts
from .errors import ConfigError, EnrolmentError
from .log import Log
from .node_status import StatusWriter
from .options import add_every_option, add_level_option
from .puppetdb import PuppetDB
from .resident import stay
from .store import open_store

OK, FAILED, USAGE = 0, 1, 2
DEFAULT_CONFIG = Path("/etc/puppet/node_status.yaml")
DEFAULT_STATE = "/var/lib/puppet-node-status/state.json"
REQUIRED = ("node_bucket", "puppetdb_url", "cert", "key", "cacert")


def main(argv: list[str]) -> int:
    """Run the command with ``argv`` (without its own name); return the exit code."""
    options = _parser().parse_args(argv)
    looker = _Looker(options.config, Log("node_status", level=options.log_level))
    return stay(looker.look, options.every) if options.every else looker.look()


class _Looker:
    """Looks at the nodes; what was opened for one look serves the next."""

    def __init__(self, config: Path, log: Log) -> None:
        self._config = config
        self._log = log
        self._writer: StatusWriter | None = None

    def look(self) -> int:
        """Write what has changed; return the exit code."""
        try:
            if self._writer is None:
                self._writer = self._make_writer()
            written = self._writer.update()
        except EnrolmentError as error:
            self._log.error(str(error))
            print(f"node_status: {error}", file=sys.stderr)
            return USAGE if isinstance(error, ConfigError) else FAILED
        if written:
            self._log.info(f"Status written: {', '.join(written)}")
        return OK

    def _make_writer(self) -> StatusWriter:
        settings = {"state_file": DEFAULT_STATE, **read_texts(self._config, REQUIRED, ["state_file"])}
        puppetdb = PuppetDB(
            settings["puppetdb_url"], cert=settings["cert"], key=settings["key"], cacert=settings["cacert"]
        )
        bucket, state_file = settings["node_bucket"], Path(settings["state_file"])
        return StatusWriter(puppetdb, lambda: open_store(bucket), state_file, self._log)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="node_status",
        description="Write each node's state, from PuppetDB, into the store as status/CERTNAME.",
        epilog="Exit codes: 0 done; 1 PuppetDB or the store did not answer; 2 usage or configuration.",
    )
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help=f"default: {DEFAULT_CONFIG}")
    add_every_option(parser)
    add_level_option(parser)
    return parser
