"""What holds for every request, record and name, tried with some hundred by chance."""

import dataclasses
import datetime
import json
import re

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from enrolment.decision import Policy, Verdict, decide, fault_of
from enrolment.errors import RequestError
from enrolment.names import is_certname
from enrolment.record import enc_document, parse_record
from enrolment.request import parse_request
from enrolment.rights import is_role, rights, role_of_classes
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz import targets
from tests.hostile import der
from tests.hostile.judging import NOW
from tests.hostile.making import NAME, asking, extension, pem, request
from tests.unit.enrolment import strategies
from tests.unit.enrolment.strategies import GOOD, LIVE, repeatable

pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning")
policies = st.builds(Policy, st.booleans(), st.booleans())


def decided(asked, known, policy=None, now=NOW):
    return decide(asked, known, now, name=asked.name or NAME, policy=policy or Policy())


# The decision


@repeatable
@given(strategies.requests(), strategies.records)
def test_nothing_is_signed_that_breaks_a_rule(asked, known):
    targets.judged(asked, known)


@repeatable
@given(strategies.requests(), strategies.records, policies)
def test_what_the_operator_allows_less_is_never_signed_more(asked, known, policy):
    strict = dataclasses.replace(policy, autosign=False)
    assert decided(asked, known, strict).verdict is not Verdict.SIGN
    careful = dataclasses.replace(policy, allow_unenrolled=False)
    if decided(asked, known, careful).verdict is Verdict.SIGN:
        assert decided(asked, known, policy).verdict is Verdict.SIGN


@repeatable
@given(strategies.requests(), strategies.records, strategies.records, policies)
def test_a_fault_of_the_request_is_rejected_in_the_same_words_whatever_the_record_says(
    asked, known, other, policy
):
    fault = fault_of(asked, asked.name or NAME)
    verdicts = {decided(asked, entry, policy) for entry in (known, other, None)}
    if fault is None:
        assert decided(asked, None, policy).verdict is Verdict.WAIT
    else:
        assert {(entry.verdict, entry.reason) for entry in verdicts} == {(Verdict.REJECT, fault)}


@repeatable
@given(strategies.requests(), strategies.records, strategies.moments, strategies.moments)
def test_time_alone_turns_a_signature_into_waiting_and_never_the_other_way(asked, known, one, another):
    earlier, later = sorted((one, another))
    first, second = decided(asked, known, now=earlier), decided(asked, known, now=later)
    if first.verdict is Verdict.SIGN:
        assert second.verdict in (Verdict.SIGN, Verdict.WAIT)
    else:
        assert second.verdict is first.verdict


@repeatable
@given(strategies.requests(), strategies.records, policies)
def test_a_role_is_granted_with_a_signature_only_and_is_that_of_the_records_classes(asked, known, policy):
    decision = decided(asked, known, policy)
    if decision.role:
        assert decision.verdict is Verdict.SIGN
        assert known.enrolment is not None
        assert decision.role == role_of_classes(known.classes)
        assert is_role(decision.role)
        assert rights(role=decision.role)


@repeatable
@given(strategies.odd_names)
@example(NAME)
def test_a_request_under_another_name_than_its_own_is_rejected(name):
    verdict = decide(GOOD, LIVE, NOW, name=name, policy=Policy()).verdict
    assert verdict is (Verdict.SIGN if name == NAME else Verdict.REJECT)


@repeatable
@given(strategies.requests())
def test_the_reason_never_holds_a_secret(asked):
    reason = decided(asked, LIVE).reason
    for challenge in asked.challenges:
        assert not challenge or challenge.decode() not in reason
    assert LIVE.enrolment.secret_sha256 not in reason


# Names


def is_certname_by_hand(name):
    """The rule of validate-subject! in puppetserver, in other words than the expression's."""
    if not name or len(name) > 64 or name == "ca":
        return False
    segments = name.split(".")
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789_-")
    return not segments[0].startswith("-") and all(
        segment and set(segment) <= allowed and not segment.endswith("-") for segment in segments
    )


@repeatable
@given(strategies.odd_names)
def test_a_certname_is_what_the_rule_says_in_other_words(name):
    assert is_certname(name) == is_certname_by_hand(name)


@repeatable
@given(st.text(alphabet="a-.A_0", max_size=8))
def test_a_short_certname_is_what_the_rule_says_in_other_words(name):
    assert is_certname(name) == is_certname_by_hand(name)


# Requests


@repeatable
@given(st.binary(max_size=400))
def test_no_bytes_in_a_frame_are_more_than_a_refusal_or_a_request(data):
    targets.request(data)
    targets.pem(data)


