"""The Debian releases of which the lab has images."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    """A release of Debian, by its code name and its number."""

    suite: str
    number: int
    # The lists of testing say of themselves that they expire after a week; a mirror may well be older.
    lists_expire: bool = True

    @property
    def image_name(self) -> str:
        return f"lab-debian-{self.number}"


RELEASES = {
    release.suite: release
    for release in (
        Release("bookworm", 12),
        Release("trixie", 13),
        Release("forky", 14, lists_expire=False),
    )
}
DEFAULT = RELEASES["trixie"]
