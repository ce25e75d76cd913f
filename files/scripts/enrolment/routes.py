"""Who may ask the CA what: one table, after puppetserver's auth.conf. What is in no line of it is forbidden.

One line is stricter than there: a waiting request is shown to administrators only, since it holds the secret
of its launch (agents have not asked for it since Puppet 6).
"""

import re
from collections.abc import Callable

from . import admin_api, node_api, status_api
from .ca_api import Ca
from .http import Call, Response
from .identity import ANYONE

ADMIN, VERIFIED = "admin", "verified"  # whoever has pp_cli_auth; any node with a certificate
Handler = Callable[[Ca, Call], Response]

_V1 = "/puppet-ca/v1/"
_STATUS = "/status/v1/"
_NAME = r"(?P<name>[^/]+)"
# Methods, path, who, what.
RULES: tuple[tuple[tuple[str, ...], re.Pattern[str], str, Handler], ...] = tuple(
    (methods, re.compile(path), who, handler)
    for methods, path, who, handler in (
        (("GET",), f"{_V1}certificate/{_NAME}", ANYONE, node_api.get_certificate),
        (("PUT",), f"{_V1}certificate_request/{_NAME}", ANYONE, node_api.put_request),
        (("GET",), f"{_V1}certificate_revocation_list/ca", ANYONE, node_api.get_crl),
        (("GET", "HEAD"), f"{_STATUS}simple(?:/ca)?", ANYONE, status_api.get_simple),
        (("GET",), f"{_STATUS}services", ANYONE, status_api.get_services),
        (("GET",), f"{_STATUS}services/ca", ANYONE, status_api.get_service),
        (("GET",), f"{_STATUS}simple/[^/]+", ANYONE, status_api.get_unknown_simple),
        (("GET",), f"{_STATUS}services/[^/]+", ANYONE, status_api.get_unknown_service),
        (("POST",), f"{_V1}certificate_renewal", VERIFIED, node_api.post_renewal),
        (("GET",), f"{_V1}expirations", VERIFIED, node_api.get_expirations),
        (("GET",), f"{_V1}certificate_request/{_NAME}", ADMIN, admin_api.get_request),
        (("GET",), f"{_V1}certificate_status/{_NAME}", ADMIN, admin_api.get_status),
        (("PUT",), f"{_V1}certificate_status/{_NAME}", ADMIN, admin_api.put_status),
        (("DELETE",), f"{_V1}certificate_status/{_NAME}", ADMIN, admin_api.delete_status),
        (("GET",), f"{_V1}certificate_statuses/[^/]+", ADMIN, admin_api.get_statuses),
        (("PUT",), f"{_V1}certificate_revocation_list", ADMIN, admin_api.put_crl),
        (("PUT",), f"{_V1}clean", ADMIN, admin_api.put_clean),
        (("POST",), f"{_V1}sign", ADMIN, admin_api.post_sign),
        (("POST",), f"{_V1}sign/all", ADMIN, admin_api.post_sign_all),
    )
)
