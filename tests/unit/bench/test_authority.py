"""bench/authority: what nodes get from a CA, what its rounds come to, and what is told of that."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import AttributeOID

from bench.authority_beside import figures, nodes, probe, shown
from bench.authority_beside.authority import OURS, REFERENCE, SIDES
from bench.authority_beside.load import Burst, Node, Place, await_answer, burst
from bench.authority_beside.measure import CLIENTS, Load, Measured, Start
from bench.enrol import tls
from bench.errors import BenchError

SMALL = 2048  # bits


class Answering(BaseHTTPRequestHandler):
    """A CA that signs all but those whose names begin with ``wait``."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200)

    def do_GET(self) -> None:
        self.answer(404 if "/wait" in self.path else 200)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *words: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    pair = tls.make_pair(tmp_path_factory.mktemp("tls"), SMALL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Place("127.0.0.1", server.server_port, "localhost", pair[0])
    server.shutdown()
    server.server_close()


def test_each_node_that_gets_its_certificate_is_counted(place: Place) -> None:
    found = burst(place, [Node(f"n-{number}", b"request") for number in range(5)], 2)
    assert (len(found.answers), found.failures) == (5, [])
    assert found.per_second > 0


def test_a_node_without_a_certificate_is_told_and_the_others_are_counted(place: Place) -> None:
    found = burst(place, [Node("n-1", b"request"), Node("wait-1", b"request")], 1)
    assert len(found.answers) == 1
    assert found.failures == ["GET /puppet-ca/v1/certificate/wait-1: 404: ok"]


def test_a_rate_counts_nodes_in_the_elapsed_time() -> None:
    found = Burst([0.1, 0.3, 0.2, 0.4], [], 2.0, 0.1)
    assert (found.per_second, found.percentile(50), found.percentile(95)) == (2.0, 0.2, 0.4)


def test_a_ca_that_answers_is_not_waited_for(place: Place) -> None:
    await_answer(place, every=0, deadline=5, alive=lambda: pytest.fail("it was asked twice"))


def test_a_service_that_has_ended_is_not_waited_for(tmp_path: Path) -> None:
    gone = Place("127.0.0.1", 1, "localhost", tls.make_pair(tmp_path, SMALL)[0])

    def alive() -> None:
        raise BenchError("it does not start")

    with pytest.raises(BenchError, match="it does not start"):
        await_answer(gone, every=0, deadline=60, alive=alive)
    with pytest.raises(BenchError, match="no answer within 0 s"):
        await_answer(gone, every=0, deadline=0, alive=lambda: None)


def test_requests_have_new_names_and_the_secret_of_the_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "KEY_BITS", 2048)
    maker = nodes.Nodes("auto-run")
    made = [*maker.make(2), *maker.make(1)]
    assert [node.name for node in made] == ["auto-run-0", "auto-run-1", "auto-run-2"]
    request = x509.load_pem_x509_csr(made[2].request)
    assert request.subject.rfc4514_string() == "CN=auto-run-2"
    secret = request.attributes.get_attribute_for_oid(AttributeOID.CHALLENGE_PASSWORD).value
    assert secret == nodes.SECRET.encode()


def test_the_probe_sums_up_the_processes_of_the_named_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for pid, unit, command in (
        ("10", "apache2.service", "/usr/sbin/apache2"),
        ("11", "apache2.service", "Passenger RubyApp: /usr/share/puppet-master"),
        ("12", "puppet-ca-terminated.service", "check_csr"),
        ("13", "ssh.service", "sshd"),
    ):
        place = tmp_path / pid
        place.mkdir()
        (place / "cgroup").write_text(f"4:memory:/x\n0::/system.slice/{unit}\n")
        (place / "cmdline").write_text(command)
        (place / "stat").write_text(f"{pid} (a ) b) S " + "0 " * 10 + f"{probe.TICKS} 0 0 0 0 0")
        (place / "smaps_rollup").write_text("Rss: 9 kB\nPss: 3 kB\nPss_Anon: 1 kB\n")
    monkeypatch.setattr(probe, "PROC", tmp_path)
    probe.main(["apache2.service", "puppet-ca"], "/usr/share/puppet-master")
    assert capsys.readouterr().out == '{"pss": 6144, "processor": 2.0, "processes": 2}\n'


def measured(failures: Sequence[str] = ()) -> Measured:
    starts, loads = [], []
    for number in (1, 2, 3):
        for side, slow in ((OURS, 1), (REFERENCE, 4)):
            starts.append(Start(side, 2.0 * slow * number, 3.0 * slow, 50_000_000 * slow))
            loads += [
                Load(side, clients, 100.0 / slow, 0.1 * slow, 0.2 * slow, 0.01 * slow, 0.002, 60_000_000)
                for clients in CLIENTS
            ]
    return Measured(starts, loads, failures)


def document() -> dict[str, Any]:
    return figures.document(measured())


def test_ratios_are_of_the_same_round() -> None:
    ratios = {each["name"]: each["ratio"] for each in document()["ratios"]}
    first = ratios["time to the first answer"]
    assert (first["median"], first["least"], first["most"], first["count"]) == (0.25, 0.25, 0.25, 3)
    assert ratios["certificates a second, 8 at a time"]["median"] == 4.0
    assert ratios["memory under load"]["median"] == 1.0


def test_failures_are_wrong_and_many_of_them_are_told_in_short() -> None:
    assert figures.wrong(measured()) == []
    assert figures.wrong(measured(["a", "b"])) == ["no certificate: a", "no certificate: b"]
    many = figures.wrong(measured([str(number) for number in range(100)]))
    assert (len(many), many[-1]) == (21, "and 80 more nodes got none")


def test_the_tables_have_both_cas_at_each_number_of_clients() -> None:
    loads, starts, ratios = shown.tables(document())
    assert [row[:2] for row in loads.rows] == [
        [shown.NAMES[side], str(clients)] for clients in CLIENTS for side in SIDES
    ]
    assert loads.rows[0][2] == "100.0 (100.0 to 100.0)"
    assert starts.rows[1][1] == "16.0 (8.0 to 24.0)"
    assert len(ratios.rows) == 11


def test_the_plots_have_a_value_everywhere() -> None:
    for plot in shown.plots(document()):
        assert list(plot.series) == list(shown.NAMES.values())
        assert {len(series) for series in plot.series.values()} == {len(plot.at)}
