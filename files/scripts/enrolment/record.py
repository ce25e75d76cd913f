"""A node's record: YAML in the bucket, key = certname. It says what the node is and who may enrol as it.

::

    classes: {hadoop::worker: {}}          # class -> parameters; a list of names is accepted
    parameters: {data: {...}}
    environment: production
    enrolment:
      batch: 3f0c...                       # UUID of the launch
      secret_sha256: 64 hex digits         # SHA-256 of the batch's secret
      expires: 2026-11-24T07:00:00Z
      role: worker
      launched_by: alice@host
      dns_alt_names: []                    # names besides the certname; null: not known yet, wait

Whoever may write to the bucket is trusted to say what nodes are, but a mistake there must not hang or end a
CA or a master: the document is bounded in size, depth and expansion, has plain types only, no tags, no key
twice.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from .errors import RecordError

MAX_SIZE = 256 * 1024  # bytes
MAX_NODES = 20_000  # values after aliases are expanded
MAX_DEPTH = 32
MAX_TEXT = 1024 * 1024  # characters, after aliases are expanded
MAX_NUMBER = 1 << 63
MAX_DIGITS = 100  # characters of a number: long ones in base 60 (1:30:00) take seconds to reckon out

RENAMED_CLASSES = {"login-allowed": "login_allowed"}  # old records use a name that Puppet no longer takes

_CLASS = re.compile(r"(?:::)?[a-z][a-z0-9_]*(?:::[a-z][a-z0-9_]*)*", re.ASCII)
_ENVIRONMENT = re.compile(r"[a-z0-9_]+", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DNS_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_-]*[a-z0-9_])*", re.ASCII)
_MAX_DNS_NAME = 253
_MAX_SHOWN = 100  # characters of a value in an error

_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BaseDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True)
class Enrolment:
    """Who may enrol under the record's name."""

    secret_sha256: str
    expires: datetime
    dns_alt_names: frozenset[str] | None  # None: not known yet
    batch: str = ""
    role: str = ""
    launched_by: str = ""


@dataclass(frozen=True)
class Record:
    """What a node is. ``enrolment`` is None in records of the old form."""

    classes: dict[str, dict[str, Any]]
    parameters: dict[str, Any]
    environment: str | None
    enrolment: Enrolment | None


_CORE = "tag:yaml.org,2002:"
_MERGE = _CORE + "merge"


class _Loader(_BaseLoader):  # type: ignore[misc]
    """Safe YAML, less timestamps and tags: a date stays the text it is."""


# What Puppet's Ruby may take for something else than text, and PyYAML does not, in one place: a symbol
# (``:x``, ``::class``), a number (``1,000``), a truth value or nothing in mixed case.
_PLAIN = re.compile(r"[A-Za-z_/].*", re.ASCII | re.DOTALL)
_NOT_TEXT = frozenset({"true", "false", "yes", "no", "on", "off", "null"})


class _Dumper(_BaseDumper):  # type: ignore[misc]
    """Safe YAML without aliases, whose texts are texts to Ruby too."""

    def ignore_aliases(self, data: object) -> bool:
        """Write everything out."""
        return True


def _represent_text(dumper: Any, text: str) -> yaml.ScalarNode:
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT
    node: yaml.ScalarNode = dumper.represent_scalar(_CORE + "str", text, style=None if is_plain else "'")
    return node


_Dumper.add_representer(str, _represent_text)


def _construct_mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    """Build one mapping; ``<<`` is merged here, since PyYAML's own way can be made to explode."""
    merged: dict[Any, Any] = {}
    own: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        value = loader.construct_object(value_node, deep=True)
        if key_node.tag == _MERGE:
            for mapping in reversed(value if isinstance(value, list) else [value]):
                if not isinstance(mapping, dict):
                    raise RecordError(
                        f"line {node.start_mark.line + 1}: << takes a mapping or a list of them"
                    )
                loader.merged_keys = getattr(loader, "merged_keys", 0) + len(mapping)
                if loader.merged_keys > MAX_NODES:
                    raise RecordError(f"the record merges more than {MAX_NODES} values")
                merged.update(mapping)
            continue
        key = loader.construct_object(key_node)
        if key in own:
            raise RecordError(f"line {key_node.start_mark.line + 1}: the key {_shown(key)} stands twice")
        own[key] = value
    return {**merged, **own}


