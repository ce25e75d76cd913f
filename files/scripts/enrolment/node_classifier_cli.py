"""The command node_classifier beyond its fast path; see files/scripts/node_classifier."""

import argparse
import json
import sys

from . import cache
from .classifier import BAD_RECORD, DEADLINE, OK, Classifier, Settings, exit_code, listing, read_all
from .errors import ConfigError, EnrolmentError
from .log import Log
from .options import add_level_option
from .record import dump_yaml
from .store import open_store


def main(argv: list[str]) -> int:
    """Run the command with ``argv`` (without its own name); return the exit code."""
    options = _parser().parse_args(argv)
    log = Log("node_classifier", level=options.log_level)
    try:
        if options.serve:
            return _serve(options, log)
        settings = _settings(options)
        store = open_store(settings.node_bucket, deadline=DEADLINE)
        if options.list:
            entries = listing(read_all(store))
            _print(entries, options.format)
            return BAD_RECORD if any("error" in entry for entry in entries) else OK
        log.info(f"Getting node configuration: {options.certname}")
        document = Classifier(settings, store, log).answer(options.certname)
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()
        return OK
    except EnrolmentError as error:
        log.error(str(error))
        print(f"node_classifier: {error}", file=sys.stderr)
        return exit_code(error)


def _serve(options: argparse.Namespace, log: Log) -> int:
    from .helper import Helper, handed_over  # noqa: PLC0415

    def make() -> Classifier:
        settings = _settings(options)
        return Classifier(settings, open_store(settings.node_bucket, deadline=DEADLINE), log)

    Helper(options.config or cache.config_path(), make, log).serve(handed_over())
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="node_classifier",
        description="Puppet's external node classifier: print what a node is, from its record in the store.",
        epilog="Exit codes: 0 printed; 1 there is no record; 2 usage or configuration; 3 the record is "
        "malformed; 4 the store gives no answer and none is kept.",
    )
    parser.add_argument("certname", nargs="?")
    parser.add_argument("--list", action="store_true", help="print all nodes and their classification")
    parser.add_argument(
        "--serve", action="store_true", help="stay and answer on systemd's socket (the helper)"
    )
    parser.add_argument("--format", choices=("table", "yaml", "json"), default="table", help="of --list")
    parser.add_argument("--config", default=None, help=f"configuration (default: {cache.DEFAULT_CONFIG})")
    parser.add_argument("--store", help="the store, in place of the configuration's node_bucket")
    parser.add_argument("--max-age", type=float, help="seconds that a kept answer is printed without asking")
    parser.add_argument(
        "--max-stale", type=float, help="seconds that a kept answer may bridge an outage (0: any)"
    )
    parser.add_argument(
        "--unknown", choices=("fail", "empty"), help="without a record: exit 1, or an empty node"
    )
    add_level_option(parser)
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    if (options.certname is not None) + options.list + options.serve != 1:
        raise ConfigError("give a certname, or --list")
    path = options.config or cache.config_path()
    try:
        raw = cache.read_settings(path)
    except FileNotFoundError as error:
        if not options.store:
            raise ConfigError(f"{path}: there is no such file; write it, or give --store") from error
        raw = dict(cache.DEFAULTS)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from error
    unknown = options.unknown or raw["unknown"]
    if unknown not in ("fail", "empty"):
        raise ConfigError(f"{path}: unknown: {unknown!r} is neither fail nor empty")
    bucket = options.store or raw["node_bucket"]
    if not bucket:
        raise ConfigError(f"{path}: node_bucket is not set")
    try:
        max_age = float(raw["max_age"]) if options.max_age is None else options.max_age
        max_stale = float(raw["max_stale"]) if options.max_stale is None else options.max_stale
    except ValueError as error:
        raise ConfigError(f"{path}: max_age and max_stale are numbers of seconds: {error}") from error
    return Settings(bucket, raw["cache_dir"], max_age, max_stale, unknown == "empty")


def _print(entries: list[dict[str, object]], form: str) -> None:
    if form == "json":
        print(json.dumps(entries, indent=2))
    elif form == "yaml":
        sys.stdout.buffer.write(dump_yaml(entries))
    else:
        rows = [("CERTNAME", "ROLE", "ENVIRONMENT", "CLASSES")]
        for entry in entries:
            classes = entry.get("classes", [])
            words = ", ".join(classes) if isinstance(classes, list) else ""
            last = f"error: {entry['error']}" if "error" in entry else words
            rows.append(
                (str(entry["certname"]), str(entry.get("role", "")), str(entry.get("environment", "")), last)
            )
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            print("  ".join([*cells, row[3]]).rstrip())
