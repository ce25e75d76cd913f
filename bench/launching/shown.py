"""bench/launch's figures in words."""

from __future__ import annotations

from typing import Any

from bench.plots import Plot
from bench.spread import Spread
from bench.tables import Table

CURVE_HEAD = ("instances", "in batches, s", "one at a time, s", "times as fast")
WAY_HEAD = (
    "", "instances", "s", "instances/s", "conductor's processor s", "moto's processor s", "RunInstances",
    "other EC2", "S3", "refused", "records at once",
)  # fmt: skip


def tables(document: dict[str, Any]) -> list[Table]:
    """The curve, and what the largest start and one at a time are made of."""
    singles = document["singles"]
    curve = [
        [
            f"{each['instances']:,}",
            Spread.load(each["batched"]).text(2),
            f"{each['singly']['median']:,.1f}",
            f"{each['times_as_fast']:.1f}",
        ]
        for each in document["curve"]
    ]
    rounds = document["single_rate"]["count"]
    said = "" if rounds == 1 else f", medians (least to most) of {rounds} rounds in turn"
    return [
        Table(
            f"Starting instances with AWS's limits imposed{said}; one at a time by the rate of {singles}.",
            CURVE_HEAD,
            curve,
        ),
        Table("What that is made of.", WAY_HEAD, [_way(each) for each in document["ways"]]),
    ]


def plots(document: dict[str, Any]) -> list[Plot]:
    """Seconds over instances, both ways."""
    curve = document["curve"]
    return [
        Plot(
            "launch",
            "Starting instances with AWS's limits imposed",
            "instances",
            "s",
            [each["instances"] for each in curve],
            {
                "in batches": [Spread.load(each["batched"]) for each in curve],
                f"one at a time,\nby the rate of {document['singles']}": [
                    Spread.load(each["singly"]) for each in curve
                ],
            },
            log_x=True,
            log_y=True,
        )
    ]


def _way(each: dict[str, Any]) -> list[str]:
    calls = each["calls"]
    objects = sum(number for name, number in calls.items() if name.startswith("S3"))
    return [
        each["way"],
        f"{each['instances']:,}",
        Spread.load(each["seconds"]).text(),
        Spread.load(each["per_second"]).text(),
        Spread.load(each["conductor"]).text(),
        Spread.load(each["cloud"]).text(),
        f"{calls['RunInstances']:,}",
        f"{sum(calls.values()) - objects - calls['RunInstances']:,}",
        f"{objects:,}",
        Spread.load(each["refused"]).text(0),
        f"{each['records_at_once']}",
    ]
