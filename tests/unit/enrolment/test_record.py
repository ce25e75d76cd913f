import datetime
import json
import shutil
import subprocess
import time

import pytest
import yaml
from enrolment.errors import RecordError
from enrolment.record import MAX_SIZE, enc_document, parse_record

from tests.unit.enrolment.support import SECRET, record


def test_a_record_of_the_conductor_is_read_whole():
    found = parse_record(record(names="[puppet, m.example.org]"))
    assert found.classes == {"hadoop::worker": {}}
    assert found.parameters == {"data": {"a": 1}}
    assert found.environment == "production"
    assert found.enrolment is not None
    assert found.enrolment.dns_alt_names == {"puppet", "m.example.org"}
    assert found.enrolment.expires == datetime.datetime(2026, 11, 24, 7, tzinfo=datetime.UTC)
    assert (found.enrolment.batch, found.enrolment.role, found.enrolment.launched_by) == ("b", "worker", "me")


def test_null_for_the_dns_names_is_kept_apart_from_none_at_all():
    assert parse_record(record(names="null")).enrolment.dns_alt_names is None
    assert parse_record(record(names="[]")).enrolment.dns_alt_names == frozenset()


def test_classes_may_be_a_list_of_names():
    assert parse_record(b"classes: [hadoop::worker, ntp]").classes == {"hadoop::worker": {}, "ntp": {}}


def test_a_class_without_parameters_may_have_null():
    assert parse_record(b"classes: {ntp: }").classes == {"ntp": {}}


def test_login_allowed_of_old_records_gets_the_name_that_puppet_takes():
    found = parse_record(b"classes: {login-allowed: {keys: [k]}}")
    assert found.classes == {"login_allowed": {"keys": ["k"]}}
    assert parse_record(b"classes: [login-allowed]").classes == {"login_allowed": {}}


def test_a_record_of_the_old_form_has_no_enrolment():
    assert parse_record(record(enrolment=False)).enrolment is None


def test_dates_stay_text():
    assert parse_record(b"parameters: {since: 2026-11-24}").parameters == {"since": "2026-11-24"}


def test_merge_keys_work_as_yaml_says():
    found = parse_record(b"x: &x {a: 1, b: 1}\nparameters: {<<: *x, b: 2}")
    assert found.parameters == {"a": 1, "b": 2}
    several = parse_record(b"x: &x {a: 1}\ny: &y {a: 2, b: 2}\nparameters: {<<: [*x, *y]}")
    assert several.parameters == {"a": 1, "b": 2}


def test_the_enc_document_holds_classes_parameters_and_environment_only():
    document = yaml.safe_load(enc_document(parse_record(record() + b"other: secret\n")))
    assert document == {
        "classes": {"hadoop::worker": {}},
        "parameters": {"data": {"a": 1}},
        "environment": "production",
    }


def test_the_enc_document_leaves_out_an_environment_that_is_not_given():
    assert "environment" not in yaml.safe_load(enc_document(parse_record(b"classes: {}")))


def test_the_enc_document_has_neither_aliases_nor_tags():
    document = enc_document(parse_record(b"x: &x [1, 2]\nparameters: {a: *x, b: *x, c: !!str 1}"))
    assert b"&" not in document
    assert b"*" not in document
    assert b"!" not in document


ENROLMENT = f"enrolment: {{secret_sha256: {'a' * 64}, expires: 2026-11-24T07:00:00Z, dns_alt_names: []}}"


