"""Facts, catalog requests and reports are a real agent's, with each agent's own names."""

import json
from urllib.parse import parse_qs, unquote

import pytest

from bench.agents import documents

NAME = "3f0c-7"


def agents_facts(number: int = 7) -> dict[str, object]:
    words = documents.words(NAME, number) | {"CA": "ca.example", "MASTER": "master.example"}
    found: dict[str, object] = documents.fill(documents.template("facts.json"), words)
    return found


def test_no_place_for_a_name_is_left_open() -> None:
    words = documents.words(NAME, 7) | {"CA": "ca.example", "MASTER": "master.example"}
    for name in ("facts.json", "report.json"):
        assert "@" not in json.dumps(documents.fill(documents.template(name), words)).replace("user@", "")


def test_two_agents_differ_in_name_and_address() -> None:
    one, other = agents_facts(1)["networking"], agents_facts(300)["networking"]
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    for key in ("fqdn", "hostname", "ip", "mac"):
        assert one[key] != other[key]


def test_a_thousand_agents_have_a_thousand_addresses() -> None:
    assert len({documents.words("x", number)["ADDRESS"] for number in range(1000)}) == 1000


def test_the_facts_hold_what_the_server_needs_of_a_client() -> None:
    values = documents.facts(agents_facts(), NAME, "production")["values"]
    assert values["clientversion"] == "8.10.0"
    assert values["clientnoop"] is False
    assert values["clientcert"] == NAME


def test_facts_are_encoded_twice_in_the_form() -> None:
    document = documents.facts({"odd": "a+b & 100 % ü"}, NAME, "production")
    form = parse_qs(documents.catalog_form(document, "production", "1234").decode(), strict_parsing=False)
    assert json.loads(unquote(form["facts"][0])) == document
    assert form["facts_format"] == ["application/json"]
    assert form["transaction_uuid"] == ["1234"]


@pytest.mark.parametrize("code_id", [None, "abc"])
def test_a_report_is_of_this_node_and_this_catalog(code_id: str | None) -> None:
    recorded = documents.fill(documents.template("report.json"), {"MASTER": "master"})
    catalog = {"version": 17, "catalog_uuid": "u", "code_id": code_id, "environment": "production"}
    report = documents.report(recorded, certname=NAME, catalog=catalog, transaction="t", server="m:8140")
    assert report["host"] == NAME
    assert (report["configuration_version"], report["catalog_uuid"], report["code_id"]) == (17, "u", code_id)
    assert report["transaction_uuid"] == "t"
    assert report["report_format"] == 12
    assert {line["time"] for line in report["logs"]} == {report["time"]}
