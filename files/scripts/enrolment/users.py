"""Acting as another user for a while, so that files get the owner they are meant for."""

import contextlib
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from .errors import ConfigError


@contextlib.contextmanager
def acting_as(user: str) -> Iterator[None]:
    """Run a block with the effective user, the groups and the home of ``user``.

    Only root changes; anybody else goes on as who they are, and an empty ``user`` changes nothing. It
    concerns the whole process, so no other thread may be at work.
    """
    if not user or os.geteuid() != 0:
        yield
        return
    uid, gid = lookup(user)
    home = os.environ.get("HOME", "/root")
    with _acting_as_ids(uid, gid, os.getgrouplist(user, gid)):
        os.environ["HOME"] = pwd.getpwnam(user).pw_dir  # where AWS's own configuration is looked for
        try:
            yield
        finally:
            os.environ["HOME"] = home


@contextlib.contextmanager
def acting_as_owner_of(directory: Path) -> Iterator[None]:
    """Run a block as the owner of ``directory``, so that no link there leads to where only root may write."""
    state = directory.stat()
    if os.geteuid() != 0 or state.st_uid == 0:
        yield
        return
    with _acting_as_ids(state.st_uid, state.st_gid, [state.st_gid]):
        yield


@contextlib.contextmanager
def _acting_as_ids(uid: int, gid: int, member_of: list[int]) -> Iterator[None]:
    groups = os.getgroups()
    os.setgroups(member_of)
    os.setegid(gid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def lookup(user: str) -> tuple[int, int]:
    """Return (uid, gid) of a user."""
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise ConfigError(f"there is no user {user!r} on this host") from None
    return entry.pw_uid, entry.pw_gid
