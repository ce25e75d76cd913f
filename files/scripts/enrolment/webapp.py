"""The CA's web application: Puppet's CA API (/puppet-ca/v1) as WSGI, for Apache and Passenger.

Who asks is what Apache verified in TLS (``SSLVerifyClient optional``, ``SSLOptions +StdEnvVars
+ExportCertData``), never a header of the request; see :mod:`enrolment.identity`. Who may ask what is one
table, RULES, after puppetserver's auth.conf; what is in none of its lines is forbidden. One line is stricter
than there: a waiting request is shown to administrators only, since it holds the secret of its launch (agents
have not asked for it since Puppet 6). Log lines go to syslog as ``puppet_ca``.
"""

import json
import os
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from . import crl as crls
from .authority import Authority
from .certificate_status import all_statuses, issued, revoke_issued, sign_waiting, status
from .certificates import common_name, not_after
from .config import load_config
from .enrol import Enroller, Result
from .errors import AuthorityError, ConflictError, EnrolmentError
from .http import Call, Environ, HttpError, Response, StartResponse, decode_path, raw_path, start
from .identity import ANYONE, NOBODY, Identity, identify
from .log import Log
from .names import is_certname
from .request import MAX_SIZE
from .store import PausingStore, open_store

STORE_PAUSE = 10.0  # seconds without a question to a store that hangs
_TIME = "%Y-%m-%dT%H:%M:%SUTC"

Handler = Callable[["CaApplication", Call], Response]
ADMIN, VERIFIED = "admin", "verified"
_NAME = r"(?P<name>[^/]+)"


