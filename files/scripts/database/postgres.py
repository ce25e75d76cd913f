"""PostgreSQL on this host, by its own commands, as its own user."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from database.errors import CommandError

AS_POSTGRES = ("/usr/sbin/runuser", "--user=postgres", "--")
QUICK = 120.0  # seconds
LONG = 6 * 3600.0  # seconds, for what moves all the data
PSQL = (
    "psql",
    "--no-psqlrc",
    "--no-password",
    "--quiet",
    "--tuples-only",
    "--no-align",
    "--set=ON_ERROR_STOP=1",
)
_DUMPED_FROM = re.compile(r"^;\s+Dumped from database version: (\d+)", re.MULTILINE)


def run(
    argv: Sequence[str],
    *,
    deadline: float,
    stdin: IO[Any] | None = None,
    stdout: IO[Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a command to its end and return its output, unless that goes to ``stdout``; raise CommandError."""
    try:
        done = subprocess.run(
            argv,
            stdin=stdin if stdin is not None else subprocess.DEVNULL,
            stdout=stdout if stdout is not None else subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=deadline,
            check=False,
            cwd="/",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", **(environment or {})},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandError(f"{' '.join(argv)}: {error}") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise CommandError(f"{' '.join(argv)}: exit {done.returncode}: {said}")
    return done.stdout.decode(errors="replace") if done.stdout is not None else ""


@dataclass(frozen=True)
class Postgres:
    """One server. The defaults are Debian's; tests have others."""

    prefix: tuple[str, ...] = AS_POSTGRES
    environment: Mapping[str, str] = field(default_factory=dict)

    def ask(self, sql: str, *, database: str = "postgres") -> str:
        """Return what a statement gives; several are one transaction."""
        argv = [*self.prefix, *PSQL, f"--dbname={database}", f"--command={sql}"]
        return run(argv, deadline=QUICK, environment=self.environment).strip()

    def major(self) -> int:
        """Return the server's major version."""
        return int(self.ask("SHOW server_version_num")) // 10000

    def exists(self, database: str) -> bool:
        """Whether there is such a database."""
        return self.ask(f"SELECT 1 FROM pg_database WHERE datname = '{database}'") == "1"  # noqa: S608 - ours

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it; that there is none is no error."""
        self.ask(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def dump(self, database: str, target: IO[Any]) -> None:
        """Write a database, as it is at one moment, in pg_dump's own format."""
        argv = [*self.prefix, "pg_dump", "--no-password", "--format=custom", database]
        run(argv, deadline=LONG, stdout=target, environment=self.environment)

    def dumped_from(self, dump: IO[Any]) -> int:
        """Return the major version of the server of a dump; raise CommandError if it is none."""
        os.lseek(dump.fileno(), 0, os.SEEK_SET)
        contents = run(
            [*self.prefix, "pg_restore", "--list"], deadline=QUICK, stdin=dump, environment=self.environment
        )
        found = _DUMPED_FROM.search(contents)
        if found is None:
            raise CommandError("pg_restore --list does not say which PostgreSQL the backup was made on")
        return int(found[1])

    def load(self, database: str, dump: IO[Any]) -> None:
        """Fill an empty database from a dump; raise CommandError at the first thing that is wrong."""
        os.lseek(dump.fileno(), 0, os.SEEK_SET)
        argv = [*self.prefix, "pg_restore", "--no-password", "--exit-on-error", f"--dbname={database}"]
        run(argv, deadline=LONG, stdin=dump, environment=self.environment)
