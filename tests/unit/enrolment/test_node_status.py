import datetime
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import Encoding
from enrolment.certificates import key_pem
from enrolment.errors import PuppetDBError, StoreUnavailableError
from enrolment.node_status import DRAINS, StatusWriter, drains_from, nodes_from, status_of, waiting_from
from enrolment.node_status_cli import main
from enrolment.puppetdb import PuppetDB
from enrolment.request import parse_request

from tests.unit.enrolment.support import csr, rsa_key


def row(name="node-1", status="changed", **more):
    """A row of PuppetDB's nodes, as PuppetDB 8 gives it."""
    return {
        "certname": name,
        "facts_timestamp": "2026-11-24T06:00:01.123Z",
        "catalog_timestamp": "2026-11-24T06:00:05.000Z",
        "report_timestamp": "2026-11-24T06:00:30.999Z",
        "latest_report_status": status,
        "latest_report_noop": False,
        "deactivated": None,
        **more,
    }


TIMER = {
    "certname": "node-1",
    "type": "Service",
    "title": "puppet-agent-assembly.timer",
    "parameters": {"ensure": "running"},
}


def status(entry, *, waiting=False, earlier=None):
    return status_of(nodes_from([entry])[0], waiting=waiting, earlier=earlier)


def test_a_node_that_ran_well_is_ok():
    assert status(row()) == {
        "certname": "node-1",
        "enrolled": "2026-11-24T06:00:01Z",
        "last_run": {"status": "changed", "at": "2026-11-24T06:00:30Z", "noop": False},
        "health": "ok",
    }


@pytest.mark.parametrize(
    ("run", "waiting", "health"),
    [
        ("changed", False, "ok"),
        ("unchanged", False, "ok"),
        ("failed", False, "failed"),
        ("failed", True, "failed"),
        ("changed", True, "waiting"),
        ("unchanged", True, "waiting"),
        (None, False, "waiting"),
    ],
)
def test_health_is_the_last_runs_result_or_waiting_for_partners(run, waiting, health):
    assert status(row(status=run), waiting=waiting)["health"] == health


def test_a_node_that_has_sent_facts_only_is_enrolled_and_has_no_run():
    entry = row(status=None, report_timestamp=None, catalog_timestamp=None)
    found = status(entry)
    assert found["enrolled"] == "2026-11-24T06:00:01Z"
    assert found["last_run"] is None


def test_the_time_of_enrolment_stays_once_it_is_known():
    assert status(row(), earlier={"enrolled": "2026-11-24T05:00:00Z"})["enrolled"] == "2026-11-24T05:00:00Z"


def test_rows_whose_name_cannot_be_a_key_are_left_out():
    assert nodes_from([row("../x"), row("UPPER"), {"certname": None}, {}]) == []


@pytest.mark.parametrize(
    ("parameters", "waiting"),
    [
        ({"ensure": "running"}, True),
        ({"ensure": "present"}, True),
        ({}, True),
        (None, True),
        ({"ensure": "absent"}, False),
        ({"ensure": "stopped"}, False),
        ({"ensure": False}, False),
    ],
)
def test_a_timer_that_the_catalog_removes_is_no_waiting(parameters, waiting):
    assert waiting_from([{**TIMER, "parameters": parameters}]) == ({"node-1"} if waiting else set())


FACT = {"namenode": {"w.example.com": {"state": "live"}}, "live_datanodes": 4, "at": "2026-11-24T06:00:00Z"}


@pytest.mark.parametrize(
    "rows",
    [[{"certname": "node-1", "value": "live"}, {"value": FACT}, {"certname": 7, "value": FACT}, {}], []],
)
def test_a_drain_that_is_no_mapping_or_nobody_s_is_left_out(rows):
    assert drains_from(rows) == {}


