"""The part of the CA's API that is for administrators: whose certificate holds pp_cli_auth."""

import json
from typing import Any

from . import crl as crls
from .ca_api import Ca, json_response
from .certificate_status import all_statuses, issued, revoke_issued, sign_waiting, status
from .errors import AuthorityError
from .http import MAX_BODY, Call, HttpError, Response
from .identity import Identity
from .names import is_certname


def get_request(ca: Ca, call: Call) -> Response:
    """Return a waiting request."""
    pem = None if call.name == "ca" else ca.authority.request_pem(call.name)
    if pem is None:
        raise HttpError(404, f"Could not find certificate_request {call.name}")
    return Response(200, pem)


def get_status(ca: Ca, call: Call) -> Response:
    """Return the state of a name."""
    found = status(ca.authority, call.name) if is_certname(call.name) else None
    if found is None:
        raise HttpError(404, "Resource not found.")
    return json_response(found)


def get_statuses(ca: Ca, call: Call) -> Response:
    """Return the states of all names, or of those in one state."""
    state = call.query.get("state", [""])[0]
    picked = state if state in ("requested", "signed", "revoked") else None
    return json_response(all_statuses(ca.authority, picked))


def put_status(ca: Ca, call: Call) -> Response:
    """Sign a waiting request or revoke a certificate."""
    content_type = str(call.headers.get("CONTENT_TYPE") or "").partition(";")[0].strip()
    if content_type not in ("", "application/json", "text/pson", "pson"):
        raise HttpError(415, "Unsupported media type.")
    desired, lifetime = _command(call)
    if not _is_known(ca, call.name):
        raise HttpError(404, "Invalid certificate subject.")
    with ca.authority.transaction() as transaction:
        if desired == "signed":
            sign_waiting(ca.authority, transaction, call.name, lifetime=lifetime)
            ca.log.info(f"Signing request: {call.name} (by {call.identity})")
        else:
            revoke_issued(ca.authority, transaction, call.name)
            ca.log.info(f"Revoked: {call.name} (by {call.identity})")
    return Response(204)


def _command(call: Call) -> tuple[str, int | None]:
    document = call.json()
    desired = document.get("desired_state")
    lifetime = document.get("cert_ttl")
    if desired is None:
        raise HttpError(400, 'Missing required parameter "desired_state"')
    if desired not in ("signed", "revoked"):
        raise HttpError(
            400,
            f"State {desired} invalid; Must specify desired state of 'signed' or 'revoked' "
            f"for host {call.name}.",
        )
    if lifetime is not None and (
        not isinstance(lifetime, int) or isinstance(lifetime, bool) or lifetime <= 0
    ):
        raise HttpError(400, f'cert_ttl specified for host {call.name} must be an integer, not "{lifetime}"')
    return desired, lifetime


def delete_status(ca: Ca, call: Call) -> Response:
    """Remove a certificate and a waiting request; this does not revoke."""
    if not _is_known(ca, call.name):
        raise HttpError(404, "Resource not found.")
    with ca.authority.transaction() as transaction:
        transaction.remove(call.name)
        ca.log.info(f"Deleted, not revoked: {call.name} (by {call.identity})")
    return Response(204)


def put_clean(ca: Ca, call: Call) -> Response:
    """Revoke and remove the certificates of a list of names."""
    document = call.json()
    if document.get("async") is True:
        raise HttpError(400, "Async mode is not currently supported.")
    if "certnames" not in document:
        raise HttpError(
            400, "Missing required key: 'certnames'. Please supply the list of certs you want to clean."
        )
    names = list(dict.fromkeys(_certnames(document["certnames"])))
    present = [name for name in names if is_certname(name) and issued(ca.authority, name)]
    missing = sorted(set(names).difference(present))
    if present:
        with ca.authority.transaction() as transaction:
            transaction.clean(present)
            ca.log.info(f"Cleaned: {', '.join(present)} (by {call.identity})")
    if missing:
        text = f"The following certs do not exist and cannot be revoked: {json.dumps(missing)}"
        return Response(200, text.encode())
    return Response(200, b"Successfully cleaned all certs.")


def put_crl(ca: Ca, call: Call) -> Response:
    """Take newer revocation lists of the authorities above the CA; its own is never taken from outside."""
    try:
        incoming = crls.load_each(call.body(MAX_BODY))
        if not incoming:
            raise HttpError(400, "No valid CRLs submitted.")
        with ca.authority.transaction() as transaction:
            replaced = transaction.replace_lists_above(incoming)
    except ValueError as error:
        ca.log.error(f"Revocation lists refused (by {call.identity}): {error}")
        raise HttpError(400, str(error)) from error
    ca.log.info(f"Took revocation lists of: {', '.join(replaced) or 'nobody'} (by {call.identity})")
    return Response(200, b"Successfully updated CRLs.")


def post_sign(ca: Ca, call: Call) -> Response:
    """Sign the waiting requests of a list of names."""
    return _sign_each(ca, _certnames(call.json().get("certnames")), call.identity)


def post_sign_all(ca: Ca, call: Call) -> Response:
    """Sign all waiting requests."""
    return _sign_each(ca, ca.authority.waiting_names(), call.identity)


def _sign_each(ca: Ca, names: list[str], identity: Identity) -> Response:
    result: dict[str, list[str]] = {"signed": [], "no-csr": [], "signing-errors": []}
    for name in names:
        if not is_certname(name) or ca.authority.request_pem(name) is None:
            result["no-csr"].append(name)
            continue
        try:
            with ca.authority.transaction() as transaction:
                sign_waiting(ca.authority, transaction, name)
            ca.log.info(f"Signing request: {name} (by {identity})")
            result["signed"].append(name)
        except AuthorityError as error:
            ca.log.error(f"Failed in bulk signing for entry {name}: {error}")
            result["signing-errors"].append(name)
    return json_response(result)


def _is_known(ca: Ca, name: str) -> bool:
    if not is_certname(name):  # "ca", which only has a certificate to fetch
        return False
    return issued(ca.authority, name) or ca.authority.request_pem(name) is not None


def _certnames(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        fault = {"kind": "schema-violation", "submitted": value, "error": "certnames is not a list of names"}
        error = HttpError(422, "")
        error.response = json_response(fault, 422)
        raise error
    return value
