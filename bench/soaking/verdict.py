"""What a soak must show; README.md has the same rules in words."""

from __future__ import annotations

from collections.abc import Iterator

from bench.agents.measure import Journal
from bench.soaking.deploy import Deploy
from bench.soaking.revoking import Revocation
from bench.soaking.usage import Watch, growth, stuck

GROWTH_FACTOR = 1.10
GROWTH_SLACK = 16.0  # MB


def of_requests(journal: Journal) -> Iterator[str]:
    """No request may fail."""
    failures = journal.failures
    if not journal.samples:
        yield "no request was made"
    if failures:
        first = failures[0]
        yield (
            f"{len(failures)} of {len(journal.samples)} requests failed; the first: {first.kind} at "
            f"{first.at:.0f} s, {first.server}, status {first.status or 'none'}: {first.error}"
        )


def of_revocations(revocations: list[Revocation]) -> Iterator[str]:
    """Each master refuses each revoked node in TLS within a minute, and on connections from before too."""
    for revocation in revocations:
        if revocation.failed:
            yield f"revocation not in force in time: {revocation.row()}"


def of_deploys(deploys: list[Deploy], *, end: float, interval: float) -> Iterator[str]:
    """Each deploy shows in the catalogs of each master, and none is older than the last refresh."""
    for deploy in deploys:
        what = f"version {deploy.version} on {deploy.server}"
        if deploy.refreshed is None:
            yield f"{what} was not deployed"
        elif deploy.stale:
            yield f"{what}: {len(deploy.stale)} catalogs asked for after the refresh were of older code"
        elif deploy.first_new is None and end - deploy.refreshed > 2 * interval:
            yield f"{what} showed in no catalog"


def of_memory(watch: Watch, *, minutes: float) -> Iterator[str]:
    """No growth; no worker stays over the limit; superseded CRLs do not pile up."""
    for master in watch.masters:
        looks = watch.of(master)
        grown = growth(looks, minutes=minutes, factor=GROWTH_FACTOR, slack=GROWTH_SLACK)
        if grown and grown.too_much:
            yield (
                f"memory of {master} grew: {grown.early:.0f} MB in minutes 10 to 20, {grown.late:.0f} MB "
                f"in the last ten; allowed are {grown.limit:.0f} MB"
            )
        for pid in stuck(looks):
            yield f"worker {pid} of {master} stayed over the limit of {looks[-1].limit} MB"
        if looks[-1].crl_files > looks[0].crl_files:
            yield f"{master} keeps {looks[-1].crl_files} CRL files; at the beginning {looks[0].crl_files}"
