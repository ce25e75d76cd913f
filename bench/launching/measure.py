"""One start of many, and the same work one instance at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.launching.site import BUCKET, Site
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


def summary(runs: Sequence[Run], target: int) -> list[dict[str, Any]]:
    """A row for each way; what ``target`` instances take at the median rate of those measured."""
    rows = []
    for way in (BATCHED, SINGLE):
        these = [run for run in runs if run.way == way]
        rate = median(run.rate for run in these)
        last = these[-1]
        rows.append(
            {
                "way": way,
                "instances": last.count,
                "runs": len(these),
                "seconds": [run.seconds for run in these],
                "median_seconds": median(run.seconds for run in these),
                "conductor_processor_seconds": median(run.conductor for run in these),
                "cloud_processor_seconds": median(run.cloud for run in these),
                "per_second": rate,
                "seconds_for_target": target / rate,
                "calls": {name: last.calls[name] for name in sorted(last.calls)},
                "refused": max(sum(run.refused.values()) for run in these),
                "records_at_once": max(run.records_at_once for run in these),
            }
        )
    return rows


def row(run: Run) -> dict[str, Any]:
    """For the JSON document."""
    return {**asdict(run), "per_second": run.rate}
