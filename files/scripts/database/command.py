"""``puppet_database``: PuppetDB's database backed up and put back, on its host, as root.

puppet_database backup FILE    writes it in pg_dump's own format, while PuppetDB goes on; -: standard output
puppet_database restore FILE   puts it in place of the database that is there; -: standard input. PuppetDB is
                               stopped for the moment in which it changes over

What a backup holds is as secret as what catalogs, facts and reports hold: FILE is its owner's only.

Exit codes: 0 done; 1 not done, the database is as it was; 2 wrong usage.
"""

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from enrolment.files import locked, sync_directory
from enrolment.log import Log

from database.errors import DatabaseError
from database.postgres import Postgres
from database.restore import DATABASE, Control, Restore, control

OK, FAILED, USAGE = 0, 1, 2
PIPE = "-"
LOCK = Path("/run/puppet_database.lock")  # not in /run/lock, where anybody may make files
STATE = Path("/var/lib/puppet-database")
MARK = "backed-up"  # there; its time is that of the last backup


def main(
    argv: Sequence[str] | None = None,
    *,
    postgres: Postgres | None = None,
    control: Control = control,
    lock: Path = LOCK,
    state: Path = STATE,
) -> int:
    """Run the command; see the module's docstring. All but ``argv`` is passed in for tests."""
    options = parse(sys.argv[1:] if argv is None else argv)
    log = Log("puppet_database", stderr=False)
    server = postgres or Postgres()
    try:
        with locked(lock, timeout=0):
            if options.command == "backup":
                return backup(options.file, server, log, state)
            return restore(options.file, server, log, control)
    except (DatabaseError, TimeoutError) as error:
        return _fail(log, str(error))
    except OSError as error:
        return _fail(log, f"{error.filename or options.file}: {error.strerror or error}")


def backup(file: str, postgres: Postgres, log: Log, state: Path) -> int:
    """Write a backup."""
    if file == PIPE:
        if sys.stdout.isatty():
            print("puppet_database: a backup is not for a screen: give FILE, or use a pipe", file=sys.stderr)
            return USAGE
        postgres.dump(DATABASE, sys.stdout.buffer)
    else:
        with _replacing(Path(file)) as target:
            postgres.dump(DATABASE, target)
    if state.is_dir():
        (state / MARK).touch()
    message = f"Backed up PuppetDB's database to {'standard output' if file == PIPE else file}"
    log.info(message)
    if file != PIPE:
        print(message)
    return OK


def restore(file: str, postgres: Postgres, log: Log, control: Control) -> int:
    """Put a backup in place."""
    with _seekable(file) as dump:
        Restore(postgres, log, control).run(dump)
    message = "Restored PuppetDB's database"
    log.info(message)
    print(
        f"{message}. Tell it of nodes that were terminated since, on the CA's host: "
        "`puppet_ca deactivate-terminated`"
    )
    return OK


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of ``path`` once it is whole."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).rename(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


@contextlib.contextmanager
def _seekable(file: str) -> Iterator[IO[bytes]]:
    """The backup as a file that can be read twice."""
    if file != PIPE:
        with Path(file).open("rb") as opened:
            yield opened
        return
    with tempfile.TemporaryFile(dir="/var/tmp") as spool:
        shutil.copyfileobj(sys.stdin.buffer, spool)
        spool.flush()
        yield spool


def _fail(log: Log, message: str) -> int:
    log.error(message)
    print(f"puppet_database: {message}", file=sys.stderr)
    return FAILED


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="puppet_database",
        description="Back up PuppetDB's database, or put it back.",
        epilog="Exit codes: 0 done; 1 not done, the database is as it was; 2 usage.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("backup", help="write the database into one file, while PuppetDB goes on")
    made.add_argument("file", metavar="FILE", help="readable by its owner only; -: standard output")
    back = commands.add_parser("restore", help="put it in place of the database that is there")
    back.add_argument("file", metavar="FILE", help="a backup; -: standard input")
    return parser.parse_args(argv)
