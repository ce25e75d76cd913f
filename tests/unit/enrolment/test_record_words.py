"""The exact words and limits of records: an operator mends a record by them."""

import datetime
import importlib.util
import sys

import pytest
import yaml
from enrolment import record as whole
from enrolment.errors import RecordError
from enrolment.record import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_NODES,
    MAX_NUMBER,
    MAX_SIZE,
    MAX_TEXT,
    Enrolment,
    dump_yaml,
    enc_document,
    parse_record,
)

from tests.unit.enrolment.support import NOW, record

DIGEST = "a" * 64
LONG = "x" * 150
CUT = "x" * 99 + "..."


def enrolment(digest=DIGEST, expires="2026-11-24T07:00:00Z", names="[]", more=""):
    return (
        f"enrolment: {{secret_sha256: {digest}, expires: {expires}, dns_alt_names: {names}{more}}}".encode()
    )


def refusal(body):
    with pytest.raises(RecordError) as caught:
        parse_record(body)
    return str(caught.value)


SAID = {
    b"<html>": "the record is not a mapping (a proxy's page in place of the object?)",
    b"a\xff": "the record is not UTF-8 (byte 1)",
    b"x" * (MAX_SIZE + 1): "the record is larger than 262144 bytes",
    b"a: 1\nb: [": "the record is not YAML: line 3: did not find expected node content",
    b"a: 1\n? [b]\n: 1": "the record is not usable YAML: unhashable type: 'list'",
    b"a: !!bool maybe": "the record is not usable YAML: 'maybe'",
    b"a: 1\nb: {c: 1, c: 2}": "line 2: the key 'c' stands twice",
    f"{LONG}: 1\n{LONG}: 1".encode(): f"line 2: the key '{CUT} stands twice",
    b"a: 1\n<<: 1": "line 1: << takes a mapping or a list of them",
    b"a: 1\nb: !x 1": "line 2: !x is not allowed in a record",
    f"a: !{LONG} 1".encode(): f"line 1: !{'x' * 99} is not allowed in a record",
    b"a: 1\nb: !!str [1]": "line 2: a list or mapping is no text or number",
    b"a: 1\nb: " + b"1" * 101: "line 2: a number has up to 100 characters; put longer ones in quotes",
    b"a: {1: 2}": "the key 1 is not text; put it in quotes",
    b"a: .nan": "a record's numbers are finite",
    b"a: .inf": "a record's numbers are finite",
    b"a: -.inf": "a record's numbers are finite",
    b"a: 9223372036854775808": "a record's numbers have 64 bits; put longer ones in quotes",
    b"classes: [1]": "classes is a list, but not of names",
    b"classes: x": "classes is not a mapping",
    b"classes: {A: {}}": "'A' is not the name of a Puppet class",
    b"classes: {a: 1}": "what class a gets is not a mapping",
    f"classes: {{{LONG}: 1}}".encode(): f"what class {'x' * 100} gets is not a mapping",
    b"parameters: []": "parameters is not a mapping",
    b"environment: A": "environment: 'A' is not the name of an environment",
    b"environment: [a]": "environment: ['a'] is not the name of an environment",
    b"enrolment: []": "enrolment is not a mapping",
    enrolment(digest="1"): "enrolment: secret_sha256 is not 64 lower-case hexadecimal digits",
    enrolment(digest="a" * 65): "enrolment: secret_sha256 is not 64 lower-case hexadecimal digits",
    enrolment(expires="x"): "enrolment: expires: 'x' is not an ISO 8601 time",
    enrolment(expires="~"): "enrolment: expires: None is not an ISO 8601 time",
    enrolment(expires="2026-11-24"): (
        "enrolment: expires: '2026-11-24' does not say its time zone (end it with Z)"
    ),
    enrolment(names="x"): "enrolment: dns_alt_names is neither a list nor null",
    enrolment(names="[A]"): "enrolment: dns_alt_names: 'A' is not a lower-case DNS name",
    enrolment(names="[1]"): "enrolment: dns_alt_names: 1 is not a lower-case DNS name",
    enrolment().replace(b", dns_alt_names: []", b""): (
        "enrolment: dns_alt_names is missing ([] for none, null for not known yet)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("body", SAID, ids=range(len(SAID)))
def test_a_refusal_says_exactly_what_is_wrong(body):
    assert refusal(body) == SAID[body]


def test_a_character_that_yaml_does_not_take_is_named_though_no_line_is_known():
    said = refusal(b"a: \x01")
    assert said.startswith("the record is not YAML: unacceptable character #x0001: ")
    assert len(said) <= len("the record is not YAML: ") + 100


@pytest.mark.parametrize("length", [97, 98, 99])
def test_what_is_shown_of_a_value_is_cut_at_a_hundred_characters(length):
    shown = repr("A" * length)
    shown = shown if length < 99 else shown[:100] + "..."
    assert (
        refusal(b"environment: " + b"A" * length) == f"environment: {shown} is not the name of an environment"
    )


# Each limit: what is just within it is taken, and one more is not.


def lists(depth):
    return b"parameters: {a: " + b"[" * depth + b"]" * depth + b"}"


def test_depth_is_limited_in_what_is_written():
    # The document and parameters are two levels.
    assert parse_record(lists(MAX_DEPTH - 2))
    assert refusal(lists(MAX_DEPTH - 1)) == "the record is nested deeper than 32 levels"


def test_values_are_limited_after_aliases_are_expanded():
    inner = f"parameters: {{a: &a [{'x, ' * 99}], b: [{'*a, ' * 199}]".encode()
    # The document, parameters, 100 for a, 1 for b, 199 times 100: 20,003.
    assert refusal(inner + b"}") == "the record expands to more than 20000 values or 32 levels"
    fits = f"parameters: {{a: &a [{'x, ' * 99}], b: [{'*a, ' * 198}], c: [{'1, ' * 96}]".encode()
    assert parse_record(fits + b"}")
    assert refusal(fits + b", d: 1}") == "the record expands to more than 20000 values or 32 levels"


def test_depth_is_limited_after_aliases_are_expanded():
    # Of 33 levels the document is the first, parameters the second; 16 are in x.
    x = f"x: &x {'[' * 16}{']' * 16}\n"
    fits = f"{x}parameters: {{a: {'[' * 15}*x{']' * 15}}}".encode()
    assert parse_record(fits)
    deeper = f"{x}parameters: {{a: {'[' * 16}*x{']' * 16}}}".encode()
    assert refusal(deeper) == "the record expands to more than 20000 values or 32 levels"


def test_depth_is_counted_down_again():
    # Lists that were closed before do not make the rest shallower, nor deeper.
    closed = "[[]], " * 40
    assert parse_record(f"parameters: {{a: [{closed} {'[' * 29}{']' * 29}]}}".encode())
    said = refusal(f"parameters: {{a: [{closed} {'[' * 30}{']' * 30}]}}".encode())
    assert said == "the record is nested deeper than 32 levels"


def test_what_is_written_is_limited_in_number_before_it_is_read():
    # Each alias is an event; stream, document, mapping, list, keys and the first value are 11 more.
    events = 2 * MAX_NODES + 1
    body = "a: &a 1\nb: [" + "*a, " * (events - 11) + "]"
    said = f"the record holds more than {MAX_NODES} values, or more than one document"
    assert refusal(body.encode()) == "the record expands to more than 20000 values or 32 levels"
    assert refusal(body.replace("]", "*a]").encode()) == said
    assert refusal(b"--- {}\n--- {}") == said


def test_characters_are_limited_after_aliases_are_expanded():
    # Keys count: "parameters", "a", "b".
    keys = len("parametersab")
    size = (MAX_TEXT - keys) // 20
    rest = MAX_TEXT - keys - 20 * size
    body = f"parameters: {{a: &a {'x' * size}, b: [{'*a, ' * 19} {'y' * rest}]}}".encode()
    assert parse_record(body)
    assert refusal(body.replace(b"b:", b"bb:")) == "the record expands to more than 1048576 characters"


def test_merged_keys_are_limited():
    x = "x: &x {" + ", ".join(f"k{n}: 1" for n in range(100)) + "}\n"
    body = x + "parameters: {<<: [" + "*x, " * 200 + "]}"
    assert len(parse_record(body.encode()).parameters) == 100
    assert refusal(body.replace("]}", "*x]}").encode()) == f"the record merges more than {MAX_NODES} values"


def test_numbers_are_limited_to_what_64_bits_hold():
    assert parse_record(f"parameters: {{a: {MAX_NUMBER - 1}, b: {1 - MAX_NUMBER}}}".encode())
    assert "64 bits" in refusal(f"parameters: {{a: {-MAX_NUMBER}}}".encode())


def test_a_number_may_have_a_hundred_digits_and_no_more():
    assert parse_record(b"parameters: {a: 0." + b"1" * (MAX_DIGITS - 2) + b"}")
    assert "100 characters" in refusal(b"parameters: {a: 0." + b"1" * (MAX_DIGITS - 1) + b"}")


def test_a_record_may_have_its_whole_size():
    body = b"parameters: {a: '" + b"x" * MAX_SIZE
    assert parse_record(body[: MAX_SIZE - 2] + b"'}")


def test_a_dns_name_may_have_253_characters():
    assert parse_record(enrolment(names=f"[{'a' * 253}]")).enrolment.dns_alt_names == {"a" * 253}
    assert "DNS name" in refusal(enrolment(names=f"[{'a' * 254}]"))


@pytest.mark.parametrize("name", ["_a", "a_b", "a-b.c-d", "a.-b", "0"])
def test_dns_names_are_those_that_hosts_have(name):
    assert parse_record(enrolment(names=f"['{name}']")).enrolment.dns_alt_names == {name}


@pytest.mark.parametrize("name", ["", "-a", "a-", "a..b", ".a", "a.", "a.b-", "a/b", "\u00e4"])
def test_what_is_no_dns_name_is_refused(name):
    assert "DNS name" in refusal(enrolment(names=f"['{name}']"))


@pytest.mark.parametrize("name", ["a", "a0_", "::a", "a::b::c_1"])
def test_names_of_classes(name):
    assert parse_record(f"classes: ['{name}']".encode()).classes == {name: {}}


@pytest.mark.parametrize("name", ["", "0a", "_a", "a-b", "a:b", "a::", ":::a", "a::B", "a::0", "A", "\u00e4"])
def test_what_is_no_name_of_a_class_is_refused(name):
    assert "Puppet class" in refusal(f"classes: ['{name}']".encode())


@pytest.mark.parametrize("name", ["a", "0", "_", "a_0"])
def test_names_of_environments(name):
    assert parse_record(f"environment: '{name}'".encode()).environment == name


@pytest.mark.parametrize("name", ["", "a-b", "A", "a/b", "\u00e4", "a\\n"])
def test_what_is_no_name_of_an_environment_is_refused(name):
    assert "environment" in refusal(f'environment: "{name}"'.encode())


# What is read, exactly.


def test_an_expiry_is_kept_in_utc():
    assert parse_record(record(expires="2026-11-24T08:30:00+02:00")).enrolment.expires.tzinfo is datetime.UTC


def test_what_the_enrolment_section_leaves_out_is_empty():
    found = parse_record(enrolment()).enrolment
    assert (found.batch, found.role, found.launched_by) == ("", "", "")
    found = parse_record(enrolment(more=", batch: ~, role: 7, launched_by: me")).enrolment
    assert (found.batch, found.role, found.launched_by) == ("", "7", "me")


def test_merged_mappings_give_way_to_the_first_and_to_what_is_written_beside_them():
    body = b"x: &x {a: 1, b: 1, c: 1}\ny: &y {b: 2, c: 2, d: 2}\nparameters: {c: 3, <<: [*x, *y], e: 4}"
    assert parse_record(body).parameters == {"a": 1, "b": 1, "c": 3, "d": 2, "e": 4}


def test_an_answer_is_written_as_a_person_would():
    body = 'classes: {b: {}, a: {k: ["\u00e4", 1, [], "x\u00a0y"]}}\nparameters: {z: {y: ~}, A: "1"}'
    assert enc_document(parse_record(body.encode())) == (
        "classes:\n  b: {}\n  a:\n    k:\n    - '\u00e4'\n    - 1\n    - []\n    - x\u00a0y\n"
        "parameters:\n  z:\n    y: null\n  A: '1'\n"
    ).encode()  # fmt: skip


@pytest.mark.parametrize("text", ["a", "Az", "_a", "/a b", "hadoop::worker", "a\nb", "trueish"])
def test_texts_that_ruby_takes_for_texts_are_written_without_quotes_if_yaml_allows(text):
    assert not dump_yaml({"a": text}).startswith(b"a: '") or "\n" in text


@pytest.mark.parametrize(
    "text",
    [
        ":a",
        "::a",
        "1,0",
        "0x1",
        "-1",
        "True",
        "yEs",
        "oFF",
        "NULL",
        "no",
        "On",
        "tRue",
        "fAlse",
        "nO",
        "oN",
        "nUll",
        "oFf",
        "~",
        "",
    ],
)
def test_texts_that_ruby_might_take_for_something_else_are_written_in_quotes(text):
    assert dump_yaml({"a": text}) == f"a: '{text}'\n".encode()


def test_what_an_enrolment_does_not_say_is_empty():
    said = Enrolment(secret_sha256=DIGEST, expires=NOW, dns_alt_names=None)
    assert (said.batch, said.role, said.launched_by) == ("", "", "")


def test_records_are_read_and_written_alike_without_libyaml(monkeypatch):
    monkeypatch.delattr(yaml, "CSafeLoader")
    monkeypatch.delattr(yaml, "CSafeDumper")
    spec = importlib.util.spec_from_file_location("enrolment.record_without_libyaml", whole.__file__)
    without = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, without)  # where its dataclasses look
    spec.loader.exec_module(without)
    body = record(names="[puppet]")
    assert without.parse_record(body).enrolment.dns_alt_names == {"puppet"}
    assert without.enc_document(without.parse_record(body)) == enc_document(parse_record(body))
