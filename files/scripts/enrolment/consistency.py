"""What is wrong with a CA's files, in words: for `puppet_ca status`, and after an import."""

from collections.abc import Iterator

from . import crl as crls
from .authority import Authority
from .certificates import not_after
from .chain import ordered


def check_consistency(authority: Authority) -> list[str]:
    """Return what is wrong with the CA's files, in words; an empty list if nothing is."""
    return [*_chain_faults(authority), *_list_faults(authority), *_inventory_faults(authority)]


def _chain_faults(authority: Authority) -> Iterator[str]:
    chain = authority.chain()
    try:
        if ordered(chain, authority.issuer_key()) != chain:
            yield "the CA's own certificate does not come first in ca_crt.pem, or the root not last"
    except ValueError as error:
        yield str(error)
    if not_after(authority.issuer()) <= authority.clock():
        yield "the CA's certificate has ended"


def _list_faults(authority: Authority) -> Iterator[str]:
    lists, chain, now = authority.lists(), authority.chain(), authority.clock()
    if not crls.is_signed_by(lists.own, chain[0]):
        yield "the revocation list is not signed by the CA"
    end = crls.next_update(lists.own)
    if end is not None and end <= now:
        yield "the revocation list has ended; `puppet_ca renew-crl` issues a new one"
    yield from crls.faults_above(lists, chain, now)


def _inventory_faults(authority: Authority) -> Iterator[str]:
    known = authority.inventory.serials()
    for name in authority.signed_names():
        certificate = authority.certificate(name)
        if certificate is not None and certificate.serial_number not in known:
            yield f"the inventory does not know the certificate of {name}"