def _refuse(_loader: Any, node: yaml.Node) -> Any:
    raise RecordError(f"line {node.start_mark.line + 1}: {node.tag[:_MAX_SHOWN]} is not allowed in a record")


def _scalar(construct: Callable[[Any, yaml.Node], Any], longest: int) -> Callable[[Any, yaml.Node], Any]:
    """Only of a scalar: PyYAML takes a mapping with the key ``=`` for one too, which may hold itself."""

    def checked(loader: Any, node: yaml.Node) -> Any:
        where = f"line {node.start_mark.line + 1}"
        if not isinstance(node, yaml.ScalarNode):
            raise RecordError(f"{where}: a list or mapping is no text or number")
        if len(node.value) > longest:
            raise RecordError(f"{where}: a number has up to {longest} characters; put longer ones in quotes")
        return construct(loader, node)

    return checked


_Loader.yaml_constructors = {_CORE + "seq": _BaseLoader.yaml_constructors[_CORE + "seq"]}
for _name in ("null", "bool", "int", "float", "str"):
    _construct = _BaseLoader.yaml_constructors[_CORE + _name]
    _Loader.add_constructor(
        _CORE + _name, _scalar(_construct, MAX_DIGITS if _name in ("int", "float") else MAX_SIZE)
    )
_Loader.add_constructor(_CORE + "map", _construct_mapping)
_Loader.add_constructor(None, _refuse)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != _CORE + "timestamp"]
    for first, resolvers in _BaseLoader.yaml_implicit_resolvers.items()
}


def parse_record(body: bytes) -> Record:
    """Return the record that ``body`` holds, or raise RecordError saying what is wrong with it."""
    document = _load(body)
    if not isinstance(document, dict):
        raise RecordError("the record is not a mapping (a proxy's page in place of the object?)")
    _check_plain(document)
    return Record(
        classes=_classes(document.get("classes")),
        parameters=_mapping(document.get("parameters"), "parameters"),
        environment=_environment(document.get("environment")),
        enrolment=_enrolment(document["enrolment"]) if document.get("enrolment") is not None else None,
    )


def enc_document(record: Record) -> bytes:
    """Return what Puppet's ENC protocol takes: classes, parameters, environment, and nothing else."""
    document: dict[str, Any] = {"classes": record.classes, "parameters": record.parameters}
    if record.environment is not None:
        document["environment"] = record.environment
    return dump_yaml(document)


def dump_yaml(document: Any) -> bytes:
    """Return plain YAML, without aliases or tags."""
    text: bytes = yaml.dump(
        document,
        Dumper=_Dumper,
        encoding="utf-8",
        allow_unicode=True,
        default_flow_style=False,
        sort_keys=False,
    )
    return text


