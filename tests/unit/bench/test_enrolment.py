"""Simulated nodes ask the CA as real ones do."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AttributeOID

from bench.agents.enrolment import request_for
from conductor.record import certnames


def test_the_request_carries_the_batchs_secret_and_asks_for_nothing_else() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    request = x509.load_pem_x509_csr(request_for(key, "3f0c-1", "the secret"))
    assert request.is_signature_valid
    assert request.subject.rfc4514_string() == "CN=3f0c-1"
    assert request.attributes.get_attribute_for_oid(AttributeOID.CHALLENGE_PASSWORD).value == b"the secret"
    assert list(request.extensions) == []


def test_nodes_are_named_as_the_conductor_names_those_of_a_launch() -> None:
    assert certnames("b", 1) == ["b"]
    assert certnames("b", 3) == ["b-0", "b-1", "b-2"]
