"""puppet_database against a real PostgreSQL, started for these tests; PuppetDB's service is a stand-in."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from database.command import main
from database.errors import CommandError
from database.postgres import AS_POSTGRES, Postgres, run

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
pytestmark = pytest.mark.skipif(not SERVERS or os.geteuid() != 0, reason="no PostgreSQL, or not root")
FILL = """
SET ROLE puppetdb;
CREATE TABLE schema_migrations (version integer);
INSERT INTO schema_migrations VALUES (80);
CREATE TABLE nodes (name text);
INSERT INTO nodes VALUES ('node-1')
"""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    """A server of its own, on a socket."""
    folder = Path(f"/tmp/puppet-database-test-{os.getpid()}")
    folder.mkdir()
    shutil.chown(folder, "postgres", "postgres")
    tools = SERVERS[-1].parent
    data = folder / "data"
    run([*AS_POSTGRES, str(tools / "initdb"), "--no-sync", "--auth=trust", "-D", str(data)], deadline=120)
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    control = [*AS_POSTGRES, str(tools / "pg_ctl"), "-w", "-D", str(data), "-l", str(folder / "log")]
    run([*control, "-o", options, "start"], deadline=120)
    server = Postgres(environment={"PGHOST": str(folder)})
    server.ask("CREATE ROLE puppetdb LOGIN")
    server.ask("CREATE DATABASE filled OWNER puppetdb TEMPLATE template0 ENCODING 'UTF8'")
    server.ask("CREATE EXTENSION pg_trgm; GRANT ALL ON SCHEMA public TO puppetdb", database="filled")
    server.ask(FILL, database="filled")
    yield server
    run([*control, "-m", "immediate", "stop"], deadline=60)
    shutil.rmtree(folder)


class Service:
    """PuppetDB's service: notes what it is told, and finds out what is in the database when it starts."""

    def __init__(self, postgres):
        self.postgres = postgres
        self.told = []
        self.accepts = lambda nodes: True

    def __call__(self, action):
        self.told.append(action)
        if action == "start" and not self.accepts(nodes(self.postgres)):
            raise CommandError("systemctl start puppetdb.service: exit 1")


@pytest.fixture
def service(postgres):
    return Service(postgres)


def nodes(postgres):
    return postgres.ask("SELECT string_agg(name, ',' ORDER BY name) FROM nodes", database="puppetdb")


@pytest.fixture
def puppetdb(postgres):
    """PuppetDB's database with one node in it."""
    for name in ("puppetdb", "puppetdb_restoring", "puppetdb_replaced"):
        postgres.drop(name)
    postgres.ask("CREATE DATABASE puppetdb OWNER puppetdb TEMPLATE filled")
    return postgres


def add_node(postgres, name):
    postgres.ask(f"INSERT INTO nodes (name) VALUES ('{name}')", database="puppetdb")  # noqa: S608


@pytest.fixture
def call(puppetdb, service, tmp_path):
    def called(*arguments):
        words = [str(argument) for argument in arguments]
        return main(words, postgres=puppetdb, control=service, lock=tmp_path / "lock", state=tmp_path)

    return called


@pytest.fixture
def backup(call, tmp_path):
    assert call("backup", tmp_path / "puppetdb.dump") == 0
    return tmp_path / "puppetdb.dump"


def databases(postgres):
    return postgres.ask("SELECT string_agg(datname, ',') FROM pg_database WHERE datname LIKE 'puppetdb%'")


def test_what_was_backed_up_is_restored(puppetdb, call, backup, service):
    add_node(puppetdb, "node-2")
    assert call("restore", backup) == 0
    assert nodes(puppetdb) == "node-1"
    assert service.told == ["stop", "start"]
    assert databases(puppetdb) == "puppetdb"


def test_the_restored_database_is_puppetdbs_and_closed_to_others(puppetdb, call, backup):
    assert call("restore", backup) == 0
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'puppetdb'"
    assert puppetdb.ask(owner) == "puppetdb"
    tables = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert puppetdb.ask(tables, database="puppetdb") == "puppetdb"
    assert puppetdb.ask("SELECT has_database_privilege('public', 'puppetdb', 'CONNECT')") == "f"
    assert puppetdb.ask("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'", database="puppetdb") == "1"


def test_a_backup_is_its_owners_only_and_leaves_nothing_beside_it(backup, tmp_path):
    assert backup.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backed-up", "lock", "puppetdb.dump"]


def test_a_backup_that_fails_leaves_the_one_before(puppetdb, call, backup, tmp_path):
    before = backup.read_bytes()
    puppetdb.drop("puppetdb")
    assert call("backup", backup) == 1
    assert backup.read_bytes() == before
    assert not list(tmp_path.glob(".puppetdb*"))


def test_a_new_host_whose_puppetdb_was_never_started_takes_it(puppetdb, call, backup):
    puppetdb.drop("puppetdb")
    puppetdb.ask("CREATE DATABASE puppetdb OWNER puppetdb")
    assert call("restore", backup) == 0
    assert nodes(puppetdb) == "node-1"


