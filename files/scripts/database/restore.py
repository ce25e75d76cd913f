"""PuppetDB's database put back from a dump: all of it or nothing.

The dump is loaded into a database of its own while PuppetDB goes on. Only when it is there whole, and of a
version that this host's PuppetDB can have, is PuppetDB stopped, and the two databases change their names in
one transaction. If PuppetDB does not start with it, they change back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from enrolment.log import Log

from database.errors import CommandError, DatabaseError, VersionError
from database.postgres import Postgres, run

DATABASE = OWNER = "puppetdb"
NEW, OLD = "puppetdb_restoring", "puppetdb_replaced"
SYSTEMCTL = "/usr/bin/systemctl"
START = 20 * 60.0  # seconds: a little more than the unit's own limit

Control = Callable[[str], None]  # "start" or "stop"


def control(action: str) -> None:
    """Start or stop PuppetDB's service; it counts as started when it answers. Raise CommandError."""
    run([SYSTEMCTL, action, "puppetdb.service"], deadline=START)


@dataclass
class Restore:
    """One restore. ``control`` is passed in for tests."""

    postgres: Postgres
    log: Log
    control: Control = control

    def run(self, dump: IO[Any]) -> None:
        """Do it; raise DatabaseError, with the database as it was, if it cannot be done."""
        self._check_server(dump)
        self.postgres.drop(NEW)
        try:
            self._load(dump)
            self._check_schema()
            self._swap()
        finally:
            self.postgres.drop(NEW)
        self.postgres.drop(OLD)

    def _check_server(self, dump: IO[Any]) -> None:
        there, here = self.postgres.dumped_from(dump), self.postgres.major()
        if there > here:
            raise VersionError(
                f"the backup was made on PostgreSQL {there}, and this is PostgreSQL {here}: restore it on a "
                f"host with {there} or later"
            )

    def _load(self, dump: IO[Any]) -> None:
        self.log.info("Loading the backup; PuppetDB goes on meanwhile")
        self.postgres.ask(
            f"CREATE DATABASE {NEW} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' "
            "LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        )
        self.postgres.ask(f"REVOKE CONNECT ON DATABASE {NEW} FROM PUBLIC")
        self.postgres.load(NEW, dump)

    def _check_schema(self) -> None:
        """PuppetDB brings an older schema up to its own, and cannot read a newer one."""
        there = self._schema(NEW)
        if there is None:
            raise DatabaseError("the backup holds no PuppetDB: it has no table schema_migrations")
        here = self._schema(DATABASE) if self.postgres.exists(DATABASE) else None
        if here is not None and there > here:
            raise VersionError(
                f"the backup was made by a later PuppetDB (schema {there}) than this host's (schema {here}): "
                "restore it on a host with that one"
            )

    def _schema(self, database: str) -> int | None:
        """Return the number of the last migration; None where PuppetDB has never been."""
        if self.postgres.ask("SELECT to_regclass('public.schema_migrations')", database=database) == "":
            return None
        number = self.postgres.ask("SELECT max(version) FROM schema_migrations", database=database)
        return int(number) if number else None

    def _swap(self) -> None:
        self.postgres.drop(OLD)
        self.log.info("Stopping PuppetDB")
        self.control("stop")
        try:
            self._rename((DATABASE, OLD), (NEW, DATABASE))
        except CommandError:
            self.control("start")
            raise
        try:
            self.log.info("Starting PuppetDB with the backup")
            self.control("start")
        except CommandError as error:
            self.control("stop")
            self._rename((DATABASE, NEW), (OLD, DATABASE))
            self.control("start")
            raise DatabaseError(
                f"PuppetDB did not start with the backup, and has what it had before again: {error}"
            ) from error

    def _rename(self, *pairs: tuple[str, str]) -> None:
        names = [(old, new) for old, new in pairs if self.postgres.exists(old)]
        listed = ", ".join(f"'{old}'" for old, _ in names)
        connected = f"pg_stat_activity WHERE datname IN ({listed})"
        self.postgres.ask(f"SELECT pg_terminate_backend(pid, 5000) FROM {connected}")  # noqa: S608 - ours
        self.postgres.ask("; ".join(f"ALTER DATABASE {old} RENAME TO {new}" for old, new in names))
