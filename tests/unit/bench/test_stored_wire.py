"""From what PuppetDB answers to what it takes."""

import json
from typing import Any

from bench.stored import module, nodes, wire
from bench.stored.nodes import Template

RESOURCE: dict[str, Any] = {
    "type": "File",
    "title": "/etc/a",
    "exported": False,
    "file": "site.pp",
    "line": 3,
    "tags": ["file"],
    "parameters": {"content": "of node-1"},
}
CATALOG: dict[str, Any] = {
    "certname": "node-1",
    "version": "7",
    "environment": "production",
    "transaction_uuid": "t",
    "catalog_uuid": "c",
    "code_id": None,
    "producer": "master",
    "hash": "of the query alone",
    "resources": {"data": [{**RESOURCE, "resource": "a hash", "certname": "node-1"}]},
    "edges": {
        "data": [
            {
                "source_type": "Class",
                "source_title": "Main",
                "target_type": "File",
                "target_title": "/etc/a",
                "relationship": "contains",
            }
        ]
    },
}
FACTS: dict[str, Any] = {
    "certname": "node-1",
    "environment": "production",
    "producer": "master",
    "facts": {
        "data": [
            {"name": "networking", "value": {"fqdn": "first.example.com", "hostname": "first"}},
            {"name": "os", "value": "Debian"},
        ]
    },
}


def filled(command: dict[str, Any], words: dict[str, str]) -> Any:
    """As the script on the host does it."""
    text = command["text"]
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return json.loads(text)


def test_a_catalogs_resources_and_edges_are_in_the_commands_form() -> None:
    found = wire.catalog(CATALOG)
    assert found["resources"] == [RESOURCE]
    assert found["edges"] == [
        {
            "source": {"type": "Class", "title": "Main"},
            "target": {"type": "File", "title": "/etc/a"},
            "relationship": "contains",
        }
    ]
    assert "hash" not in found


def test_facts_are_values_by_name() -> None:
    assert wire.facts(FACTS)["values"]["os"] == "Debian"


def test_a_report_is_of_the_catalogs_run() -> None:
    catalog = wire.catalog(CATALOG)
    found = wire.report(catalog)
    assert (found["certname"], found["transaction_uuid"], found["status"]) == ("node-1", "t", "unchanged")
    assert found["producer_timestamp"] == catalog["producer_timestamp"]


def test_a_node_sends_what_the_template_sent_under_its_own_names() -> None:
    commands = Template(CATALOG, FACTS).documents()
    assert [command["name"] for command in commands] == ["replace catalog", "replace facts", "store report"]
    catalog, facts, report = (filled(command, nodes.words(7)) for command in commands)
    assert catalog["certname"] == facts["certname"] == report["certname"] == "bench-stored-7"
    assert catalog["resources"][0]["parameters"] == {"content": "of bench-stored-7"}
    assert facts["values"]["networking"] == {"fqdn": "stored-7.ec2.internal", "hostname": "stored-7"}


def test_a_node_of_another_cluster_exports_its_endpoint_and_an_entry_for_all() -> None:
    [command] = Template(CATALOG, FACTS).documents(nodes.exporting(), catalogs_only=True)
    exported = [each for each in filled(command, nodes.words(7))["resources"] if each["exported"]]
    assert [each["type"] for each in exported] == ["Hadoop::Endpoint", module.TYPE]
    assert exported[0]["title"] == "namenode of bench-stored-7 on bench-stored-7"
    assert exported[0]["parameters"] == {
        "cluster": "bench-stored-7",
        "role": "namenode",
        "address": "stored-7.ec2.internal",
        "port": 8020,
    }


def test_a_partner_exports_for_the_workers_cluster() -> None:
    words, exports = nodes.partner("jobtracker", "hadoop")
    [command] = Template(CATALOG, FACTS).documents(exports, catalogs_only=True)
    [endpoint] = [each for each in filled(command, words)["resources"] if each["exported"]]
    assert endpoint["parameters"]["cluster"] == "hadoop"
    assert endpoint["parameters"]["address"] == "bench-stored-jobtracker.ec2.internal"


def test_collected_resources_of_a_catalog_are_counted() -> None:
    assert module.collects({"resources": [RESOURCE, {"type": module.TYPE}, {"type": module.TYPE}]}) == 2
