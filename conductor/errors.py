"""One tree of exceptions: what failed, where, and (``advice``) what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conductor.instances import Instance


class ConductorError(Exception):
    """Something failed; the message is for the operator."""

    exit_code = 1

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(ConductorError):
    """The command line asks for something that cannot be."""

    exit_code = 2


class ConfigError(ConductorError):
    """The configuration file is missing, malformed or incomplete: every problem found in it."""

    exit_code = 2

    def __init__(self, problems: Sequence[str], *, advice: str = "") -> None:
        super().__init__("\n".join(problems), advice=advice)
        self.problems = list(problems)


class LocalError(ConductorError):
    """Something on the operator's machine: a key file, git, ssh-keygen."""


class CloudError(ConductorError):
    """The EC2, S3 or STS API refused or failed."""


class NoCredentialsError(CloudError):
    """There are no credentials, or the cloud does not accept them."""


class UnreachableError(CloudError):
    """The API did not answer: nobody knows whether the request had an effect."""


class ThrottledError(CloudError):
    """The API refuses since it is asked too often, for longer than the conductor waits: no effect."""


class DeniedError(CloudError):
    """The credentials are good but lack the right."""


class UnsupportedError(CloudError):
    """The cloud has this API, but not this part of it."""


class UnknownImageError(CloudError):
    """The image (AMI) does not exist or is not usable from here."""


class BucketError(CloudError):
    """The bucket is absent or belongs to somebody else."""


class NotConditionalError(CloudError):
    """The cloud, or this boto3, cannot write an object only if nobody else has."""


class LockedError(ConductorError):
    """Another conductor is at work on this cluster, or has taken the lock from this one."""


class LaunchError(CloudError):
    """RunInstances did not give what was asked for."""


class CapacityError(LaunchError):
    """The cloud has no room for so many of these instances, there and now: fewer, or elsewhere, may do."""


class QuotaError(LaunchError):
    """A limit of the account is reached: neither fewer nor elsewhere will do."""


class UnansweredLaunchError(LaunchError):
    """Nothing was started since the API did not answer: again may do."""


class StaleLaunchError(LaunchError):
    """A launch cannot be repeated as it was, and nothing of it runs; its records were removed."""


class IncompleteLaunchError(LaunchError):
    """Something of it runs or remains, but not as it should be: to be gone on with."""


class UnknownProfileError(LaunchError):
    """The instance profile does not exist, or is too new for EC2 to know it."""


class InterruptedLaunchError(ConductorError):
    """Ctrl-C in a launch, which has been put in order since; ``started`` runs."""

    exit_code = 130

    def __init__(self, started: Sequence[Instance]) -> None:
        if started:
            names = [f"  {each.role} {each.id} ({each.private_name}), {each.certname}" for each in started]
            message = "\n".join(["interrupted; these instances run:", *names])
            batches = " ".join(sorted({each.batch for each in started}))
            super().__init__(message, advice=f"to end them: `start_instance.py terminate {batches}`")
        else:
            super().__init__("interrupted; nothing was started, the records were removed again")
        self.started = list(started)


class InterruptedUpError(ConductorError):
    """Ctrl-C in ``up`` or ``down``: what had begun has ended in order, and the same command goes on."""

    exit_code = 130

    def __init__(self, *, advice: str) -> None:
        super().__init__("interrupted", advice=advice)


class AuthorityError(ConductorError):
    """The CA's certificate or name: not published yet, or not the one that was seen before."""


class RecordError(ConductorError):
    """A record in the bucket cannot be read."""


class NotFoundError(ConductorError):
    """No node answers to the name that was given."""


class WaitError(ConductorError):
    """A node did not come up: the reason, and where to look."""


class DrainError(ConductorError):
    """A worker was not terminated since its blocks or containers are not elsewhere, or nobody knows."""


class InterruptedDrainError(ConductorError):
    """Ctrl-C in a drain, which stays in force."""

    exit_code = 130

    def __init__(self, *, advice: str) -> None:
        super().__init__("interrupted", advice=advice)


class HostKeyError(ConductorError):
    """The ssh host key of an instance is not known, or what its console says of it cannot be trusted."""


class ConflictError(ConductorError):
    """Somebody else has changed what was to be written."""


class UnwellError(ConductorError):
    """Something in the cluster is not as it should be: ``status`` has named it."""
