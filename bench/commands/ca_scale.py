"""The command bench/ca_scale: does the CA slow down with what it has signed and revoked?"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from enrolment.authority import Authority
from enrolment.sweep import revoke_terminated

from bench.enrol.ca_site import V1, CaSite, shown
from bench.errors import BenchError

OK, FAILED = 0, 1
MAX_RATIO = 2.0  # of what must not depend on the number of certificates


@dataclass(frozen=True)
class Measure:
    """One kind of work: ``run`` does it once and returns the seconds that count."""

    name: str
    run: Callable[[CaSite, str], float]
    flat: bool = True  # must not slow down


def main(argv: list[str]) -> int:
    """Run the command; return the exit code."""
    options = _parser().parse_args(argv)
    try:
        with tempfile.TemporaryDirectory(prefix="ca_scale-", dir=options.directory) as name:
            return _bench(options, Path(name))
    except BenchError as error:
        print(f"ca_scale: {error}", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench/ca_scale", description=__doc__)
    parser.add_argument("--certificates", type=int, default=10_000)
    parser.add_argument("--revoked", type=int, default=1_000, help="how many of them (default: 1000)")
    parser.add_argument("--repeat", type=int, default=50, help="how often each is measured (default: 50)")
    parser.add_argument("--key-type", choices=("rsa", "ec"), default="rsa")
    parser.add_argument("--key-bits", type=int, default=0, help="default: 4096 for rsa, 256 for ec")
    parser.add_argument("--directory", type=Path, help="where to make the CA: its disk's fsync counts")
    return parser


def _bench(options: argparse.Namespace, directory: Path) -> int:
    sites = {}
    for stage in ("empty", "full"):
        (directory / stage).mkdir()
        sites[stage] = CaSite(directory / stage, options.key_type, options.key_bits)
    begin = time.perf_counter()
    for number in range(options.certificates):
        sites["full"].sign(f"node-{number}")
    rate = options.certificates / (time.perf_counter() - begin)
    sites["full"].revoke(f"node-{number}" for number in range(options.revoked))
    print(
        f"CA key {options.key_type}; {options.certificates} certificates signed at {rate:.0f}/s, "
        f"{options.revoked} of them revoked; medians of {options.repeat} (9 of 10 below), in ms"
    )
    return _report({measure.name: _measure(measure, sites, options.repeat) for measure in MEASURES})


def _measure(measure: Measure, sites: dict[str, CaSite], repeat: int) -> dict[str, list[float]]:
    """Measure at the empty and the full CA in turn, so that what else the machine does meets both."""
    found: dict[str, list[float]] = {stage: [] for stage in sites}
    prefix = measure.run.__name__.strip("_").replace("_", "-")
    for turn in range(repeat if measure.name != LISTING else 3):
        for stage, site in sites.items():
            found[stage].append(measure.run(site, f"{prefix}-{turn}"))
    return found


def _report(found: dict[str, dict[str, list[float]]]) -> int:
    print(f"{'':<52}{'empty':>16}{'full':>16}{'ratio':>8}")
    slow = []
    for measure in MEASURES:
        empty, full = found[measure.name]["empty"], found[measure.name]["full"]
        ratio = statistics.median(full) / statistics.median(empty)
        print(f"{measure.name:<52}{_text(empty):>16}{_text(full):>16}{ratio:>8.2f}")
        if measure.flat and ratio > MAX_RATIO:
            slow.append(measure.name)
    for name in slow:
        print(f"WRONG: {name}: more than {MAX_RATIO:g} times as slow")
    return FAILED if slow else OK


def _text(seconds: list[float]) -> str:
    below = sorted(seconds)[int(len(seconds) * 0.9)]
    return f"{statistics.median(seconds) * 1000:.1f} ({below * 1000:.1f})"


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _enrol(site: CaSite, name: str) -> float:
    site.record(name)
    request = site.request(name)
    return _timed(lambda: site.call("PUT", f"{V1}certificate_request/{name}", request))


def _renew(site: CaSite, name: str) -> float:
    certificate = site.sign(name)
    return _timed(lambda: site.call("POST", V1 + "certificate_renewal", identity=shown(certificate, name)))


def _fetch(site: CaSite, name: str) -> float:
    site.sign(name)
    return _timed(lambda: site.call("GET", f"{V1}certificate/{name}"))


def _status(site: CaSite, name: str) -> float:
    site.sign(name)
    return _timed(lambda: site.call("GET", f"{V1}certificate_status/{name}", identity=site.admin))


def _revoke(site: CaSite, name: str) -> float:
    site.sign(name)
    body = b'{"desired_state": "revoked"}'
    return _timed(lambda: site.call("PUT", f"{V1}certificate_status/{name}", body, site.admin))


def _clean(site: CaSite, name: str) -> float:
    site.sign(name)
    body = json.dumps({"certnames": [name]}).encode()
    return _timed(lambda: site.call("PUT", V1 + "clean", body, site.admin))


def _crl(site: CaSite, name: str) -> float:
    del name
    return _timed(lambda: site.call("GET", V1 + "certificate_revocation_list/ca"))


def _unchanged_sweep(site: CaSite, name: str) -> float:
    del name
    authority = Authority(site.config)  # a new process each time, every 10 s
    return _timed(lambda: revoke_terminated(authority, site.store, site.log, force=False))


def _waiting(site: CaSite, name: str) -> float:
    del name
    return _timed(
        lambda: site.call("GET", V1 + "certificate_statuses/all?state=requested", identity=site.admin)
    )


def _list(site: CaSite, name: str) -> float:
    del name
    return _timed(lambda: site.call("GET", V1 + "certificate_statuses/all", identity=site.admin))


LISTING = "GET certificate_statuses of all"
MEASURES = (
    Measure("enrol: PUT certificate_request, signed at once", _enrol),
    Measure("fetch: GET certificate", _fetch),
    Measure("renew: POST certificate_renewal", _renew),
    Measure("GET certificate_status, as administrator", _status),
    Measure("GET certificate_statuses of what waits", _waiting),
    Measure("GET certificate_revocation_list", _crl, flat=False),
    Measure("revoke: a new list, with all entries", _revoke, flat=False),
    Measure("clean: a new list, with all entries", _clean, flat=False),
    Measure("check_csr --terminated, nothing to do", _unchanged_sweep, flat=False),
    Measure(LISTING, _list, flat=False),
)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