class PuppetDBServer(ThreadingHTTPServer):
    """Speaks PuppetDB's HTTP over mutual TLS: real sockets and certificates, canned rows."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        parts = urlsplit(self.path)
        query = parse_qs(parts.query).get("query", [None])[0]
        self.server.seen.append((parts.path, json.loads(query) if query else None))
        self.reply(self.server.status, json.dumps(self.server.rows.get(parts.path, [])).encode())

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, body))
        self.reply(self.server.status, b'{"uuid": "x"}')

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def puppetdb(authority, tmp_path, clock):
    clock.now = datetime.datetime.now(tz=datetime.UTC)
    with authority.transaction() as transaction:
        certificate = transaction.sign(parse_request(csr("localhost", key=rsa_key(2048))), "localhost")
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(key_pem(rsa_key(2048)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    context.load_verify_locations(authority.certificate_path)
    context.verify_mode = ssl.CERT_REQUIRED
    server = PuppetDBServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.rows, server.seen, server.status = {}, [], 200
    server.url = f"https://localhost:{server.server_address[1]}"
    server.files = {
        "cert": str(tmp_path / "cert.pem"),
        "key": str(tmp_path / "key.pem"),
        "cacert": str(authority.certificate_path),
    }
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def writer(puppetdb, store, tmp_path, log):
    return StatusWriter(
        PuppetDB(puppetdb.url, **puppetdb.files), lambda: store, tmp_path / "state/state.json", log
    )


def test_each_node_gets_a_small_object_with_the_time_of_writing(writer, puppetdb, store):
    puppetdb.rows["/pdb/query/v4/nodes"] = [row("node-1"), row("node-2", "failed")]
    puppetdb.rows["/pdb/query/v4/resources"] = [TIMER]
    assert writer.update() == ["node-1", "node-2"]
    first = json.loads(store.get("status/node-1").body)
    assert first["health"] == "waiting"
    assert first["updated"].endswith("Z")
    assert json.loads(store.get("status/node-2").body)["health"] == "failed"
    path, query = puppetdb.seen[1]
    assert path == "/pdb/query/v4/resources"
    assert query == ["and", ["=", "type", "Service"], ["=", "title", "puppet-agent-assembly.timer"]]


def test_what_a_node_says_of_a_drain_is_written_as_it_is_and_gone_with_the_fact(writer, puppetdb, store):
    puppetdb.rows["/pdb/query/v4/nodes"] = [row("node-1"), row("node-2")]
    facts = {"certname": "node-1", "name": "hadoop_drain", "environment": "production", "value": FACT}
    puppetdb.rows["/pdb/query/v4/facts"] = [facts]
    writer.update()
    (query,) = [query for path, query in puppetdb.seen if path == "/pdb/query/v4/facts"]
    assert query[:2] == ["and", ["=", "name", "hadoop_drain"]]
    assert json.loads(store.get("status/node-1").body)["drain"] == FACT
    assert "drain" not in json.loads(store.get("status/node-2").body)
    puppetdb.rows["/pdb/query/v4/facts"] = [{**facts, "value": {**FACT, "live_datanodes": 3}}]
    assert writer.update() == ["node-1"]
    puppetdb.rows["/pdb/query/v4/facts"] = []
    assert writer.update() == ["node-1"]
    assert "drain" not in json.loads(store.get("status/node-1").body)


def test_only_what_has_changed_is_written(writer, puppetdb, store):
    puppetdb.rows["/pdb/query/v4/nodes"] = [row("node-1"), row("node-2")]
    writer.update()
    assert writer.update() == []
    puppetdb.rows["/pdb/query/v4/nodes"] = [row("node-1"), row("node-2", "failed")]
    assert writer.update() == ["node-2"]


def test_a_lost_state_file_only_means_writing_again(writer, puppetdb, tmp_path):
    puppetdb.rows["/pdb/query/v4/nodes"] = [row("node-1")]
    writer.update()
    for content in ("", "[]", '{"node-1": 1}', "{"):
        (tmp_path / "state/state.json").write_text(content)
        assert writer.update() == ["node-1"]


def test_what_could_not_be_written_is_written_the_next_time(writer, puppetdb, store, monkeypatch):
    puppetdb.rows["/pdb/query/v4/nodes"] = [row("node-1"), row("node-2")]
    real = store.put

    def put(key, body, content_type=""):
        if key.endswith("node-1"):
            raise StoreUnavailableError("silent")
        return real(key, body, content_type)

    monkeypatch.setattr(store, "put", put)
    with pytest.raises(StoreUnavailableError):
        writer.update()
    assert store.get("status/node-2") is not None
    monkeypatch.undo()
    assert writer.update() == ["node-1"]


def test_a_puppetdb_that_says_no_or_nothing_changes_nothing(writer, puppetdb, store):
    puppetdb.rows["/pdb/query/v4/nodes"] = [row("node-1")]
    puppetdb.status = 403
    with pytest.raises(PuppetDBError, match="allow-list"):
        writer.update()
    puppetdb.status = 200
    puppetdb.rows["/pdb/query/v4/nodes"] = {"not": "rows"}
    with pytest.raises(PuppetDBError, match="not a list"):
        writer.update()
    puppetdb.shutdown()
    puppetdb.server_close()
    with pytest.raises(PuppetDBError):
        writer.update()
    assert store.list_keys("status/").keys == ()


def test_a_node_is_deactivated_by_puppetdbs_command(puppetdb):
    PuppetDB(puppetdb.url, **puppetdb.files).deactivate("node-1")
    path, body = puppetdb.seen[0]
    assert parse_qs(urlsplit(path).query) == {
        "command": ["deactivate_node"],
        "version": ["3"],
        "certname": ["node-1"],
    }
    assert body["certname"] == "node-1"
    assert body["producer_timestamp"].endswith("+00:00")


def test_puppetdb_is_asked_over_verified_tls_only(puppetdb, tmp_path):
    with pytest.raises(PuppetDBError, match="https"):
        PuppetDB("http://localhost:8080", **puppetdb.files)
    with pytest.raises(PuppetDBError, match="no such file"):
        PuppetDB(puppetdb.url, **{**puppetdb.files, "key": str(tmp_path / "none")})
    with pytest.raises(PuppetDBError):
        PuppetDB(puppetdb.url, **{**puppetdb.files, "cacert": "/etc/ssl/certs/ca-certificates.crt"}).query(
            "nodes"
        )


def test_the_command_writes_and_exits_as_documented(puppetdb, store, tmp_path, capsys):
    puppetdb.rows["/pdb/query/v4/nodes"] = [row("node-1")]
    config = tmp_path / "node_status.yaml"
    settings = {
        "node_bucket": store.url,
        "puppetdb_url": puppetdb.url,
        "state_file": str(tmp_path / "state.json"),
        **puppetdb.files,
    }
    config.write_text(yaml.safe_dump(settings))
    assert main(["--config", str(config)]) == 0
    assert store.get("status/node-1") is not None
    puppetdb.status = 500
    assert main(["--config", str(config)]) == 1
    assert "HTTP 500" in capsys.readouterr().err
    config.write_text(yaml.safe_dump({**settings, "nonsense": 1}))
    assert main(["--config", str(config)]) == 2
    config.write_text(yaml.safe_dump({key: value for key, value in settings.items() if key != "cert"}))
    assert main(["--config", str(config)]) == 2
    assert "cert is not set" in capsys.readouterr().err


def test_a_fact_about_drains_counts_only_from_whom_a_master_made_namenode_or_jobtracker():
    """Any node can send a fact of that name, as large as it likes."""
    titles = json.dumps(DRAINS)
    assert '["in", "certname", ["extract", "certname", ["select_resources"' in titles
    assert '["=", "type", "Class"]' in titles
    assert '["=", "title", "Hadoop::Namenode"], ["=", "title", "Hadoop::Jobtracker"]' in titles
