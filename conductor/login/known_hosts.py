"""The host keys read from consoles, kept by the operator: a file ``known_hosts/INSTANCE`` for each."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conductor import instances
from conductor.context import Context, wait_until
from conductor.errors import ConductorError, HostKeyError, LocalError
from conductor.instances import Instance
from conductor.login import host_keys
from conductor.operator_files import Operator, write_private

PARALLEL = 8


def path(operator: Operator, instance_id: str) -> Path:
    """Where an instance's keys are kept. Ids are never used twice, so a file is never out of date."""
    return operator.folder / "known_hosts" / instance_id


def ensure(context: Context, instance: Instance, *, wait: bool = False) -> Path:
    """The file with the instance's keys, from the console if there is none yet.

    ``wait`` for the console to tell them. Raises HostKeyError if it does not, or contradicts itself.
    """
    kept = path(context.operator, instance.id)
    if _is_kept(kept):
        return kept
    keys = wait_until(
        context,
        lambda: host_keys.from_console(instances.console(context.clients.ec2, instance.id), instance.id),
        doing=f"waiting until the console of {instance.id} tells its ssh host keys",
        otherwise=_not_told(context, instance, kept),
        wait=wait,
    )
    lines = "".join(key.line(instance.id) + "\n" for key in keys)
    write_private(kept, lines.encode())
    return kept


def ensure_all(
    context: Context, wanted: Sequence[Instance], *, wait: bool = False
) -> dict[str, Path | ConductorError]:
    """The same for several at once: instance id to file, or to why there is none."""

    def one(instance: Instance) -> Path | ConductorError:
        try:
            return ensure(context, instance, wait=wait)
        except ConductorError as error:
            return error

    with ThreadPoolExecutor(PARALLEL) as pool:
        return dict(zip([each.id for each in wanted], pool.map(one, wanted), strict=True))


def _is_kept(kept: Path) -> bool:
    try:
        return bool(kept.read_bytes().strip())
    except FileNotFoundError:
        return False
    except OSError as error:
        raise LocalError(f"{kept}: cannot be read: {error.strerror}") from error


def _not_told(context: Context, instance: Instance, kept: Path) -> HostKeyError:
    age = int((context.now() - instance.launched).total_seconds() // 60)
    return HostKeyError(
        f"{instance.id}: no ssh host keys on its console (launched {age} min ago)",
        advice="a cloud shows the console minutes late: try again, or wait with --wait; the console of "
        f"an old instance has lost its beginning: write its keys into {kept}, see docs/conductor.md",
    )
