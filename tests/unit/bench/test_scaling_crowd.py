"""Facts of a simulated node, half an hour later."""

import random
from functools import partial

from bench.agents import documents
from bench.scaling.crowd import aged

chance = partial(random.Random, 1)


def recorded() -> dict[str, object]:
    words = documents.words("node-1", 0) | {"CA": "ca", "MASTER": "master"}
    found: dict[str, object] = documents.fill(documents.template("facts.json"), words)
    return found


def test_what_changes_by_itself_differs_and_all_else_stays() -> None:
    before = recorded()
    after = aged(before, chance())
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"load_averages", "memory", "system_uptime"}
    assert after.keys() == before.keys()


def test_the_uptime_grows_by_half_an_hour_and_keeps_its_form() -> None:
    facts = {
        **recorded(),
        "system_uptime": {"days": 0, "hours": 23, "seconds": 84_660, "uptime": "23:31 hours"},
    }
    assert aged(facts, chance())["system_uptime"] == {
        "days": 1,
        "hours": 24,
        "seconds": 86_460,
        "uptime": "24:01 hours",
    }
