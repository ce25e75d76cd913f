"""What the handlers of the CA's API share."""

import json
from dataclasses import dataclass
from typing import Any

from .authority import Authority
from .enrol import Enroller
from .http import Response
from .log import Log
from .rates import Rates

TIME = "%Y-%m-%dT%H:%M:%SUTC"  # as puppetserver writes times in JSON


@dataclass(frozen=True)
class Ca:
    """One CA as its web application works with it."""

    authority: Authority
    enroller: Enroller
    log: Log
    rates: Rates


def json_response(document: Any, status: int = 200) -> Response:
    """Return a document as JSON."""
    return Response(status, json.dumps(document).encode(), "application/json")
