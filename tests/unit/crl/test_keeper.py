from collections.abc import Callable
from datetime import timedelta

import pytest
from crl.errors import ConfigError, RefusedError, UnreachableError
from crl.fetch import Answer
from crl.folder import Folder
from crl.keeper import Config, Keeper
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from enrolment.files import locked

from .conftest import NOW, Authority, Ca

MakeKeeper = Callable[..., Keeper]
LATER = NOW + timedelta(minutes=10)


def in_folder(config: Config) -> bytes:
    return Folder(config.folder).newest()


def sent_by(ca: Ca) -> bytes:
    assert ca.answer is not None
    assert ca.answer.body is not None
    return ca.answer.body


def test_the_first_list_is_put_in_force(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    ca.answer = Answer(authority.crl(1), "Tue, 24 Nov 2026 05:00:00 GMT")
    keeper().fetch()
    assert config.crl.read_bytes() == in_folder(config) == sent_by(ca)
    assert keeper().in_force()


def test_a_newer_list_replaces_the_one_in_force(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    ca.answer = Answer(authority.crl(1), None)
    keeper().fetch()
    ca.answer = Answer(authority.crl(2, issued=NOW, revoked=(7,)), None)
    keeper(LATER).fetch()
    assert config.crl.read_bytes() == in_folder(config) == sent_by(ca)


def test_the_next_request_is_conditional(keeper: MakeKeeper, ca: Ca, authority: Authority) -> None:
    ca.answer = Answer(authority.crl(1), "Tue, 24 Nov 2026 05:00:00 GMT")
    keeper().fetch()
    ca.answer = Answer(None, "Tue, 24 Nov 2026 05:00:00 GMT")
    keeper(LATER).fetch()
    keeper(LATER).fetch()
    assert ca.asked == [None, "Tue, 24 Nov 2026 05:00:00 GMT", "Tue, 24 Nov 2026 05:00:00 GMT"]


def test_the_request_is_not_conditional_on_a_list_that_somebody_has_replaced(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    ca.answer = Answer(authority.crl(1), "Tue, 24 Nov 2026 05:00:00 GMT")
    keeper().fetch()
    config.crl.write_bytes(authority.crl(2, issued=NOW))
    ca.answer = Answer(authority.crl(3, issued=NOW + timedelta(seconds=1)), None)
    keeper(LATER).fetch()
    assert ca.asked == [None, None]


@pytest.mark.parametrize(
    ("number", "age"),
    [(4, 0), (5, 61), (6, 61), (5, 60), (None, 0)],
    ids=["number", "time", "newer number of an older time", "another of the same", "no number"],
)
def test_an_older_list_is_refused_and_the_one_in_force_kept(
    keeper: MakeKeeper, ca: Ca, authority: Authority, number: int | None, age: int
) -> None:
    current = authority.crl(5, issued=NOW - timedelta(seconds=60), revoked=(7,))
    ca.answer = Answer(current, None)
    keeper().fetch()
    ca.answer = Answer(authority.crl(number, issued=NOW - timedelta(seconds=age)), None)
    with pytest.raises(RefusedError, match="is not newer"):
        keeper(LATER).fetch()
    assert keeper().config.crl.read_bytes() == in_folder(keeper().config) == current


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>an error page</html>",
        b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
        b"-----BEGIN X509 CRL-----\nnot base64!\n-----END X509 CRL-----\n",
        Authority(name="Another").crl(9, issued=NOW),
        Authority().crl(9, issued=NOW),  # of the same name, by another key
    ],
    ids=["empty", "no CRL", "cut", "no base64", "another CA", "forged"],
)
def test_what_is_not_the_list_of_the_ca_is_refused_and_the_one_in_force_kept(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority, body: bytes
) -> None:
    current = authority.crl(5)
    ca.answer = Answer(current, None)
    keeper().fetch()
    ca.answer = Answer(body, None)
    with pytest.raises(RefusedError, match="keeping CRL 5 of 2026-11-24T05:55:00Z"):
        keeper(LATER).fetch()
    assert config.crl.read_bytes() == in_folder(config) == current


def test_a_list_that_was_changed_in_one_byte_is_refused(
    keeper: MakeKeeper, ca: Ca, authority: Authority, config: Config
) -> None:
    der = bytearray(x509.load_pem_x509_crl(authority.crl(5, revoked=(0x1234567,))).public_bytes(Encoding.DER))
    der[der.index(b"\x01\x23\x45\x67")] = 2
    forged = x509.load_der_x509_crl(bytes(der)).public_bytes(Encoding.PEM)
    ca.answer = Answer(forged, None)
    with pytest.raises(RefusedError, match="signature"):
        keeper().fetch()
    assert not config.crl.exists()


def test_a_list_from_the_future_is_refused_since_openssl_would_refuse_everybody(
    keeper: MakeKeeper, ca: Ca, authority: Authority
) -> None:
    ca.answer = Answer(authority.crl(1, issued=NOW + timedelta(seconds=1)), None)
    with pytest.raises(RefusedError, match="from the future"):
        keeper().fetch()
    keeper(NOW + timedelta(seconds=1)).fetch()


def test_a_list_that_has_expired_is_refused(keeper: MakeKeeper, ca: Ca, authority: Authority) -> None:
    ca.answer = Answer(authority.crl(1, ends=NOW), None)
    with pytest.raises(RefusedError, match="has expired"):
        keeper().fetch()


def test_a_ca_that_cannot_be_reached_leaves_the_list_in_force_and_its_age_is_told(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    current = authority.crl(5)
    ca.answer = Answer(current, None)
    keeper().fetch()
    ca.answer = None
    with pytest.raises(UnreachableError, match=r"keeping CRL 5 of .*, confirmed 600 s ago"):
        keeper(LATER).fetch()
    assert config.crl.read_bytes() == in_folder(config) == current


def test_apache_can_start_while_the_ca_is_being_asked(
    keeper: MakeKeeper, config: Config, authority: Authority
) -> None:
    def ask(*_: object, **__: object) -> Answer:
        with locked(config.lock, timeout=0):  # what `puppet_crl compact` waits for, before Apache starts
            return Answer(authority.crl(5), None)

    asking = keeper()
    asking.get = ask
    asking.fetch()
    assert asking.in_force()


def test_a_list_that_came_in_while_the_ca_was_being_asked_is_not_taken_back(
    keeper: MakeKeeper, config: Config, authority: Authority
) -> None:
    def ask(*_: object, **__: object) -> Answer:
        config.crl.write_bytes(authority.crl(6, issued=NOW))
        return Answer(authority.crl(5), None)

    asking = keeper(LATER)
    asking.get = ask
    with pytest.raises(RefusedError, match="not newer"):
        asking.fetch()
    assert config.crl.read_bytes() == in_folder(config) == authority_pem(keeper)


def test_an_expired_list_stays_in_force_while_there_is_no_other(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    current = authority.crl(5, ends=NOW + timedelta(minutes=1))
    ca.answer = Answer(current, None)
    keeper().fetch()
    ca.answer = None
    with pytest.raises(UnreachableError):
        keeper(LATER).fetch()
    assert config.crl.read_bytes() == current


def test_a_list_that_the_agent_has_fetched_is_put_in_force_too(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    ca.answer = Answer(authority.crl(1), None)
    keeper().fetch()
    config.crl.write_bytes(authority.crl(2, issued=NOW))
    ca.answer = None
    with pytest.raises(UnreachableError):
        keeper(LATER).fetch()
    assert in_folder(config) == config.crl.read_bytes() == authority_pem(keeper)


def authority_pem(keeper: MakeKeeper) -> bytes:
    (crl,) = keeper().known().values()
    return crl.pem


def test_a_file_that_went_back_in_time_is_brought_forward_from_the_folder(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    old, new = authority.crl(1), authority.crl(2, issued=NOW, revoked=(7,))
    for body in (old, new):
        ca.answer = Answer(body, None)
        keeper(LATER).fetch()
    config.crl.write_bytes(old)
    keeper(LATER).restore()
    assert config.crl.read_bytes() == in_folder(config) == new


def test_a_host_has_a_list_in_force_also_while_its_agent_has_fetched_a_newer_one(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    ca.answer = Answer(authority.crl(1), None)
    keeper().fetch()
    config.crl.write_bytes(authority.crl(2, issued=NOW))
    assert keeper().in_force()


def test_a_damaged_file_is_replaced_by_the_list_in_the_folder(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    current = authority.crl(5)
    ca.answer = Answer(current, None)
    keeper().fetch()
    config.crl.write_bytes(b"damaged")
    assert not keeper().in_force()
    keeper().restore()
    assert config.crl.read_bytes() == current


def test_a_host_that_has_a_list_but_no_folder_yet_puts_it_in_force(
    keeper: MakeKeeper, config: Config, authority: Authority
) -> None:
    config.crl.write_bytes(authority.crl(5))
    assert not keeper().in_force()
    keeper().restore()
    assert in_folder(config) == config.crl.read_bytes()
    assert keeper().in_force()


def test_a_list_from_a_file_is_held_to_the_same_rules(
    keeper: MakeKeeper, config: Config, authority: Authority
) -> None:
    file = config.crl.with_name("new.pem")
    file.write_bytes(authority.crl(5))
    keeper().take(file)
    file.write_bytes(authority.crl(4))
    with pytest.raises(RefusedError):
        keeper().take(file)
    with pytest.raises(ConfigError, match="nosuch"):
        keeper().take(config.crl.with_name("nosuch"))


def test_a_change_within_one_second_counts_in_the_file_and_is_warned_of(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, revoked in ((1, ()), (2, (7,))):
        ca.answer = Answer(authority.crl(number, revoked=revoked), None)
        keeper().fetch()
    assert config.crl.read_bytes() == sent_by(ca)
    assert "of the same second" in capsys.readouterr().err


def test_lists_of_a_chain_are_all_kept(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    root = Authority(name="Puppet Root CA: test")
    config.ca_cert.write_bytes(authority.certificate() + root.certificate())
    ca.answer = Answer(authority.crl(1) + root.crl(1), None)
    keeper().fetch()
    assert keeper().in_force()
    assert config.crl.read_bytes() == sent_by(ca)
    assert len(list(config.folder.glob("*.r0"))) == 2


def test_a_host_lacks_a_list_while_one_authority_of_its_chain_has_none(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    root = Authority(name="Puppet Root CA: test")
    config.ca_cert.write_bytes(authority.certificate() + root.certificate())
    ca.answer = Answer(authority.crl(1), None)
    keeper().fetch()
    assert not keeper().in_force()
    assert [crl is None for crl in keeper().lists().values()] == [False, True]


@pytest.mark.parametrize("number", [1, None], ids=["older", "forged"])
def test_a_list_of_the_root_that_is_refused_does_not_hold_up_the_revocations_of_the_nodes_ca(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority, number: int | None
) -> None:
    root = Authority(name="Puppet Root CA: test")
    config.ca_cert.write_bytes(authority.certificate() + root.certificate())
    first = root.crl(2)
    ca.answer = Answer(authority.crl(1) + first, None)
    keeper().fetch()
    bad = root.crl(number) if number else Authority(name=root.name).crl(3)
    newer = authority.crl(2, issued=NOW, revoked=(7,))
    ca.answer = Answer(newer + bad, None)
    with pytest.raises(RefusedError, match=r"keeping CRL 2 of .* CRL 2 of .* by CN=Puppet Root"):
        keeper(LATER).fetch()
    assert config.crl.read_bytes() == newer + first


def test_a_list_signed_by_another_key_of_the_same_authority_counts(
    keeper: MakeKeeper, config: Config, ca: Ca, authority: Authority
) -> None:
    config.ca_cert.write_bytes(Authority().certificate() + authority.certificate())
    ca.answer = Answer(authority.crl(1), None)
    keeper().fetch()
    assert keeper().in_force()
    assert len(keeper().lists()) == 1


def test_a_list_whose_time_is_over_is_told(keeper: MakeKeeper, ca: Ca, authority: Authority) -> None:
    ca.answer = Answer(authority.crl(1, ends=NOW + timedelta(minutes=1)), None)
    keeper().fetch()
    assert keeper().ended(keeper().known()) == []
    assert len(keeper(LATER).ended(keeper().known())) == 1


def test_two_lists_of_one_issuer_are_refused(keeper: MakeKeeper, ca: Ca, authority: Authority) -> None:
    ca.answer = Answer(authority.crl(1) + authority.crl(2, issued=NOW), None)
    with pytest.raises(RefusedError, match="two lists"):
        keeper(LATER).fetch()
