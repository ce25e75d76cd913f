"""YAML with the line of every key, so that a mistake can be pointed at."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from conductor.errors import ConfigError

KeyPath = tuple[Hashable, ...]
MERGE = "tag:yaml.org,2002:merge"


class StringTimes(yaml.SafeLoader):
    """Leaves times as written: a date that was rewritten would not be what the operator said."""


StringTimes.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

if TYPE_CHECKING:
    FastStringTimes = StringTimes
    FastDumper = yaml.SafeDumper
else:
    # libyaml's, ten times as fast where it is there: a cluster has hundreds of records.
    FastDumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class FastStringTimes(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        """The same as StringTimes."""

        yaml_implicit_resolvers = StringTimes.yaml_implicit_resolvers


@dataclass(frozen=True)
class Document:
    """A YAML file: its data, and the line (from 1) on which each key or list item stands."""

    path: Path
    data: Any
    lines: dict[KeyPath, int]

    def where(self, key_path: KeyPath) -> str:
        """``FILE:LINE: key`` of the nearest thing in the file to ``key_path``."""
        key = ".".join(str(part) for part in key_path)
        for end in range(len(key_path), -1, -1):
            line = self.lines.get(key_path[:end])
            if line is not None:
                return f"{self.path}:{line}: {key}" if key else f"{self.path}:{line}"
        return f"{self.path}: {key}"


def load(path: Path) -> Document:
    """Read one YAML document. Raises ConfigError: unreadable, no YAML, or a key given twice."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError([f"{path}: cannot be read: {reason}"]) from error
    loader = StringTimes(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return Document(path, None, {(): 1})
        twice = list(_duplicates(root, set()))
        data = loader.construct_document(root)  # flattens merges in place: marks are taken after it
        lines: dict[KeyPath, int] = {(): root.start_mark.line + 1}
        _mark(root, (), lines, ())
    except yaml.MarkedYAMLError as error:
        raise ConfigError([_syntax_problem(path, error)]) from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: `!!int x`
        raise ConfigError([f"{path}: not YAML: {error}"]) from error
    finally:
        loader.dispose()
    if twice:
        raise ConfigError([f"{path}:{line}: {key}: this key is given twice" for key, line in twice])
    return Document(path, data, lines)


def _syntax_problem(path: Path, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    place = f"{path}:{mark.line + 1}" if mark else str(path)
    return f"{place}: not YAML: {error.problem or error.context}"


def _duplicates(node: yaml.Node, seen: set[int]) -> Iterator[tuple[str, int]]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != MERGE:
                if key.value in keys:
                    yield key.value, key.start_mark.line + 1
                keys.add(key.value)
            yield from _duplicates(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _duplicates(item, seen)


def _mark(node: yaml.Node, at: KeyPath, lines: dict[KeyPath, int], above: tuple[int, ...]) -> None:
    if id(node) in above:
        raise yaml.MarkedYAMLError(
            problem="an alias to what it is itself part of", problem_mark=node.start_mark
        )
    above = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            path = (*at, _scalar(key))
            lines[path] = key.start_mark.line + 1
            _mark(value, path, lines, above)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*at, index)] = item.start_mark.line + 1
            _mark(item, (*at, index), lines, above)


def _scalar(node: yaml.Node) -> Hashable:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else f"line {node.start_mark.line + 1}"
