"""What puppet_ca's commands share."""

import argparse

from .authority import Authority
from .config import CaConfig
from .errors import AuthorityError
from .log import Log

OK, FAILED, USAGE = 0, 1, 2


def existing_ca(config: CaConfig) -> Authority:
    """Return the CA, which must have been set up."""
    authority = Authority(config)
    if not authority.exists():
        raise AuthorityError(f"there is no CA in {config.cadir}; `puppet_ca setup` makes one")
    return authority


def alt_names(options: argparse.Namespace) -> list[str]:
    """Return the names given with --dns-alt-names."""
    return [name.strip() for name in options.dns_alt_names.split(",") if name.strip()]


def done(log: Log, message: str) -> None:
    """Say what was done: to the log, and to whoever runs the command."""
    log.info(message)
    print(message)
