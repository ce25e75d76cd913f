"""The CA's web application: Puppet's CA API (/puppet-ca/v1) as WSGI, for Apache and Passenger.

Who asks is what Apache verified in TLS (``SSLVerifyClient optional``, ``SSLOptions +StdEnvVars
+ExportCertData``), never a header of the request; see :mod:`enrolment.identity`. Who may ask what is one
table, :mod:`enrolment.routes`. Log lines go to syslog as ``puppet_ca``.
"""

from collections.abc import Iterable
from urllib.parse import parse_qs

from .authority import Authority
from .ca_api import Ca
from .config import load_config
from .enrol import Enroller
from .errors import ConflictError, EnrolmentError
from .http import Call, Environ, HttpError, Response, StartResponse, decode_path, raw_path, start
from .identity import ANYONE, NOBODY, identify
from .log import Log
from .names import is_certname
from .rates import Rates
from .routes import ADMIN, RULES
from .store import PausingStore, open_store

STORE_PAUSE = 10.0  # seconds without a question to a store that hangs


class CaApplication:
    """The application for one CA."""

    def __init__(self, authority: Authority, enroller: Enroller, log: Log) -> None:
        config = authority.config
        rates = Rates(
            config.directory / "rates", config.requests_per_minute, lambda: authority.clock().timestamp(), log
        )
        self._ca = Ca(authority, enroller, log, rates)
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
                identity = identify(environ, self._ca.authority)
                if not (identity.is_admin if who == ADMIN else identity.is_verified):
                    break
            name = match.groupdict().get("name") or ""
            if name and name != "ca" and not is_certname(name):
                raise HttpError(400, "The name in the path is not a certname.")
            try:
                query = parse_qs(str(environ.get("QUERY_STRING", "")), max_num_fields=20)
            except ValueError:
                raise HttpError(400, "The request's query is malformed.") from None
            return handler(self._ca, Call(method, path, name, query, environ, identity))
        self._log.warning(f"Forbidden request: {identity} access to {path} (method {method})")
        raise HttpError(403, f"Forbidden request: {path} (method :{method.lower()}).")


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
