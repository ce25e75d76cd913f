"""The CA's configuration, /etc/puppet-ca/ca.yaml.

::

    cadir: /var/lib/puppet-ca
    user: puppet-ca                     # owner of the CA's files; commands run by root become it
    node_bucket: s3://BUCKET            # where the records are
    ca_name: "Puppet CA: ca.example.org"   # default: "Puppet CA: " and the CA host's certname
    ca_ttl: 15y                         # life time of the CA's certificate (seconds, or as 1y30d12h5m1s), ...
    cert_ttl: 5y                        # ... of the nodes' certificates (never beyond the CA's own), ...
    crl_ttl: 5y                         # ... and of the revocation list; longer than agents keep a list
                                        # (crl_refresh_interval, a day); renewed 30 days before its end
    allow_auto_renewal: false           # true: nodes may renew their certificates before they end; ...
    auto_renewal_cert_ttl: 90d          # ... what is renewed, and first certificates of agents that say
                                        # that they will renew them, hold so long
    key_type: rsa                       # of the CA's key: rsa, or ec (with which no puppetserver can sign)
    key_bits: 4096                      # 2048 to 8192 for rsa; 256 or 384 for ec (default: 256)
    autosign: true                      # false: a person signs every request
    allow_unenrolled: false             # true: sign for records without an enrolment section
    max_waiting: 1000                   # how many requests are kept, ...
    max_waiting_per_address: 200        # ... and of one address (of IPv6: one /64)
    waiting_ttl: 1d                     # one without a record that was last sent so long ago is removed
    requests_per_minute: 60             # how many requests that come to nothing one address may send; 0: any
    store_timeout: 3.0                  # seconds for one question to the store
    terminated_limit: 100               # how many nodes one `check_csr --terminated` revokes without --force
    puppetdb_url: https://HOST:8081     # where terminated nodes are deactivated; absent: nowhere
    puppetdb_cert: FILE                 # certificate, key and CA with which PuppetDB is asked, read as root
    puppetdb_key: FILE
    puppetdb_cacert: FILE

Every key may be left out. ``PUPPET_CA_CONFIG`` names another file.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from .errors import ConfigError

DEFAULT_PATH = "/etc/puppet-ca/ca.yaml"
DAY = 24 * 3600
YEAR = 365 * DAY
DURATIONS = frozenset({"ca_ttl", "cert_ttl", "crl_ttl", "auto_renewal_cert_ttl", "waiting_ttl"})
MAY_BE_ZERO = frozenset({"requests_per_minute"})
KEY_BITS = {"rsa": range(2048, 8193), "ec": (256, 384)}
DEFAULT_KEY_BITS = {"rsa": 4096, "ec": 256}
_UNITS = {"y": YEAR, "d": DAY, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:[0-9]{1,9}[ydhms])+", re.ASCII)


@dataclass(frozen=True)
class CaConfig:
    """See the module's text."""

    cadir: str = "/var/lib/puppet-ca"
    user: str = "puppet-ca"
    node_bucket: str = ""
    ca_name: str = ""
    ca_ttl: int = 15 * YEAR
    cert_ttl: int = 5 * YEAR
    crl_ttl: int = 5 * YEAR
    allow_auto_renewal: bool = False
    auto_renewal_cert_ttl: int = 90 * DAY
    key_type: str = "rsa"
    key_bits: int = 0  # the default for the type
    autosign: bool = True
    allow_unenrolled: bool = False
    max_waiting: int = 1000
    max_waiting_per_address: int = 200
    waiting_ttl: int = DAY
    requests_per_minute: int = 60
    store_timeout: float = 3.0
    terminated_limit: int = 100
    puppetdb_url: str = ""
    puppetdb_cert: str = ""
    puppetdb_key: str = ""
    puppetdb_cacert: str = ""

    @property
    def directory(self) -> Path:
        """The CA's directory."""
        return Path(self.cadir)


def config_path() -> Path:
    """Return the configuration's file."""
    return Path(os.environ.get("PUPPET_CA_CONFIG") or DEFAULT_PATH)


def load_config(path: Path | None = None) -> CaConfig:
    """Read and check the configuration. There must be a file: defaults may mean a CA in the wrong place."""
    path = path or config_path()
    document = {key: _seconds(value) if key in DURATIONS else value for key, value in read_yaml(path).items()}
    known = {field.name: field.type for field in fields(CaConfig)}
    for key, value in document.items():
        if key not in known:
            raise ConfigError(f"{path}: unknown key {key!r}; known are {', '.join(sorted(known))}")
        _check(path, key, value, getattr(CaConfig, key))
    config = CaConfig(**document)
    if config.key_type not in ("rsa", "ec"):
        raise ConfigError(f"{path}: key_type is rsa or ec, not {config.key_type!r}")
    if config.key_bits and config.key_bits not in KEY_BITS[config.key_type]:
        raise ConfigError(f"{path}: key_bits: no {config.key_type} key has {config.key_bits} bits here")
    return config


def _seconds(value: Any) -> Any:
    """Return a duration of puppetserver's form in seconds; anything else as it is."""
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        return value
    return sum(int(count) * _UNITS[unit] for count, unit in re.findall(r"([0-9]+)([ydhms])", value))


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in a configuration file."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not YAML: {error}") from error
    if document is None:
        return {}
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise ConfigError(f"{path}: not a mapping of settings")
    return document


def read_texts(path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, str]:
    """Return the settings of a file that holds texts only; raise ConfigError if one is missing or unknown."""
    known = (*required, *optional)
    document = read_yaml(path)
    for key in document:
        if key not in known:
            raise ConfigError(f"{path}: unknown key {key!r}; known are {', '.join(known)}")
    for key in known:
        value = document.get(key)
        if (key in required or key in document) and not (isinstance(value, str) and value):
            raise ConfigError(f"{path}: {key} is not set")
    return document


def _check(path: Path, key: str, value: Any, default: Any) -> None:
    wanted: tuple[type, ...] = (int, float) if isinstance(default, float) else (type(default),)
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        raise ConfigError(f"{path}: {key}: {value!r} is not of type {type(default).__name__}")
    if key in MAY_BE_ZERO and value == 0:
        return
    if isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
        raise ConfigError(f"{path}: {key}: {value!r} is not positive")