def _load(body: bytes) -> Any:
    if len(body) > MAX_SIZE:
        raise RecordError(f"the record is larger than {MAX_SIZE} bytes")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(f"the record is not UTF-8 (byte {error.start})") from error
    try:
        _check_events(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a subset of the safe loader
    except yaml.YAMLError as error:
        raise RecordError(f"the record is not YAML: {_problem(error)}") from error
    except (ValueError, TypeError, OverflowError, LookupError, RecursionError) as error:
        # Unhashable keys, numbers and truth values that a tag calls so and that are none.
        raise RecordError(f"the record is not usable YAML: {_shown(error)}") from error


def _check_events(text: str) -> None:
    """Bound depth and size before anything recursive runs over the document."""
    depth = documents = 0
    for events, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if depth > MAX_DEPTH:
            raise RecordError(f"the record is nested deeper than {MAX_DEPTH} levels")
        if events > 2 * MAX_NODES or documents > 1:
            raise RecordError(f"the record holds more than {MAX_NODES} values, or more than one document")


def _problem(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark is not None else ""
    return f"{where}{getattr(error, 'problem', None) or error}"[:_MAX_SHOWN]


def _shown(value: object) -> str:
    """What is wrong, cut to what a person reads."""
    text = str(value) if isinstance(value, Exception) else repr(value)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "..."


def _check_plain(document: dict[Any, Any]) -> None:
    """Walk the document as it would be written out, aliases expanded, within bounds."""
    seen = length = 0
    pending: list[tuple[Any, int]] = [(document, 0)]
    while pending:
        value, depth = pending.pop()
        seen += 1
        if seen > MAX_NODES or depth > MAX_DEPTH:
            raise RecordError(f"the record expands to more than {MAX_NODES} values or {MAX_DEPTH} levels")
        length += len(value) if isinstance(value, str) else 0
        if isinstance(value, dict):
            bad = [key for key in value if not isinstance(key, str)]
            if bad:
                raise RecordError(f"the key {_shown(bad[0])} is not text; put it in quotes")
            length += sum(map(len, value))
            pending.extend((item, depth + 1) for item in value.values())
        elif isinstance(value, list):
            pending.extend((item, depth + 1) for item in value)
        elif isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124
            raise RecordError("a record's numbers are finite")
        elif isinstance(value, int) and abs(value) >= MAX_NUMBER:
            raise RecordError("a record's numbers have 64 bits; put longer ones in quotes")
        if length > MAX_TEXT:
            raise RecordError(f"the record expands to more than {MAX_TEXT} characters")


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RecordError(f"{what} is not a mapping")
    return value


def _classes(value: Any) -> dict[str, dict[str, Any]]:
    if isinstance(value, list):
        if not all(isinstance(name, str) for name in value):
            raise RecordError("classes is a list, but not of names")
        value = dict.fromkeys(value)
    classes: dict[str, dict[str, Any]] = {}
    for written, parameters in _mapping(value, "classes").items():
        name = RENAMED_CLASSES.get(written, written)
        if not _CLASS.fullmatch(name):
            raise RecordError(f"{_shown(name)} is not the name of a Puppet class")
        classes[name] = _mapping(parameters, f"what class {name[:_MAX_SHOWN]} gets")
    return classes


def _environment(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _ENVIRONMENT.fullmatch(value):
        raise RecordError(f"environment: {_shown(value)} is not the name of an environment")
    return value


def _enrolment(value: Any) -> Enrolment:
    section = _mapping(value, "enrolment")
    digest = section.get("secret_sha256")
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise RecordError("enrolment: secret_sha256 is not 64 lower-case hexadecimal digits")
    if "dns_alt_names" not in section:
        raise RecordError("enrolment: dns_alt_names is missing ([] for none, null for not known yet)")
    return Enrolment(
        secret_sha256=digest,
        expires=_moment(section.get("expires")),
        dns_alt_names=_names(section["dns_alt_names"]),
        batch=str(section.get("batch") or ""),
        role=str(section.get("role") or ""),
        launched_by=str(section.get("launched_by") or ""),
    )


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):  # the last: not in the years 1 to 9999 in UTC
        raise RecordError(f"enrolment: expires: {_shown(value)} is not an ISO 8601 time") from None
    raise RecordError(f"enrolment: expires: {_shown(value)} does not say its time zone (end it with Z)")


def _names(value: Any) -> frozenset[str] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise RecordError("enrolment: dns_alt_names is neither a list nor null")
    for name in value:
        if not isinstance(name, str) or len(name) > _MAX_DNS_NAME or not _DNS_NAME.fullmatch(name):
            raise RecordError(f"enrolment: dns_alt_names: {_shown(name)} is not a lower-case DNS name")
    return frozenset(value)
