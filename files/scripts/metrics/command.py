"""``puppet_metrics``: says to Prometheus how this host's part of the infrastructure is.

puppet_metrics [--every 15]    writes puppet.prom into the folder from which a node exporter takes files
                               (its textfile collector), anew every 15 s (a service of systemd)
puppet_metrics --print         prints it

Settings, /etc/puppet/metrics.yaml:
  directory: DIR               the exporter's folder
  confdir: DIR                 where the parts' configuration is (default /etc/puppet)
  catalog_errors: FILE         where the master's workers count the catalogs that they did not give

Exit codes: 0 done; 1 a part could not be read (the others are told, and that this one is not), or the file
not written; 2 usage or configuration.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from enrolment.config import read_texts
from enrolment.errors import ConfigError
from enrolment.files import write_atomic
from enrolment.log import Log
from enrolment.options import add_every_option, add_level_option
from enrolment.resident import stay

from metrics.parts import Parts, Paths
from metrics.text import Sample, render

OK, FAILED, USAGE = 0, 1, 2
DEFAULT_CONFIG = Path("/etc/puppet/metrics.yaml")
DEFAULT_ERRORS = "/var/cache/puppet/metrics/catalog_errors"
FILE = "puppet.prom"


class Writer:
    """Writes the file again and again; says once what is wrong, until that changes."""

    def __init__(self, parts: Parts, target: Path | None, log: Log) -> None:
        """``target`` None: print it."""
        self._parts = parts
        self._target = target
        self._log = log
        self._said: list[str] = []

    def look(self) -> int:
        """Write what there is to say; return the exit code."""
        samples, faults = [], []
        for name, part in self._parts.all().items():
            try:
                samples += list(part())
                good = 1
            except Exception as error:  # of whatever package: the other parts are told all the same
                faults.append(f"{name}: {error}")
                good = 0
            samples.append(
                Sample(
                    "metrics_part_ok", "Whether this part of the host could be read.", good, {"part": name}
                )
            )
        text = render(samples)
        try:
            if self._target is None:
                sys.stdout.write(text)
            else:
                write_atomic(self._target, text.encode(), mode=0o644, durable=False)
        except OSError as error:
            faults.append(f"{self._target}: {error.strerror}")
        if faults != self._said:
            for fault in faults:
                self._log.error(fault)
                print(f"puppet_metrics: {fault}", file=sys.stderr)
        self._said = faults
        return FAILED if faults else OK


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    options = _parser().parse_args(sys.argv[1:] if argv is None else argv)
    log = Log("puppet_metrics", level=options.log_level)
    try:
        settings = {
            "confdir": "/etc/puppet",
            "catalog_errors": DEFAULT_ERRORS,
            "ca": "/etc/puppet-ca/ca.yaml",
            "database": "/var/lib/puppet-database",
            **read_texts(options.config, ["directory"], ["confdir", "catalog_errors", "ca", "database"]),
        }
    except ConfigError as error:
        log.error(str(error))
        print(f"puppet_metrics: {error}", file=sys.stderr)
        return USAGE
    confdir = Path(settings["confdir"])
    paths = Paths(
        ca=Path(settings["ca"]),
        crl=confdir / "crl.yaml",
        master=confdir / "master.yaml",
        classifier=confdir / "node_classifier.yaml",
        catalog_errors=Path(settings["catalog_errors"]),
        database=Path(settings["database"]),
    )
    target = None if options.print else Path(settings["directory"]) / FILE
    writer = Writer(Parts(paths), target, log)
    return stay(writer.look, options.every) if options.every else writer.look()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="puppet_metrics",
        description="Say to Prometheus how this host's part of the infrastructure is.",
        epilog="Exit codes: 0 done; 1 something could not be read or written; 2 usage or configuration.",
    )
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help=f"default: {DEFAULT_CONFIG}")
    parser.add_argument("--print", action="store_true", help="print it, and write nothing")
    add_every_option(parser)
    add_level_option(parser)
    return parser