def test_the_smallest_enrolment_section_is_accepted():
    assert parse_record(ENROLMENT.encode()).enrolment is not None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html><body>Please log in</body></html>", "not a mapping"),
        (b"", "not a mapping"),
        (b"[]", "not a mapping"),
        (b"\xff\xfe", "UTF-8"),
        (b"a: [", "not YAML: line"),
        (b"a: 1\na: 2", "line 2: the key 'a' stands twice"),
        (b"a: !!python/object/apply:os.system [true]", "not allowed"),
        (b"a: !!binary aGk=", "not allowed"),
        (b"a: !!set {x}", "not allowed"),
        (b"a: !anything x", "not allowed"),
        (b"a: !!bool maybe", "not usable"),
        (b"a: !!int ''", "not usable"),
        (b"a: !!float '-'", "not usable"),
        (b"a: &a !!str {=: *a}", "no text or number"),
        (b"a: !!null [1]", "no text or number"),
        (b"a: " + b"1:" * 60_000 + b"1", "longer ones in quotes"),
        (b"? " + b"x" * 900 + b"\n: 1\n? " + b"x" * 900 + b"\n: 2", "stands twice"),
        (b"? [" + b"x, " * 900 + b"]\n: 1", "unhashable"),
        (b"a: !<" + b"x" * 900 + b"> 1", "not allowed"),
        (b"a: &a [*a]", "recursive"),
        (b"a: *b", "undefined alias"),
        (b"--- {}\n--- {}", "more than one document"),
        (b"1: 2", "not text"),
        (b"~: 1", "not text"),
        (b"parameters: {a: {~: 1}}", "not text"),
        (b"? [a]\n: b", "unhashable"),
        (b"x: .nan", "finite"),
        (b"x: .inf", "finite"),
        (b"<<: 1", "<< takes a mapping"),
        (b"[" * 100, "nested deeper"),
        (b"[" * 100_000, "nest"),  # the YAML library has a limit of its own from PyYAML 6.0.4 on
        (b"a: " + b"x" * MAX_SIZE, "larger than"),
        (b"a: [" + b"1," * 45_000 + b"]", "more than 20000"),
        (b"classes: [Apache]", "not the name of a Puppet class"),
        (b"classes: ['a b']", "not the name of a Puppet class"),
        (b"classes: [[a]]", "not of names"),
        (b"classes: text", "classes is not a mapping"),
        (b"classes: {a: 1}", "class a gets is not a mapping"),
        (b"classes: {" + b"a" * 900 + b": 1}", "gets is not a mapping"),
        (b"parameters: 1", "parameters is not a mapping"),
        (b"environment: ../etc", "not the name of an environment"),
        (b"environment: 1", "not the name of an environment"),
        (b"environment: " + b"a-" * 900, "not the name of an environment"),
        (b"classes: {" + b"A" * 900 + b": {}}", "not the name of a Puppet class"),
        (b"enrolment: 1", "enrolment is not a mapping"),
        (b"enrolment: {}", "secret_sha256"),
        (ENROLMENT.replace("a" * 64, "A" * 64).encode(), "secret_sha256"),
        (ENROLMENT.replace("a" * 64, "a" * 63).encode(), "secret_sha256"),
        (ENROLMENT.replace("07:00:00Z", "07:00:00").encode(), "time zone"),
        (ENROLMENT.replace("2026-11-24T07:00:00Z", "tomorrow").encode(), "ISO 8601"),
        (ENROLMENT.replace("2026-11-24T07:00:00Z", "1764000000").encode(), "ISO 8601"),
        (ENROLMENT.replace("2026-11-24T07:00:00Z", "0001-01-01T00:00:00+01:00").encode(), "ISO 8601"),
        (ENROLMENT.replace("2026-11-24T07:00:00Z", "9999-12-31T23:59:59-01:00").encode(), "ISO 8601"),
        (ENROLMENT.replace("2026-11-24T07:00:00Z", "x" * 900).encode(), "ISO 8601"),
        (ENROLMENT.replace(", dns_alt_names: []", "").encode(), "dns_alt_names is missing"),
        (ENROLMENT.replace("dns_alt_names: []", "dns_alt_names: puppet").encode(), "neither a list"),
        (ENROLMENT.replace("dns_alt_names: []", "dns_alt_names: ['*.x']").encode(), "DNS name"),
        (ENROLMENT.replace("dns_alt_names: []", "dns_alt_names: [UPPER]").encode(), "DNS name"),
        (ENROLMENT.replace("dns_alt_names: []", "dns_alt_names: [1]").encode(), "DNS name"),
        (ENROLMENT.replace("dns_alt_names: []", f"dns_alt_names: [{'x' * 900}]").encode(), "DNS name"),
    ],
)
def test_a_record_that_is_not_in_order_is_refused_in_words(body, words):
    with pytest.raises(RecordError) as caught:
        parse_record(body)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_number_in_sixties_is_refused_before_it_is_reckoned_out():
    # PyYAML takes 1:1:1 for a number of base 60; 80,000 digits of it held a process for ten seconds.
    started = time.process_time()
    with pytest.raises(RecordError):
        parse_record(b"a: " + b"1:" * 80_000 + b"1")
    assert time.process_time() - started < 2


def test_aliases_that_would_explode_are_refused_quickly():
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    bomb += "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 20))
    with pytest.raises(RecordError, match="expands to more than"):
        parse_record(bomb.encode())


def test_merges_that_would_explode_are_refused_quickly():
    bomb = "a0: &a0 {" + ",".join(f"k{i}: 1" for i in range(100)) + "}\n"
    bomb += "".join(f"a{i}: &a{i} {{<<: [{','.join([f'*a{i - 1}'] * 100)}]}}\n" for i in range(1, 8))
    with pytest.raises(RecordError, match="merges more than"):
        parse_record(bomb.encode())


def test_the_secret_itself_is_never_in_a_record():
    assert SECRET.encode() not in record()


@pytest.mark.parametrize(
    "text",
    [
        ":sym",
        "::hadoop::worker",
        "1,000",
        "1,0.5",
        "yEs",
        "TRUE",
        "nULL",
        "oN",
        "08",
        "1e3",
        "2026-11-24",
        ".5",
    ],
)
def test_what_is_text_in_a_record_is_text_to_puppets_ruby(text):
    document = {"classes": {"a": {"key": text, text: "value"}}}
    printed = enc_document(parse_record(json.dumps(document).encode()))
    ruby = shutil.which("ruby") or pytest.skip("no ruby here")
    script = 'puts JSON.dump(YAML.safe_load($stdin.read, permitted_classes: [Symbol])["classes"]["a"].to_a)'
    answer = subprocess.run(
        [ruby, "-rjson", "-ryaml", "-e", script], input=printed, capture_output=True, check=True, timeout=30
    )
    assert json.loads(answer.stdout) == [["key", text], [text, "value"]]


def test_a_class_from_the_top_keeps_its_name_in_the_answer():
    assert b"\n  '::hadoop::worker': {}\n" in enc_document(parse_record(b"classes: ['::hadoop::worker']"))


def test_a_long_text_that_many_aliases_repeat_is_refused():
    body = b"parameters:\n  a: &a " + b"x" * 100_000 + b"\n  b: [" + b"*a, " * 10_000 + b"]\n"
    with pytest.raises(RecordError, match="expands to more than"):
        parse_record(body)


def test_a_long_key_that_many_aliases_repeat_is_refused():
    body = b"parameters:\n  a: &a {? " + b"x" * 900 + b" : 1}\n  b: [" + b"*a, " * 2_000 + b"]\n"
    with pytest.raises(RecordError, match="expands to more than"):
        parse_record(body)


def test_a_number_too_long_to_print_is_refused():
    for digits in (b"0x" + b"f" * 10_000, b"0x" + b"f" * 16):
        with pytest.raises(RecordError, match="longer ones in quotes"):
            parse_record(b"parameters: {a: " + digits + b"}")