class CaApplication:
    """The application for one CA."""

    def __init__(self, authority: Authority, enroller: Enroller, log: Log) -> None:
        self._ca = authority
        self._enroller = enroller
        self._log = log

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI's entry. Whatever happens inside, the caller gets an answer and the process goes on."""
        try:
            response = self._handle(environ)
        except HttpError as error:
            response = error.response
        except ConflictError as error:
            response = Response(409, str(error).encode())
        except EnrolmentError as error:
            self._log.error(f"{environ.get('REQUEST_METHOD')} {raw_path(environ)[:200]}: {error}")
            response = Response(503, b"The CA cannot answer now; its log says why.")
        except Exception as error:
            self._log.error(f"{environ.get('REQUEST_METHOD')} {raw_path(environ)[:200]}: {error!r}")
            response = Response(500, b"Internal Server Error")
        return start(response, environ, start_response)

    def _handle(self, environ: Environ) -> Response:
        path = decode_path(raw_path(environ))
        method = str(environ.get("REQUEST_METHOD", ""))
        identity = NOBODY
        for methods, pattern, who, handler in RULES:
            match = pattern.fullmatch(path)
            if match is None or method not in methods:
                continue
            if who != ANYONE:  # looked up only where it matters: agents show their certificate everywhere
                identity = identify(environ, self._ca)
                if not (identity.is_admin if who == ADMIN else identity.is_verified):
                    break
            name = match.groupdict().get("name") or ""
            if name and name != "ca" and not is_certname(name):
                raise HttpError(400, "The name in the path is not a certname.")
            try:
                query = parse_qs(str(environ.get("QUERY_STRING", "")), max_num_fields=20)
            except ValueError:
                raise HttpError(400, "The request's query is malformed.") from None
            return handler(self, Call(method, path, name, query, environ, identity))
        self._log.warning(f"Forbidden request: {identity} access to {path} (method {method})")
        raise HttpError(403, f"Forbidden request: {path} (method :{method.lower()}).")

    # Anybody

    def get_certificate(self, call: Call) -> Response:
        """Return a certificate, or the CA's own under the name "ca"."""
        path = self._ca.certificate_path if call.name == "ca" else self._ca.signed_path(call.name)
        found = _file(path)
        if found is None:
            raise HttpError(404, f"Could not find certificate {call.name}")
        return _conditional(call, *found)

    def put_request(self, call: Call) -> Response:
        """Take a certificate request and decide on it at once."""
        if call.name == "ca":
            raise HttpError(400, "Subject hostname format is invalid")
        outcome = self._enroller.submit(call.name, call.body(MAX_SIZE))
        if outcome.result is Result.REFUSED:
            raise HttpError(400, outcome.reason)
        return Response(200)

    def get_crl(self, call: Call) -> Response:
        """Return the revocation list, or 304 if the caller has it."""
        found = _file(self._ca.crl_path)
        if found is None:
            raise HttpError(404, "Could not find certificate_revocation_list ca")
        return _conditional(call, *found)

    def get_simple_status(self, call: Call) -> Response:
        """Say that the CA runs; reads what every signature needs."""
        del call
        self._ca.issuer()
        return Response(200, b"running")

    # Any node with a certificate

    def get_expirations(self, call: Call) -> Response:
        """Say until when the CA's certificate and its revocation list hold."""
        del call
        issuer, end = self._ca.issuer(), crls.next_update(self._ca.crl())
        name = common_name(issuer)
        crl_ends = {name: end.strftime(_TIME)} if end is not None else {}
        return _json({"ca-certs": {name: not_after(issuer).strftime(_TIME)}, "crls": crl_ends})

    # Administrators (pp_cli_auth)

    def get_request(self, call: Call) -> Response:
        """Return a waiting request."""
        pem = None if call.name == "ca" else self._ca.request_pem(call.name)
        if pem is None:
            raise HttpError(404, f"Could not find certificate_request {call.name}")
        return Response(200, pem)

    def get_status(self, call: Call) -> Response:
        """Return the state of a name."""
        found = status(self._ca, call.name)
        if found is None:
            raise HttpError(404, "Resource not found.")
        return _json(found)

    def get_statuses(self, call: Call) -> Response:
        """Return the states of all names, or of those in one state."""
        state = call.query.get("state", [""])[0]
        return _json(all_statuses(self._ca, state if state in ("requested", "signed", "revoked") else None))

    def put_status(self, call: Call) -> Response:
        """Sign a waiting request or revoke a certificate."""
        content_type = str(call.headers.get("CONTENT_TYPE") or "").partition(";")[0].strip()
        if content_type not in ("", "application/json", "text/pson", "pson"):
            raise HttpError(415, "Unsupported media type.")
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
            raise HttpError(
                400, f'cert_ttl specified for host {call.name} must be an integer, not "{lifetime}"'
            )
        if not issued(self._ca, call.name) and self._ca.request_pem(call.name) is None:
            raise HttpError(404, "Invalid certificate subject.")
        with self._ca.transaction() as transaction:
            if desired == "signed":
                sign_waiting(self._ca, transaction, call.name, lifetime=lifetime)
                self._log.info(f"Signing request: {call.name} (by {call.identity})")
            else:
                revoke_issued(self._ca, transaction, call.name)
                self._log.info(f"Revoked: {call.name} (by {call.identity})")
        return Response(204)

    def delete_status(self, call: Call) -> Response:
        """Remove a certificate and a waiting request; this does not revoke."""
        if not issued(self._ca, call.name) and self._ca.request_pem(call.name) is None:
            raise HttpError(404, "Resource not found.")
        with self._ca.transaction() as transaction:
            transaction.remove(call.name)
            self._log.info(f"Deleted, not revoked: {call.name} (by {call.identity})")
        return Response(204)

    def put_clean(self, call: Call) -> Response:
        """Revoke and remove the certificates of a list of names."""
        document = call.json()
        if document.get("async") is True:
            raise HttpError(400, "Async mode is not currently supported.")
        if "certnames" not in document:
            raise HttpError(
                400, "Missing required key: 'certnames'. Please supply the list of certs you want to clean."
            )
        names = list(dict.fromkeys(_certnames(document["certnames"])))
        missing = [name for name in names if not (is_certname(name) and issued(self._ca, name))]
        present = [name for name in names if name not in missing]
        if present:
            with self._ca.transaction() as transaction:
                transaction.clean(present)
                self._log.info(f"Cleaned: {', '.join(present)} (by {call.identity})")
        if missing:
            text = f"The following certs do not exist and cannot be revoked: {json.dumps(missing)}"
            return Response(200, text.encode())
        return Response(200, b"Successfully cleaned all certs.")

    def post_sign(self, call: Call) -> Response:
        """Sign the waiting requests of a list of names."""
        return self._sign_all(_certnames(call.json().get("certnames")), call.identity)

    def post_sign_all(self, call: Call) -> Response:
        """Sign all waiting requests."""
        return self._sign_all(self._ca.waiting_names(), call.identity)

    def _sign_all(self, names: list[str], identity: Identity) -> Response:
        result: dict[str, list[str]] = {"signed": [], "no-csr": [], "signing-errors": []}
        for name in names:
            if not is_certname(name) or self._ca.request_pem(name) is None:
                result["no-csr"].append(name)
                continue
            try:
                with self._ca.transaction() as transaction:
                    sign_waiting(self._ca, transaction, name)
                self._log.info(f"Signing request: {name} (by {identity})")
                result["signed"].append(name)
            except AuthorityError as error:
                self._log.error(f"Failed in bulk signing for entry {name}: {error}")
                result["signing-errors"].append(name)
        return _json(result)


