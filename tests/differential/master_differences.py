"""The differences between puppetserver and our master that are meant. One entry each; any other fails."""

from tests.differential.table import Difference

DIFFERENCES: tuple[Difference, ...] = ()
