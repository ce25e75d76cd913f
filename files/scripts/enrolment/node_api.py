"""The part of the CA's API that is for nodes: those without a certificate yet, and those that have one."""

import os
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from . import crl as crls
from .ca_api import TIME, Ca, json_response
from .certificates import common_name, not_after
from .enrol import Result
from .errors import AuthorityError
from .http import Call, HttpError, Response
from .request import MAX_SIZE

SWEEP = 120  # seconds; by then the next sweep has made room, if that is possible


def get_certificate(ca: Ca, call: Call) -> Response:
    """Return a certificate, or the CA's own (with those above it) under the name "ca"."""
    authority = ca.authority
    path = authority.certificate_path if call.name == "ca" else authority.signed_path(call.name)
    found = _file(path)
    if found is None:
        raise HttpError(404, f"Could not find certificate {call.name}")
    return _conditional(call, *found)


def put_request(ca: Ca, call: Call) -> Response:
    """Take a certificate request and decide on it at once.

    Who sends too many that come to nothing is told to wait. Agents of Puppet 8 sleep as long as Retry-After
    says, and ask again, up to 100 times. Those of 7 sleep too, but then take the answer for a failure, and
    start over after their waitforcert; it ends only one that runs with --onetime.
    """
    if call.name == "ca":
        raise HttpError(400, "Subject hostname format is invalid")
    source = call.source
    wait = ca.rates.wait(source)
    if wait:
        raise HttpError(429, "Too many requests from this address.", retry_after=wait)
    came_to_something = False
    try:
        outcome = ca.enroller.submit(call.name, call.body(MAX_SIZE), source=source)
        came_to_something = outcome.result in (Result.SIGNED, Result.DUPLICATE)
    finally:
        if not came_to_something:
            ca.rates.take(source)
    if outcome.result is Result.CROWDED:
        raise HttpError(429, outcome.reason, retry_after=SWEEP)
    if outcome.result is Result.REFUSED:
        raise HttpError(400, outcome.reason)
    return Response(200)


def get_crl(ca: Ca, call: Call) -> Response:
    """Return the revocation lists, or 304 if the caller has them."""
    found = _file(ca.authority.crl_path)
    if found is None:
        raise HttpError(404, "Could not find certificate_revocation_list ca")
    return _conditional(call, *found)


def post_renewal(ca: Ca, call: Call) -> Response:
    """Return a new certificate for whoever asks, with the key, names and extensions of the one shown."""
    if not ca.authority.config.allow_auto_renewal:
        raise HttpError(404, "Not Found")
    shown = call.identity.certificate
    if shown is None:
        raise HttpError(400, "No valid certificate found in renewal request")
    with ca.authority.transaction() as transaction:
        renewed = transaction.renew(shown, lifetime=ca.authority.config.auto_renewal_cert_ttl)
    ca.log.info(f"Renewed: {call.identity}, until {not_after(renewed):{TIME}}")
    return Response(200, renewed.public_bytes(Encoding.PEM))


def get_expirations(ca: Ca, call: Call) -> Response:
    """Say until when the CA's certificates and revocation lists hold."""
    del call
    ends = {crls.issuer_name(entry): crls.next_update(entry) for entry in ca.authority.lists().all}
    return json_response(
        {
            "ca-certs": {
                common_name(certificate): f"{not_after(certificate):{TIME}}"
                for certificate in ca.authority.chain()
            },
            "crls": {name: f"{end:{TIME}}" for name, end in ends.items() if end is not None},
        }
    )


def _file(path: Path) -> tuple[bytes, datetime] | None:
    try:
        with path.open("rb") as file:
            modified = os.fstat(file.fileno()).st_mtime
            return file.read(), datetime.fromtimestamp(int(modified), tz=UTC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AuthorityError(f"{path}: {error.strerror}") from error


def _conditional(call: Call, body: bytes, modified: datetime) -> Response:
    if call.unchanged_since(modified):
        return Response(304, last_modified=modified)
    return Response(200, body, last_modified=modified)
