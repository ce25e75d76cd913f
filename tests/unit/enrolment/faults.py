"""An operation killed, or out of disk, at the n-th change of a file.

A child process runs the operation and ends itself, without cleaning up, at the n-th call that changes a file.
n counts up until the operation gets through, so every point is met. A disk that is full stays full.
"""

import errno
import os
import signal
from multiprocessing import get_context

# What changes a file system, in os; `open` counts only where it makes a file.
CHANGES = ("open", "write", "fsync", "rename", "unlink", "mkdir", "ftruncate", "fchmod", "utime")
fork = get_context("fork")


def run_until(step, operation, fault):
    """Run ``operation`` in a child with ``fault`` at the ``step``-th change; return the exit code."""

    def child():
        count = 0

        def counted(real):
            def wrapper(*args, **kwargs):
                nonlocal count
                if real is REAL["open"] and not args[1] & os.O_CREAT:
                    return real(*args, **kwargs)
                count += 1
                if count == step:
                    fault(real, args)
                elif count > step and fault is full_disk and real in (REAL["write"], REAL["open"]):
                    raise OSError(errno.ENOSPC, "No space left on device")
                return real(*args, **kwargs)

            return wrapper

        for name in CHANGES:
            setattr(os, name, counted(REAL[name]))
        try:
            operation()
        except Exception:
            os._exit(3)
        os._exit(0)

    process = fork.Process(target=child)
    process.start()
    process.join(60)
    return process.exitcode


REAL = {name: getattr(os, name) for name in CHANGES}


def kill(real, args):
    del real, args
    os.kill(os.getpid(), signal.SIGKILL)


def kill_after_half_a_write(real, args):
    if real is REAL["write"]:
        real(args[0], bytes(args[1])[: len(args[1]) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


def full_disk(real, args):
    if real is REAL["write"]:
        real(args[0], bytes(args[1])[: len(args[1]) // 2])
    raise OSError(errno.ENOSPC, "No space left on device")


FAULTS = (kill, kill_after_half_a_write, full_disk)


def steps(operation, fault):
    """Yield after each interrupted run, until one gets through."""
    for step in range(1, 200):
        code = run_until(step, operation, fault)
        yield step, code
        if code == 0:
            return
    raise AssertionError("the operation never got through")
