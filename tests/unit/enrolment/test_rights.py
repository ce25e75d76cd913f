"""What a certificate allows beyond being a node."""

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from enrolment.rights import (
    authorization_extensions,
    has_cli_auth,
    is_role,
    rights,
    role_of,
    role_of_classes,
    satisfies,
)

from tests.unit.enrolment.support import NOW, PUPPET, ec_key, text_extension

ROLE, ADMIN = "1.3.6.1.4.1.34380.1.3.13", "1.3.6.1.4.1.34380.1.3.39"


def certificate(*extensions):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "node-1")])
    builder = x509.CertificateBuilder(name, name, ec_key().public_key(), 1)
    builder = builder.not_valid_before(NOW).not_valid_after(NOW + datetime.timedelta(days=1))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(ec_key(), hashes.SHA256())


def raw(oid, der):
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), der)


def as_granted(**wanted):
    return certificate(*(raw(entry.oid, entry.der) for entry in rights(**wanted)))


def test_nothing_is_granted_unasked():
    assert rights() == ()


def test_the_extensions_are_those_of_puppet_as_short_texts_that_are_not_critical():
    granted = rights(cli_auth=True, role="puppet-master")
    assert [(entry.oid, entry.critical, entry.der) for entry in granted] == [
        (ROLE, False, b"\x0c\x0dpuppet-master"),
        (ADMIN, False, b"\x0c\x04true"),
    ]


def test_what_was_granted_is_read_from_the_certificate():
    assert role_of(as_granted(role="puppet-ca")) == "puppet-ca"
    assert not has_cli_auth(as_granted(role="puppet-ca"))
    assert has_cli_auth(as_granted(cli_auth=True))
    assert role_of(as_granted(cli_auth=True)) == ""
    assert role_of(certificate()) == ""
    assert not has_cli_auth(certificate())


@pytest.mark.parametrize(
    "der", [b"\x0c\x05false", b"\x0c\x04TRUE", b"\x13\x04true", b"\x0c\x05true ", b"true", b""]
)
def test_nothing_but_the_text_true_makes_an_administrator(der):
    assert not has_cli_auth(certificate(raw(ADMIN, der)))


def test_all_rights_are_shown_by_name_and_unknown_ones_by_number_and_nothing_else():
    shown = authorization_extensions(
        certificate(
            raw(ROLE, b"\x0c\x02ab"),
            raw(ADMIN, b"\x0c\x04true"),
            raw(PUPPET + "3.1", b"\x0c\x01\xff"),
            text_extension(PUPPET + "1.1", "uuid"),
            x509.BasicConstraints(ca=False, path_length=None),
        )
    )
    assert shown == {"pp_auth_role": "ab", "pp_cli_auth": "true", PUPPET + "3.1": "\ufffd"}


@pytest.mark.parametrize(
    ("carried", "wanted", "allowed"),
    [
        ("", "", True),
        ("puppet-ca", "", True),
        ("puppet-ca", "puppet-ca", True),
        ("puppet-master", "puppet-ca", True),
        ("puppet-master", "puppet-master", True),
        ("puppet-ca", "puppet-master", False),
        ("other", "puppet-ca", False),
        ("", "puppet-ca", False),
        ("", "puppet-master", False),
    ],
)
def test_a_master_may_what_a_host_of_the_ca_may_and_not_the_other_way(carried, wanted, allowed):
    shown = as_granted(role=carried)
    assert satisfies(shown, wanted) is allowed


@pytest.mark.parametrize(
    ("classes", "role"),
    [
        ([], ""),
        (["puppet::master"], "puppet-master"),
        (["::puppet::master"], "puppet-master"),
        (["puppet::ca"], "puppet-ca"),
        (["::puppet::ca", "hadoop::worker"], "puppet-ca"),
        (["puppet::ca", "puppet::master"], "puppet-master"),
        (["puppet::board"], "puppet-board"),
        (["puppet::board", "puppet::ca"], "puppet-ca"),
        (["puppet::master::"], ""),
        (["puppet::masters", "xpuppet::ca", "puppet::ca::x"], ""),
    ],
)
def test_the_role_is_the_one_that_may_most_of_the_classes(classes, role):
    assert role_of_classes(classes) == role


@pytest.mark.parametrize("text", ["a", "0", "puppet-master", "a_b", "a" * 64])
def test_a_role_is_a_short_word(text):
    assert is_role(text)


@pytest.mark.parametrize("text", ["", "-a", "a-", "_a", "a_", "A", "a b", "a.b", "a\n", "\u0661", "a" * 65])
def test_what_is_no_short_word_is_no_role(text):
    assert not is_role(text)
