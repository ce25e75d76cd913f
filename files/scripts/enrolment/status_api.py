"""Whether the CA runs, as the status service of puppetserver says it; `puppetserver ca` asks it too."""

from typing import Any

from .ca_api import Ca, json_response
from .http import Call, HttpError, Response

# The puppetserver whose CA this one does as: by its version clients tell what they may ask for.
SERVICE_VERSION = "8.7.0"


def get_simple(ca: Ca, call: Call) -> Response:
    """Say that the CA runs; reads what every signature needs."""
    del call
    ca.authority.issuer()
    return Response(200, b"running")


def get_services(ca: Ca, call: Call) -> Response:
    """Return the state of each service that runs here."""
    del call
    return json_response({"ca": _service(ca)})


def get_service(ca: Ca, call: Call) -> Response:
    """Return the state of the CA alone."""
    del call
    return json_response({"service_name": "ca", **_service(ca)})


def get_unknown_simple(ca: Ca, call: Call) -> Response:
    """Say that there is no such service here."""
    del ca
    raise HttpError(404, f"not found: {_last_segment(call)}")


def get_unknown_service(ca: Ca, call: Call) -> Response:
    """Say that there is no such service here."""
    del ca
    text = f"No status information found for service {_last_segment(call)}"
    return json_response({"kind": "service-not-found", "msg": text}, 404)


def _last_segment(call: Call) -> str:
    return call.path.rpartition("/")[2]


def _service(ca: Ca) -> dict[str, Any]:
    ca.authority.issuer()
    return {
        "service_version": SERVICE_VERSION,
        "service_status_version": 1,
        "detail_level": "info",
        "state": "running",
        "status": {},
        "active_alerts": [],
    }