def test_a_host_without_the_database_takes_it(puppetdb, call, backup):
    puppetdb.drop("puppetdb")
    assert call("restore", backup) == 0
    assert nodes(puppetdb) == "node-1"


def test_a_part_of_a_backup_changes_nothing(puppetdb, call, backup, service):
    content = backup.read_bytes()
    for length in (0, 10, len(content) // 2, len(content) - 20):
        backup.write_bytes(content[:length])
        assert call("restore", backup) == 1
    assert nodes(puppetdb) == "node-1"
    assert service.told == []
    assert databases(puppetdb) == "puppetdb"


def test_a_dump_of_something_else_changes_nothing(puppetdb, call, tmp_path, service, capsys):
    with (tmp_path / "other").open("wb") as target:
        puppetdb.dump("postgres", target)
    assert call("restore", tmp_path / "other") == 1
    assert "holds no PuppetDB" in capsys.readouterr().err
    assert service.told == []


def test_a_later_puppetdbs_backup_is_refused(puppetdb, call, backup, service, capsys):
    puppetdb.ask("UPDATE schema_migrations SET version = 79", database="puppetdb")
    assert call("restore", backup) == 1
    assert "later PuppetDB (schema 80) than this host's (schema 79)" in capsys.readouterr().err
    assert service.told == []


def test_an_earlier_puppetdbs_backup_is_taken(puppetdb, call, backup):
    puppetdb.ask("UPDATE schema_migrations SET version = 81", database="puppetdb")
    assert call("restore", backup) == 0


def test_a_later_postgresqls_backup_is_refused(call, backup, service, monkeypatch, capsys):
    monkeypatch.setattr(Postgres, "dumped_from", lambda self, dump: self.major() + 1)
    assert call("restore", backup) == 1
    assert "restore it on a host with" in capsys.readouterr().err
    assert service.told == []


def test_a_puppetdb_that_does_not_start_with_the_backup_gets_its_own_back(
    puppetdb, call, backup, service, capsys
):
    add_node(puppetdb, "node-2")
    service.accepts = lambda found: found == "node-1,node-2"
    assert call("restore", backup) == 1
    assert "has what it had before again" in capsys.readouterr().err
    assert nodes(puppetdb) == "node-1,node-2"
    assert service.told == ["stop", "start", "stop", "start"]
    assert databases(puppetdb) == "puppetdb"


def test_who_is_connected_does_not_stop_a_restore(puppetdb, call, backup):
    argv = [*AS_POSTGRES, "psql", "--dbname=puppetdb", "--command=SELECT pg_sleep(60)"]
    environment = {**os.environ, **puppetdb.environment}
    sleeper = subprocess.Popen(
        argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
    )
    try:
        assert call("restore", backup) == 0
    finally:
        sleeper.wait(30)


STEPS = ("drop", "load", "ask", "exists")


@pytest.mark.faults
@pytest.mark.parametrize("step", [3, 6, 9, 12, 13, 14])
def test_a_restore_that_is_cut_short_leaves_one_database_or_the_other_and_can_be_repeated(
    puppetdb, call, backup, monkeypatch, step
):
    """At each statement, in turn."""
    add_node(puppetdb, "node-2")
    count = 0

    class Killed(BaseException):
        pass

    def counted(real):
        def wrapper(*args, **kwargs):
            nonlocal count
            count += 1
            if count >= step:
                raise Killed
            return real(*args, **kwargs)

        return wrapper

    with monkeypatch.context() as patched:
        for name in STEPS:
            patched.setattr(Postgres, name, counted(getattr(Postgres, name)))
        with contextlib.suppress(Killed):
            call("restore", backup)
    assert nodes(puppetdb) in ("node-1", "node-1,node-2")
    assert call("restore", backup) == 0
    assert nodes(puppetdb) == "node-1"
    assert databases(puppetdb) == "puppetdb"


def test_both_go_through_pipes(puppetdb, call, backup, tmp_path, monkeypatch):
    piped = tmp_path / "piped"
    with piped.open("wb") as target:
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(target, write_through=True))
        assert call("backup", "-") == 0
        monkeypatch.undo()
    add_node(puppetdb, "node-2")
    with piped.open("rb") as source:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(source))
        assert call("restore", "-") == 0
        monkeypatch.undo()
    assert nodes(puppetdb) == "node-1"


def test_only_one_at_a_time(call, backup, tmp_path, capsys):
    from enrolment.files import locked  # noqa: PLC0415

    with locked(tmp_path / "lock", timeout=0):
        assert call("restore", backup) == 1
    assert "is locked by another process" in capsys.readouterr().err


def test_the_command_says_how_it_is_used():
    command = Path(__file__).parents[3] / "files" / "scripts" / "puppet_database"
    done = subprocess.run(
        [sys.executable, "-I", command, "--help"], capture_output=True, check=False, timeout=30
    )
    assert done.returncode == 0
    assert b"restore" in done.stdout
