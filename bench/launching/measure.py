"""One start of many, and the same work one instance at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.launching.site import BUCKET, Site
from bench.spread import Spread
from conductor import instances
from conductor.launching import batches, capacity
from conductor.roles import plan

ROLE = "worker"
BATCHED, SINGLE = "batches", "one at a time"


@dataclass(frozen=True)
class Run:
    """What one way of starting ``count`` instances took."""

    way: str
    count: int
    seconds: float
    # Processor time of the conductor, and of the cloud, which is on the same machine here.
    conductor: float
    cloud: float
    calls: dict[str, int]
    refused: dict[str, int]
    records_at_once: int
    wrong: list[str]

    @property
    def rate(self) -> float:
        return self.count / self.seconds


def measure(site: Site, way: str, count: int) -> Run:
    """Start them in a cloud of their own, then look whether they are there."""
    context = site.new()
    begin, used, cloud = time.monotonic(), time.process_time(), site.cloud.processor_seconds()
    for part in [count] if way == BATCHED else [1] * count:
        batches.start(context, plan(context.settings, ROLE, count=part), count=part)
    seconds = time.monotonic() - begin
    used, cloud = time.process_time() - used, site.cloud.processor_seconds() - cloud
    counts = site.counts()
    running = [each for each in instances.find(context.clients.ec2, bucket=BUCKET) if not each.gone]
    wrong = []
    if len(running) != count:
        wrong.append(f"{way}: {len(running)} instances run, not {count}")
    if sorted(context.store.keys()) != sorted(each.certname for each in running):
        wrong.append(f"{way}: the records are not those of the instances")
    asked = counts["calls"]["RunInstances"] - counts["refused"].get("RunInstances", 0)
    expected = len(capacity.sizes(count)) if way == BATCHED else count
    if asked != expected:
        wrong.append(f"{way}: {asked} RunInstances were granted, not {expected}")
    return Run(
        way,
        count,
        seconds,
        conductor=used,
        cloud=cloud,
        calls=counts["calls"],
        refused=counts["refused"],
        records_at_once=counts["writing"],
        wrong=wrong,
    )


def figures(runs: Sequence[Run]) -> dict[str, Any]:
    """The curve of the batches, the rate of one at a time, and each way's largest start in full: for JSON."""
    sizes = sorted({run.count for run in runs if run.way == BATCHED})
    single = [run for run in runs if run.way == SINGLE]
    rate = Spread.of([run.rate for run in single])
    curve = []
    for size in sizes:
        these = [run for run in runs if run.way == BATCHED and run.count == size]
        seconds = Spread.of([run.seconds for run in these])
        by_rate = Spread(size / rate.median, size / rate.most, size / rate.least, rate.count)
        curve.append(
            {
                "instances": size,
                "batched": seconds.document(),
                "singly": by_rate.document(),
                "times_as_fast": by_rate.median / seconds.median,
            }
        )
    largest = [run for run in runs if run.way == BATCHED and run.count == sizes[-1]]
    return {
        "curve": curve,
        "single_rate": rate.document(),
        "ways": [_way(largest), _way(single)],
        "runs": [row(run) for run in runs],
    }


def _way(runs: Sequence[Run]) -> dict[str, Any]:
    last = runs[-1]
    return {
        "way": last.way,
        "instances": last.count,
        "seconds": Spread.of([run.seconds for run in runs]).document(),
        "per_second": Spread.of([run.rate for run in runs]).document(),
        "conductor": Spread.of([run.conductor for run in runs]).document(),
        "cloud": Spread.of([run.cloud for run in runs]).document(),
        "calls": {name: last.calls[name] for name in sorted(last.calls)},
        "refused": Spread.of([sum(run.refused.values()) for run in runs]).document(),
        "records_at_once": max(run.records_at_once for run in runs),
    }


def row(run: Run) -> dict[str, Any]:
    """For the JSON document."""
    return {**asdict(run), "per_second": run.rate}
