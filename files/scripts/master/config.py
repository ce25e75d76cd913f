"""The configuration of ``puppet_master`` and of the health listener, /etc/puppet/master.yaml.

::

    approot: /usr/share/puppet-master       # the Rack application, as Passenger knows it
    certname: master.example.com            # this host's, and its files:
    cert: FILE
    key: FILE
    ca_cert: FILE
    port: 8140
    memory_limit: 600                       # MB resident, for one worker
    environmentpath: DIR[:DIR...]           # where the code is
    crl: /etc/puppet/crl.yaml               # configuration of puppet_crl, and where it says what is
    crl_state: /var/lib/puppet-crl          # in force
    state: /var/lib/puppet-master/state.json

All keys are needed.
"""

from dataclasses import dataclass, fields
from pathlib import Path

from enrolment.config import read_yaml
from enrolment.errors import EnrolmentError

from master.errors import ConfigError

PATH = Path("/etc/puppet/master.yaml")


@dataclass(frozen=True)
class Config:
    """See the module's text."""

    approot: str
    certname: str
    cert: str
    key: str
    ca_cert: str
    port: int
    memory_limit: int
    environmentpath: str
    crl: str
    crl_state: str
    state: str

    @property
    def environments(self) -> list[Path]:
        """The folders that hold environments."""
        return [Path(folder) for folder in self.environmentpath.split(":") if folder]


def load_config(path: Path = PATH) -> Config:
    """Read the configuration; raise ConfigError if it is not complete."""
    try:
        values = read_yaml(path)
    except EnrolmentError as error:
        raise ConfigError(str(error)) from error
    for field in fields(Config):
        wanted = int if field.type is int or field.type == "int" else str
        if type(values.get(field.name)) is not wanted:
            raise ConfigError(
                f"{path}: {field.name}: {values.get(field.name)!r} is not of type {wanted.__name__}"
            )
    return Config(**{field.name: values[field.name] for field in fields(Config)})