_V1 = "/puppet-ca/v1/"
# Methods, path, who, what. A path that stands in no line is forbidden to everybody.
RULES: tuple[tuple[tuple[str, ...], re.Pattern[str], str, Handler], ...] = tuple(
    (methods, re.compile(path), who, handler)
    for methods, path, who, handler in (
        (("GET",), f"{_V1}certificate/{_NAME}", ANYONE, CaApplication.get_certificate),
        (("PUT",), f"{_V1}certificate_request/{_NAME}", ANYONE, CaApplication.put_request),
        (("GET",), f"{_V1}certificate_revocation_list/ca", ANYONE, CaApplication.get_crl),
        (("GET", "HEAD"), "/status/v1/simple", ANYONE, CaApplication.get_simple_status),
        (("GET",), f"{_V1}expirations", VERIFIED, CaApplication.get_expirations),
        (("GET",), f"{_V1}certificate_request/{_NAME}", ADMIN, CaApplication.get_request),
        (("GET",), f"{_V1}certificate_status/{_NAME}", ADMIN, CaApplication.get_status),
        (("PUT",), f"{_V1}certificate_status/{_NAME}", ADMIN, CaApplication.put_status),
        (("DELETE",), f"{_V1}certificate_status/{_NAME}", ADMIN, CaApplication.delete_status),
        (("GET",), f"{_V1}certificate_statuses/[^/]+", ADMIN, CaApplication.get_statuses),
        (("PUT",), f"{_V1}clean", ADMIN, CaApplication.put_clean),
        (("POST",), f"{_V1}sign", ADMIN, CaApplication.post_sign),
        (("POST",), f"{_V1}sign/all", ADMIN, CaApplication.post_sign_all),
    )
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


def _json(document: Any) -> Response:
    return Response(200, json.dumps(document).encode(), "application/json")


def _certnames(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        text = json.dumps(
            {"kind": "schema-violation", "submitted": value, "error": "certnames is not a list of names"}
        )
        error = HttpError(422, text)
        error.response = Response(422, text.encode(), "application/json")
        raise error
    return value


_application: CaApplication | None = None


def build(log: Log | None = None) -> CaApplication:
    """Return the application for the CA that this host's configuration names."""
    config = load_config()
    log = log or Log("puppet_ca")
    authority = Authority(config)
    store = PausingStore(open_store(config.node_bucket, deadline=config.store_timeout), STORE_PAUSE)
    return CaApplication(authority, Enroller(authority, store, log), log)


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """WSGI callable for Passenger; made at the first request, so that bad configuration is answered."""
    global _application  # noqa: PLW0603 - one per process
    if _application is None:
        try:
            _application = build()
        except EnrolmentError as error:
            Log("puppet_ca").error(str(error))
            start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"The CA cannot answer now; its log says why."]
    return _application(environ, start_response)
