"""classify --edit: a record changed in the operator's editor."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from conductor import cli, editing, inventory
from conductor.context import Context
from conductor.errors import ConfigError, ConflictError
from conductor.instances import Instance
from conductor.inventory import Node
from conductor.record import Record
from tests.cloud.looking import start

pytest_plugins = ["tests.cloud.looking_fixtures"]


@pytest.fixture
def worker(context: Context, published_ca: None) -> Node:
    (instance,) = start(context, "worker")
    return node(context, instance)


def node(context: Context, instance: Instance) -> Node:
    (found,) = inventory.select(inventory.read(context), [instance.id])
    return found


def stored(context: Context, worker: Node) -> Record:
    return Record.parse("x", context.store.get(worker.certname) or b"")


def change(**fields: object) -> Callable[[Path], None]:
    """An operator who sets these fields; the rest, comments apart, stays."""

    def editor(path: Path) -> None:
        path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **fields}))

    return editor


@pytest.fixture
def _editor(editor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", editor)


def never(problems: str) -> bool:
    return False


def test_what_is_edited_is_written_and_nothing_else_is_changed(context: Context, worker: Node) -> None:
    before = stored(context, worker)
    editor = change(classes={"ntp": None, "hadoop::worker": {}}, environment="test")
    editing.edit(context, worker, again=never, editor=editor)
    now = stored(context, worker)
    assert now.classes == {"ntp": {}, "hadoop::worker": {}}
    assert now.environment == "test"
    assert (now.parameters, now.enrolment) == (before.parameters, before.enrolment)


def test_the_text_is_the_classification_alone_for_the_operator_s_eyes_only(
    context: Context, worker: Node
) -> None:
    seen: list[tuple[str, int]] = []
    editing.edit(
        context,
        worker,
        again=never,
        editor=lambda path: seen.append((path.read_text(), path.stat().st_mode & 0o777)),
    )
    ((text, mode),) = seen
    assert mode == 0o600
    assert list(yaml.safe_load(text)) == ["classes", "parameters", "environment"]
    assert worker.record is not None
    assert worker.record.enrolment is not None
    assert worker.record.enrolment.secret_sha256 not in text
    assert f"# The classification of {worker.shown()}." in text


@pytest.mark.parametrize("text", [None, "", "# nothing\n"])
def test_a_text_left_as_it_is_or_emptied_writes_nothing(
    context: Context, worker: Node, text: str | None
) -> None:
    body = context.store.get(worker.certname)

    def editor(path: Path) -> None:
        if text is not None:
            path.write_text(text)

    assert editing.edit(context, worker, again=never, editor=editor) is None
    assert context.store.get(worker.certname) == body
    assert list((context.operator.folder / "edit").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("classes: [unclosed\n", "not YAML"),
        (
            "classes: {Not A Class: {}}\nparameters: {}\nenvironment: production\n",
            ":1: classes: not a class name",
        ),
        ("classes: {ntp: {}}\nparameters: {data: []}\nenvironment: production\n", "data must be a hash"),
        ("classes: {ntp: {}}\nparameters: {}\nenvironment: a-b\n", ":3: environment: string should match"),
        ("classes: {ntp: {}}\nparameters: {}\n", "environment: this key is required"),
        ("classes: {}\nparameters: {}\nenvironment: test\n", ":1: classes: a node needs at least one class"),
        ("classes: {ntp: {}}\nclases: {}\nenvironment: test\n", ":2: clases: unknown key"),
        ("classes: {ntp: {}}\nclasses: {}\nenvironment: test\n", "given twice"),
        ("just a text\n", "valid dictionary"),
    ],
)
def test_a_mistake_is_told_with_its_line_nothing_is_written_and_the_text_is_kept(
    context: Context, worker: Node, text: str, told: str
) -> None:
    body = context.store.get(worker.certname)
    with pytest.raises(ConfigError) as raised:
        editing.edit(context, worker, again=never, editor=lambda path: path.write_text(text) and None)
    assert told in raised.value.message
    assert context.store.get(worker.certname) == body
    kept = context.operator.folder / "edit" / f"{worker.certname}.yaml"
    assert kept.read_text() == text
    assert str(kept) in raised.value.advice


def test_a_text_that_was_kept_is_not_lost_by_the_next_edit(context: Context, worker: Node) -> None:
    for text in ("a: first\n", "a: second\n"):
        with pytest.raises(ConfigError):
            editing.edit(context, worker, again=never, editor=lambda path, text=text: path.write_text(text))
    kept = (context.operator.folder / "edit").iterdir()
    assert sorted(path.read_text() for path in kept) == ["a: first\n", "a: second\n"]


def test_a_mistake_may_be_mended_in_the_editor(context: Context, worker: Node) -> None:
    texts = ["classes: {NTP: {}}\n", "classes: {ntp: {}}\nparameters: {}\nenvironment: test\n"]
    told: list[str] = []

    def again(problems: str) -> bool:
        told.append(problems)
        return True

    editing.edit(context, worker, again=again, editor=lambda path: path.write_text(texts.pop(0)) and None)
    assert stored(context, worker).classes == {"ntp": {}}
    assert "not a class name: NTP" in told[0]
    assert len(told) == 1


def test_what_somebody_else_has_classified_meanwhile_is_not_overwritten(
    context: Context, worker: Node
) -> None:
    def editor(path: Path) -> None:
        theirs = stored(context, worker).model_copy(update={"classes": {"theirs": {}}})
        context.store.put(worker.certname, theirs.body())
        change(classes={"ours": {}})(path)

    with pytest.raises(ConflictError, match="has been changed by somebody else meanwhile") as raised:
        editing.edit(context, worker, again=never, editor=editor)
    assert stored(context, worker).classes == {"theirs": {}}
    kept = context.operator.folder / "edit" / f"{worker.certname}.yaml"
    assert "ours" in kept.read_text()
    assert str(kept) in raised.value.advice


def test_what_else_was_written_into_the_record_meanwhile_stays(context: Context, worker: Node) -> None:
    def editor(path: Path) -> None:
        theirs = stored(context, worker).model_copy(update={"draining": "2026-11-24T06:00:00Z"})
        context.store.put(worker.certname, theirs.body())
        change(classes={"ours": {}})(path)

    editing.edit(context, worker, again=never, editor=editor)
    now = stored(context, worker)
    assert now.classes == {"ours": {}}
    assert now.draining == "2026-11-24T06:00:00Z"


def test_a_node_that_was_terminated_meanwhile_does_not_come_back(context: Context, worker: Node) -> None:
    def editor(path: Path) -> None:
        context.store.delete([worker.certname])
        change(classes={"ours": {}})(path)

    with pytest.raises(ConflictError, match="has been terminated meanwhile"):
        editing.edit(context, worker, again=never, editor=editor)
    assert not context.store.has(worker.certname)


def test_a_host_that_is_made_a_master_by_hand_is_listed(
    config: Path, context: Context, worker: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import sys, yaml\npath = sys.argv[-1]\nwith open(path) as file: data = yaml.safe_load(file)\n"
        "data['classes']['puppet::master'] = {}\nwith open(path, 'w') as file: yaml.safe_dump(data, file)\n"
    )
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    assert cli.main(["-c", str(config), "classify", "--edit", "worker"]) == 0
    listed = json.loads(context.store.get("cluster/servers") or b"{}")
    assert [each["certname"] for each in listed["masters"]] == [worker.certname]


@pytest.mark.parametrize(
    ("editor", "names", "code", "told"),
    [
        ("false", ["worker"], 1, "exit 1: false"),
        ("/no/such/editor", ["worker"], 1, "/no/such/editor: cannot be run"),
        ("true", ["worker"], 0, "nothing was changed"),
        ("true", ["worker", "worker"], 2, "one node at a time"),
    ],
)
@pytest.mark.usefixtures("worker", "_editor")
def test_what_comes_of_an_editor(
    config: Path, capfd: pytest.CaptureFixture[str], names: list[str], code: int, told: str
) -> None:
    assert cli.main(["-c", str(config), "classify", "--edit", *names]) == code
    assert told in capfd.readouterr().err
