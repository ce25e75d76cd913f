"""The differences that Puppet's own clients see, and that are meant. One entry each; any other fails."""

from tests.differential.table import Difference

DIFFERENCES: tuple[Difference, ...] = ()
