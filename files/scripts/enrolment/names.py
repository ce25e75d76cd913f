"""Certnames: which ones are well formed. Everything that becomes a path, a key or a URL passes here first."""

import re

MAX_LENGTH = 64  # X.509's upper bound for a common name
RESERVED = frozenset({"ca"})  # /puppet-ca/v1/certificate/ca is the CA's own certificate

# Puppet's rule (validate-subject! in puppetserver), in ASCII: dot-separated segments of [a-z0-9_-], none
# empty, none ending in a hyphen, and the first one not beginning with a hyphen.
_CERTNAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_-]*[a-z0-9_])*", re.ASCII)


def is_certname(name: str) -> bool:
    """Whether ``name`` may be the certname of a node, launched by us or foreign."""
    return len(name) <= MAX_LENGTH and name not in RESERVED and _CERTNAME.fullmatch(name) is not None
