"""The command bench/enrolment: what a decision costs, a call, a node, a sweep."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.enrol import ca, commands, staying, sweep, tls
from bench.enrol.figures import (
    DURATION_HEAD,
    RATE_HEAD,
    RATIO_HEAD,
    Duration,
    Rate,
    Ratio,
    document,
    table,
)
from bench.enrol.load import Place
from bench.errors import BenchError
from bench.results import RESULTS, machine, write

OK, FAILED, INTERRUPTED = 0, 1, 130


def main(argv: list[str]) -> int:
    """Run the command; return the exit code."""
    options = _parser().parse_args(argv)
    try:
        with tempfile.TemporaryDirectory(prefix="enrolment-", dir=options.directory) as name:
            Path(name).chmod(0o755)  # Passenger's application is another user's
            return _bench(options, Path(name))
    except BenchError as error:
        print(f"enrolment: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("enrolment: interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench/enrolment", description=__doc__)
    parser.add_argument("--repeat", type=int, default=41, help="calls of each command (default: 41)")
    parser.add_argument("--nodes", type=int, default=300, help="that enrol at each CA (default: 300)")
    parser.add_argument("--clients", type=int, default=8, help="nodes that do at a time (default: 8)")
    parser.add_argument("--waiting", type=int, default=1000, help="requests at the sweep (default: 1000)")
    parser.add_argument(
        "--delay", type=float, default=30.0, help="of each of the store's answers, ms (default: 30)"
    )
    parser.add_argument("--without-ca", action="store_true", help="leave Apache and Passenger out")
    parser.add_argument(
        "--beside", metavar="HOST:PORT", help="another CA to enrol at, such as a puppetserver"
    )
    parser.add_argument("--beside-ca", type=Path, metavar="FILE", help="its CA's certificate")
    parser.add_argument(
        "--beside-prefix", default="auto-", help="of names that it signs at once (default: auto-)"
    )
    parser.add_argument("--directory", type=Path, help="where to make the CAs: its disk's fsync counts")
    parser.add_argument(
        "--output", type=Path, default=RESULTS / "enrolment.json", help="all figures, as JSON"
    )
    return parser


def _bench(options: argparse.Namespace, folder: Path) -> int:
    pair = tls.make_pair(folder)
    ratios = [
        *commands.run(_made(folder / "commands"), pair, options.repeat),
        *staying.measure(_made(folder / "staying"), pair, options.repeat),
    ]
    print(f"Processor time of a call, medians of {options.repeat}:\n")
    _show(RATIO_HEAD, ratios, words=2)
    sweeps = sweep.run(_made(folder / "sweep"), pair, options.waiting, options.delay / 1000)
    _show(DURATION_HEAD, sweeps)
    rates: list[Rate] = []
    if not options.without_ca:
        rates += ca.run(_made(folder / "ca"), pair, options.nodes, options.clients)
    if options.beside:
        there = _place(options)
        rates.append(
            ca.beside(_made(folder / "beside"), there, options.beside_prefix, options.nodes, options.clients)
        )
    if rates:
        print(
            f"{options.nodes} nodes, {options.clients} at a time, each TLS, PUT request, GET certificate:\n"
        )
        _show(RATE_HEAD, rates)
    everything: dict[str, Any] = {
        "machine": machine(),
        "commands": document(ratios),
        "sweeps": document(sweeps),
        "rates": document(rates),
    }
    write(options.output, everything)
    judged: list[Ratio | Duration] = [*ratios, *sweeps]
    slow = [figure.name for figure in judged if not figure.good]
    for name in slow:
        print(f"WRONG: {name}: over its limit")
    return FAILED if slow else OK


def _place(options: argparse.Namespace) -> Place:
    host, _, port = options.beside.rpartition(":")
    if not host or not port.isdecimal() or options.beside_ca is None:
        raise BenchError("--beside is HOST:PORT, and goes with --beside-ca FILE")
    return Place(host, int(port), options.beside_ca)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _show(head: Sequence[str], figures: Sequence[Ratio | Duration | Rate], *, words: int = 1) -> None:
    print(table(head, [figure.row() for figure in figures], words=words), end="\n\n", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
