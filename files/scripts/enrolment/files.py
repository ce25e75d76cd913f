"""Writing files so that a crash or a full disk leaves the old content or the new, never a part."""

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

TEMPORARY_PREFIX = ".new-"
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD, RENAME_EXCHANGE: renameat2(2), which Python lacks
POLL = 0.002  # seconds; the shorter, the less is who waits passed over by those who come and go


def sync_directory(directory: Path) -> None:
    """Make the names in ``directory`` durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of ``data``; a short write that cannot be continued raises OSError."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def write_atomic(
    path: Path,
    data: bytes,
    *,
    mode: int,
    mtime: int | None = None,
    owner: tuple[int, int] | None = None,
    durable: bool = True,
) -> None:
    """Replace ``path`` by a file that holds ``data``: written beside it, made durable, renamed.

    ``mtime`` is in whole seconds since the epoch; ``owner`` is (uid, gid). What is not ``durable`` may be
    lost, or empty, after a loss of power.
    """
    descriptor, name = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=path.parent)
    temporary = Path(name)
    try:
        try:
            if owner is not None:
                os.fchown(descriptor, *owner)
            os.fchmod(descriptor, mode)
            write_all(descriptor, data)
            if mtime is not None:
                os.utime(descriptor, (mtime, mtime))
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.rename(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        sync_directory(path.parent)


def append_line(path: Path, line: bytes, *, mode: int) -> None:
    """Append ``line`` (with its newline) durably.

    What an earlier crash left of a line, without its newline, is cut off first; if this one cannot be written
    whole, it is cut off again.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode)
    try:
        end = _end_of_last_line(descriptor)
        os.ftruncate(descriptor, end)
        os.lseek(descriptor, end, os.SEEK_SET)
        try:
            write_all(descriptor, line)
            os.fsync(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, end)
            raise
    finally:
        os.close(descriptor)


def _end_of_last_line(descriptor: int) -> int:
    """Offset after the last newline; the tail is looked at in growing pieces."""
    size = os.fstat(descriptor).st_size
    window = 4096
    while True:
        start = max(0, size - window)
        newline = os.pread(descriptor, size - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        if start == 0:
            return 0
        window *= 2


@contextlib.contextmanager
def locked(
    path: Path, *, timeout: float, mode: int = 0o640, owner: tuple[int, int] | None = None
) -> Iterator[None]:
    """Hold an exclusive lock on the file ``path``, which is made if need be; ``owner`` is (uid, gid).

    Raises TimeoutError if another holds it for longer than ``timeout`` seconds. The kernel releases it when
    the holder dies. There is no waiting for flock with a deadline other than asking again.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    try:
        if owner is not None:
            os.fchown(descriptor, *owner)
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise TimeoutError(f"{path} is locked by another process") from None
                time.sleep(POLL)
        yield
    finally:
        os.close(descriptor)


def exchange(one: Path, other: Path) -> None:
    """Have two names change what they stand for, in one step. Both must be on the same file system."""
    import ctypes  # noqa: PLC0415 - for this alone

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{os.strerror(number)}: cannot change places with {one}", str(other))
