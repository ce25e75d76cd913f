"""``classify --edit``: a node's classification changed by hand, in the operator's editor."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from itertools import chain, count
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from conductor import yaml_marks
from conductor.context import Context
from conductor.errors import ConfigError, ConflictError, NotFoundError
from conductor.fleet.locking import locked
from conductor.inventory import Node
from conductor.operator_files import write_private
from conductor.process import converse
from conductor.record import Record
from conductor.settings import Node as Classification
from conductor.settings import problems

FIELDS = ("classes", "parameters", "environment")
HEAD = """\
# The classification of {node}.
# It takes effect at the node's next Puppet run. Left as it is, or emptied, nothing is written.
# A later `classify` without --edit gives the node what the configuration has.
"""

Edit = Callable[[Path], None]
Again = Callable[[str], bool]


def edit(
    context: Context, node: Node, *, again: Again, editor: Edit | None = None, steal: bool = False
) -> Record | None:
    """Let the operator change the record's classification, and write it; the new record, None: no change.

    ``again`` is told what is wrong with the text, and says whether the editor is to be opened once more.
    Raises ConfigError (every mistake, with its line) or ConflictError; the text is kept then.
    """
    if node.record is None:
        raise NotFoundError(f"{node.certname} has no record that can be read")
    before = _fields(node.record)
    path = _unused(context.operator.folder / "edit", node.certname)
    text = HEAD.format(node=node.shown()) + yaml.safe_dump(before, sort_keys=False, allow_unicode=True)
    write_private(path, text.encode())
    wanted = _edited(path, again=again, editor=editor or _open_editor)
    if wanted is None or wanted == before:
        path.unlink()
        return None
    with locked(context, "classify --edit", steal=steal):
        written = _write(context, node, before, wanted, path)
    path.unlink()
    return written


def _unused(folder: Path, name: str) -> Path:
    """A file of its own: a text that was kept from an earlier time must not be lost."""
    endings = chain(["yaml"], (f"{number}.yaml" for number in count(2)))
    return next(path for path in (folder / f"{name}.{ending}" for ending in endings) if not path.exists())


def _fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in FIELDS}


def _edited(path: Path, *, again: Again, editor: Edit) -> dict[str, Any] | None:
    """What the text says once it says it without a mistake; None if it has been emptied."""
    while True:
        editor(path)
        try:
            return _read(path)
        except ConfigError as error:
            if not again(error.message):
                raise ConfigError(
                    error.problems, advice=f"nothing was written; your text is {path}"
                ) from error


def _read(path: Path) -> dict[str, Any] | None:
    """Raises ConfigError."""
    document = yaml_marks.load(path)
    if document.data is None:
        return None
    try:
        found = Classification.model_validate(document.data)
    except ValidationError as error:
        raise ConfigError(list(problems(document, error))) from error
    if not found.classes:
        raise ConfigError([f"{document.where(('classes',))}: a node needs at least one class"])
    if found.environment is None:
        raise ConfigError([f"{document.where(('environment',))}: this key is required"])
    return {name: getattr(found, name) for name in FIELDS}


def _write(
    context: Context, node: Node, before: dict[str, Any], wanted: dict[str, Any], path: Path
) -> Record:
    """What others have written into the record meanwhile stays, unless it is what was edited."""
    body = context.store.get(node.certname)
    if body is None:
        raise ConflictError(f"{node.shown()} has been terminated meanwhile", advice=f"your text is {path}")
    now = Record.parse(context.store.url(node.certname), body)
    if _fields(now) != before:
        raise ConflictError(
            f"the classification of {node.shown()} has been changed by somebody else meanwhile",
            advice=f"nothing was written; your text is {path}: edit anew, and take over what still holds",
        )
    changed = now.model_copy(update=wanted)
    context.store.put(node.certname, changed.body())
    return changed


def _open_editor(path: Path) -> None:
    given = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    converse([*shlex.split(given), str(path)])
