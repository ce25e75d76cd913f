"""The whole corpus, by what each request is."""

from tests.hostile import Hostile
from tests.hostile.asked import alternatives, rights, secrets, subjects, values
from tests.hostile.formed import frames, structures
from tests.hostile.signed import algorithms, signatures, weak_keys

FAMILIES = (
    signatures, algorithms, weak_keys, subjects, alternatives, rights, values, secrets, structures, frames,
)  # fmt: skip


def corpus() -> dict[str, Hostile]:
    """Make every request; no two have one title."""
    made: dict[str, Hostile] = {}
    for family in FAMILIES:
        for title, hostile in family():
            assert title not in made, title
            made[title] = hostile
    return made
