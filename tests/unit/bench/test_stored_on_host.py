"""The script on the database's host, with a PuppetDB that remembers what it was sent."""

import json
from typing import Any

import pytest

from bench.stored import on_host


class Remembering:
    """In place of on_host.Database."""

    def __init__(self, depths: list[int] | None = None) -> None:
        self.commands: list[tuple[str, int, str, Any]] = []
        self.asked: list[tuple[str, str, Any]] = []
        self.depths = depths or [0]

    def command(self, name: str, version: int, certname: str, text: str) -> None:
        self.commands.append((name, version, certname, json.loads(text)))

    def settled(self) -> None:
        while self.depths.pop(0):
            pass

    def ask(self, method: str, path: str, **options: Any) -> Any:
        self.asked.append((method, path, options.get("json")))
        return {}

    def query(self, entity: str, query: Any = None) -> Any:
        self.asked.append(("GET", entity, query))
        return [{}, {}]


def test_each_node_sends_each_document_with_its_own_words() -> None:
    near: Any = Remembering([2, 1, 0])
    text = json.dumps({"certname": "@CERTNAME@", "of": "@HOSTNAME@"})
    job = {
        "nodes": [{"CERTNAME": "n-1", "HOSTNAME": "h-1"}, {"CERTNAME": "n-2", "HOSTNAME": "h-2"}],
        "documents": [
            {"name": "replace facts", "version": 5, "text": text},
            {"name": "replace catalog", "version": 9, "text": text},
        ],
    }
    on_host.fill(near, job)
    assert [(name, certname) for name, _, certname, _ in near.commands] == [
        ("replace facts", "n-1"),
        ("replace catalog", "n-1"),
        ("replace facts", "n-2"),
        ("replace catalog", "n-2"),
    ]
    assert near.commands[3][3] == {"certname": "n-2", "of": "h-2"}
    assert not near.depths


def test_nodes_are_deleted_and_not_only_deactivated() -> None:
    near: Any = Remembering()
    on_host.remove(near, {"names": ["n-1"]})
    expected = {"command": "delete", "version": 1, "payload": {"certname": "n-1"}}
    assert near.asked == [("POST", "/pdb/admin/v1/cmd", expected)]


def test_queries_are_asked_in_turn_by_both_doors_the_far_one_over_new_connections() -> None:
    near: Any = Remembering()
    doors: list[Any] = []

    def far() -> Any:
        doors.append(Remembering())
        return doors[-1]

    found = on_host.ask(near, far, {"queries": {"a": ["a"], "b": ["b"]}, "times": 3})
    assert [query for _, _, query in near.asked] == [["a"], ["b"]] * 3
    assert [len(door.asked) for door in doors] == [1] * 6
    assert len(found["a"]["near"]) == len(found["a"]["far"]) == 3
    assert found["a"]["rows"] == 2


def test_a_script_whose_commands_are_never_done_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    database = on_host.Database("https://none.invalid", (("", ""), ""), "")
    monkeypatch.setattr(on_host, "PATIENCE", -1)
    monkeypatch.setattr(database, "meter", lambda _: 3)
    with pytest.raises(SystemExit, match="PuppetDB still has 3 commands to do"):
        database.settled()