@repeatable
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=6), st.booleans())
def test_a_request_that_was_changed_anywhere_is_never_signed(position, bytes_, inserts):
    body = x509.load_pem_x509_csr(GOOD.pem).public_bytes(Encoding.DER)
    position %= len(body)
    changed = body[:position] + bytes_ + body[position + (0 if inserts else len(bytes_)) :]
    try:
        found = parse_request(pem(changed))
    except RequestError:
        return
    if found.fingerprint != GOOD.fingerprint:
        assert decided(found, LIVE).verdict is not Verdict.SIGN
    targets.pem(pem(changed))


@repeatable
@given(st.lists(st.tuples(strategies.oids, st.booleans(), strategies.values), max_size=4))
def test_extensions_are_read_as_they_were_written_or_the_request_is_refused(wanted):
    body = pem(request(asking(*(extension(oid, value, critical=flag) for oid, flag, value in wanted))))
    try:
        found = parse_request(body)
    except RequestError:
        return
    own = [entry for entry in found.extensions if entry.oid.startswith("1.3.6.1.4.1.34380.")]
    assert [(entry.oid, entry.critical, entry.der) for entry in own] == [
        entry for entry in wanted if entry[0].startswith("1.3.6.1.4.1.34380.")
    ]
    assert decided(found, LIVE).verdict is not Verdict.WAIT


@repeatable
@given(st.text(max_size=30))
def test_a_name_is_read_as_it_was_written_or_the_request_is_refused(name):
    body = der.sequence(der.set_of(der.sequence(der.oid("2.5.4.3"), der.text(name))))
    try:
        found = parse_request(pem(request(names=body)))
    except RequestError:
        return
    assert found.common_names == (name,)


# Records

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63) + 1, 2**63 - 1), st.text(max_size=20),
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
plain = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=20,
)
class_names = st.from_regex(r"(::)?[a-z][a-z0-9_]{0,5}(::[a-z][a-z0-9_]{0,5}){0,2}", fullmatch=True)


def as_yaml(document):
    """JSON is YAML but for characters beyond the basic plane, which it writes as two."""
    pairs = re.compile(r"\\u(d[89ab]..)\\u(d[c-f]..)")

    def joined(match):
        return f"\\U{ord(bytes.fromhex(match[1] + match[2]).decode('utf-16-be')):08x}"

    return pairs.sub(joined, json.dumps(document)).encode()


@repeatable
@given(
    st.dictionaries(class_names, st.dictionaries(st.text(max_size=10), plain, max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=10), plain, max_size=3),
)
def test_what_json_holds_reaches_puppet_unchanged(classes, parameters):
    classes.pop("login-allowed", None)
    document = {"classes": classes, "parameters": parameters}
    body = as_yaml(document)
    found = parse_record(body)
    assert (found.classes, found.parameters) == (classes, parameters)
    assert yaml.safe_load(enc_document(found)) == document
    targets.record(body)


@repeatable
@given(st.one_of(st.binary(max_size=100), st.text(max_size=100).map(str.encode)))
def test_no_bytes_are_more_than_a_refusal_or_a_record(data):
    targets.record(data)


words = st.sampled_from(
    ["classes: ", "parameters: ", "enrolment: ", "environment: ", *"{}[]~'\"1x=\n", ", ", ": ", "- ", "? ",
     "  ", "&a ", "*a", "<<: ", "!!str ", "!!int ", "!!bool ", "!!null ", "!!map ", "1:1", "0x", ".5"]
)  # fmt: skip


@repeatable
@given(st.lists(words, max_size=12))
def test_no_yaml_is_more_than_a_refusal_or_a_record(parts):
    targets.record("".join(parts).encode())


@repeatable
@given(st.datetimes(), st.timezones())
def test_an_expiry_is_the_moment_that_was_written(moment, zone):
    digest = "a" * 64
    written = moment.replace(tzinfo=zone).isoformat()
    body = f"enrolment: {{secret_sha256: {digest}, expires: '{written}', dns_alt_names: []}}".encode()
    if not datetime.datetime(2, 1, 1) < moment < datetime.datetime(9998, 1, 1):
        targets.record(body)
        return
    assert parse_record(body).enrolment.expires == datetime.datetime.fromisoformat(written)


# Paths


@repeatable
@given(st.one_of(st.text(max_size=40), st.binary(max_size=40).map(lambda data: "/" + data.decode("latin-1"))))
def test_a_path_is_decoded_once_or_refused(path):
    targets.path(path.encode("latin-1", "replace"))
