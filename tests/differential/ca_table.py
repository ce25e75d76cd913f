"""What is asked of both CAs, ordinary and hostile. Each row uses certnames of its own."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.differential import certificates, csr, der
from tests.differential.ca import JSON, TEXT, V1, Ca, http_date
from tests.differential.csr import alt_names, attribute, common_name, extension, key, request
from tests.differential.der import tlv
from tests.differential.table import CERTIFICATE, Facts, Row
from tests.differential.wire import Answer

ROWS: list[Row[Ca]] = []
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "FOO")


def seen(answer: Answer, **more: str) -> Facts:
    """The facts of an answer."""
    return {"status": "refused in TLS" if answer.status == 0 else str(answer.status), **more}


def prefixed(facts: Facts) -> Facts:
    """Facts of a certificate: compared only where both sides have one."""
    return {CERTIFICATE + fact: text for fact, text in facts.items()}


def row(name: str, *names: str) -> Callable[[Callable[[Ca], Facts]], Callable[[Ca], Facts]]:
    """Put a function into the table."""

    def add(run: Callable[[Ca], Facts]) -> Callable[[Ca], Facts]:
        ROWS.append(Row(name, run, names))
        return run

    return add


def ask(
    method: str,
    target: str,
    *,
    identity: str = "none",
    headers: Mapping[str, str] | None = None,
    body: str | bytes | None = None,
    note: str = "",
) -> None:
    """A row of one request. ``{node}``, ``{other}`` and so on in the target are the identities' certnames."""
    label = f"{method} {target}" + (f" {note}" if note else "") + f", as {identity}"

    def run(ca: Ca) -> Facts:
        path = target
        for known in ("node", "other", "revoked", "deleted", "cleaned"):
            path = path.replace("{" + known + "}", ca.name(f"auto-{known}"))
        content = body.encode() if isinstance(body, str) else body
        return seen(ca.call(method, path, identity=identity, headers=headers, body=content))

    ROWS.append(Row(label, run))


# Certificate requests. ``sign``: both CAs are told to sign the name; else the request waits.


def submit(
    what: str,
    make: Callable[[str], bytes | None],
    *,
    sign: bool = True,
    url: Callable[[str], str] = lambda name: name,
    headers: Mapping[str, str] = TEXT,
) -> None:
    """A row of one certificate request: the answer, what became of it, the certificate."""
    label = f"{'auto' if sign else 'wait'}-csr-{len(ROWS)}"

    def run(ca: Ca) -> Facts:
        name = ca.name(label)
        asked = url(name)
        answer = ca.submit(asked, make(name), headers=headers)
        state = ca.state(asked)
        facts = seen(answer, state=state)
        if state == "signed":
            facts = {**facts, **prefixed(ca.facts(ca.certificate(asked)))}
        # What waits may make puppetserver's list of requests fail; and some names are not this run's only.
        if state not in {"absent", "signed"} or ca.run not in asked:
            _delete(ca, asked)
        return facts

    verdict = "to be signed" if sign else "to wait"
    ROWS.append(Row(f"PUT certificate_request, {verdict}: {what}", run, (label,) if sign else ()))


submit("RSA 2048", request)
submit("RSA 4096", lambda name: request(name, signer=key("rsa", "4096")))
submit("EC P-256", lambda name: request(name, signer=key("ec", "P-256")))
submit("EC P-384, SHA-384", lambda name: request(name, signer=key("ec", "P-384"), digest="sha384"))
submit("SHA-512", lambda name: request(name, digest="sha512"))
submit("Content-Type text/plain with charset", request, headers={"Content-Type": "text/plain; charset=utf-8"})
submit("no Content-Type", request, headers={})
submit("Content-Type application/json", request, headers=JSON)
submit(
    "PEM of the old label NEW CERTIFICATE REQUEST",
    lambda name: request(name).replace(b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"),
)
submit("lines end in CR LF", lambda name: request(name).replace(b"\n", b"\r\n"))
submit("its own name as alternative name", lambda name: request(name, extensions=(alt_names(name),)))
submit(
    "pp_role and a private extension",
    lambda name: request(
        name,
        extensions=(
            extension(csr.PP_ROLE, tlv(der.UTF8, b"web")),
            extension(csr.PP_PRIVATE, tlv(der.UTF8, "Größe".encode())),
        ),
    ),
)
submit(
    "the attribute pp_auth_auto_renew, as agents of Puppet 8 send it",
    lambda name: request(name, attributes=(attribute(csr.AUTO_RENEW, csr.TRUE),)),
)
submit("waits", request, sign=False)

# Names
submit("under another name", request, url=lambda name: name.replace("auto", "other"))
submit("under another name", request, sign=False, url=lambda name: name.replace("wait", "other"))
submit("name in upper case", lambda name: request(name.upper()), url=str.upper)
submit("subject in upper case, URL in lower", lambda name: request(name.upper()))
submit("URL in upper case", request, url=str.upper)
submit("name ends with a hyphen", lambda name: request(name + "-"), url=lambda name: name + "-")
submit("name begins with a dot", lambda name: request("." + name), url=lambda name: "." + name)
submit("name with an empty segment", lambda name: request(name + "..x"), url=lambda name: name + "..x")
submit("name ends with a dot", lambda name: request(name + "."), url=lambda name: name + ".")
submit("name with a wildcard", lambda name: request("*." + name), url=lambda name: "*." + name)
submit("name with an umlaut", lambda name: request(name + "ä"), url=lambda name: name + "%C3%A4")
submit("name with a space", lambda name: request(name + " x"), url=lambda name: name + "%20x")
submit("name with a slash", lambda name: request(name + "/x"), url=lambda name: name + "%2Fx")
submit("name with NUL", lambda name: request(name + "\0x"), url=lambda name: name + "%00x")
submit("NUL in the subject only", lambda name: request(name, subject=common_name(name + "\0x")))
submit("line feed in the subject only", lambda name: request(name, subject=common_name(name + "\n")))
submit(
    "name of more than 64 characters",
    lambda name: request(name + "x" * 100),
    url=lambda name: name + "x" * 100,
)
submit("the CA's own name: ca", lambda _: request("ca"), url=lambda _: "ca")
submit("name in a PrintableString", lambda name: request(name, subject=common_name(name, der.PRINTABLE)))
submit("name in a T61String", lambda name: request(name, subject=common_name(name, der.T61)))
submit(
    "name in a BMPString", lambda name: request(name, subject=common_name(name.encode("utf-16-be"), der.BMP))
)
submit("no subject", lambda name: request(name, subject=b""))
submit("empty common name", lambda name: request(name, subject=common_name("")))
submit(
    "two common names, the right one last",
    lambda name: request(name, subject=common_name("other") + common_name(name)),
)
submit(
    "two common names, the right one first",
    lambda name: request(name, subject=common_name(name) + common_name("other")),
)
submit(
    "an organisation besides the common name",
    lambda name: request(
        name,
        subject=tlv(der.SET, tlv(der.SEQUENCE, der.oid(csr.ORGANISATION), tlv(der.UTF8, b"o")))
        + common_name(name),
    ),
)

# Keys and signatures
for sign in (True, False):
    submit("bad signature", lambda name: request(name, spoil=True), sign=sign)
    submit(
        "signed with another key",
        lambda name: request(name, public_of=key(label="another")),
        sign=sign,
    )
    submit("RSA 512", lambda name: request(name, signer=key("rsa", "512")), sign=sign)
    submit("RSA 1024", lambda name: request(name, signer=key("rsa", "1024")), sign=sign)
    submit("MD5", lambda name: request(name, digest="md5"), sign=sign)
    submit("SHA-1", lambda name: request(name, digest="sha1"), sign=sign)
    submit("Ed25519", lambda name: request(name, signer=key("ed25519", "")), sign=sign)
    submit("EC secp256k1", lambda name: request(name, signer=key("ec", "secp256k1")), sign=sign)
    submit("DSA 2048", lambda name: request(name, signer=key("dsa", "2048")), sign=sign)

# Extensions and alternative names
for sign in (True, False):
    submit(
        "another name as alternative name",
        lambda name: request(name, extensions=(alt_names("puppet"),)),
        sign=sign,
    )
    submit(
        "its own and another name as alternative names",
        lambda name: request(name, extensions=(alt_names(name, "puppet"),)),
        sign=sign,
    )
    submit(
        "a wildcard as alternative name", lambda name: request(name, extensions=(alt_names("*"),)), sign=sign
    )
    submit(
        "an IP address as alternative name",
        lambda name: request(name, extensions=(alt_names(other=tlv(der.IP_NAME, bytes([10, 0, 0, 1]))),)),
        sign=sign,
    )
    submit(
        "an e-mail address as alternative name",
        lambda name: request(name, extensions=(alt_names(name, other=tlv(der.EMAIL_NAME, b"a@b")),)),
        sign=sign,
    )
    submit(
        "a URI as alternative name",
        lambda name: request(name, extensions=(alt_names(other=tlv(der.URI_NAME, b"http://a/")),)),
        sign=sign,
    )
    submit(
        "pp_auth_role",
        lambda name: request(name, extensions=(extension(csr.PP_AUTH_ROLE, tlv(der.UTF8, b"master")),)),
        sign=sign,
    )
    submit(
        "pp_cli_auth",
        lambda name: request(name, extensions=(extension(csr.PP_CLI_AUTH, csr.TRUE),)),
        sign=sign,
    )
    submit(
        "basic constraints: a CA",
        lambda name: request(
            name,
            extensions=(
                extension(csr.BASIC_CONSTRAINTS, tlv(der.SEQUENCE, tlv(der.BOOLEAN, b"\xff")), critical=True),
            ),
        ),
        sign=sign,
    )
    submit(
        "key usage: sign certificates",
        lambda name: request(name, extensions=(extension(csr.KEY_USAGE, bytes.fromhex("03020106")),)),
        sign=sign,
    )
    submit(
        "an unknown extension",
        lambda name: request(name, extensions=(extension("1.2.3.4", tlv(der.UTF8, b"x")),)),
        sign=sign,
    )
    submit(
        "pp_role twice",
        lambda name: request(
            name,
            extensions=(
                extension(csr.PP_ROLE, tlv(der.UTF8, b"web")),
                extension(csr.PP_ROLE, tlv(der.UTF8, b"db")),
            ),
        ),
        sign=sign,
    )
    submit(
        "pp_role, critical",
        lambda name: request(
            name, extensions=(extension(csr.PP_ROLE, tlv(der.UTF8, b"web"), critical=True),)
        ),
        sign=sign,
    )
    submit(
        "pp_role, not text",
        lambda name: request(name, extensions=(extension(csr.PP_ROLE, tlv(der.SEQUENCE, b"")),)),
        sign=sign,
    )
    submit(
        "pp_role, not DER",
        lambda name: request(name, extensions=(extension(csr.PP_ROLE, b"web"),)),
        sign=sign,
    )
    submit(
        "extensions in Microsoft's attribute: pp_cli_auth",
        lambda name: request(
            name,
            extensions=(extension(csr.PP_CLI_AUTH, csr.TRUE),),
            extension_request=csr.MICROSOFT_EXTENSION_REQUEST,
        ),
        sign=sign,
    )

# Bodies
submit("no body", lambda _: None)
submit("empty body", lambda _: b"")
submit("junk", lambda _: b"junk")
submit("PEM of junk", lambda _: der.pem("CERTIFICATE REQUEST", b"junk"))
submit("a certificate in place of a request", lambda name: csr.self_signed(name, key()))
submit("cut short", lambda name: request(name)[:-200])
submit("two requests", lambda name: request(name) + request(name))
submit("text before it", lambda name: b"Certificate Request:\n" + request(name))
submit("junk after it", lambda name: request(name) + b"junk\n")
submit("DER in place of PEM", lambda name: x509.load_pem_x509_csr(request(name)).public_bytes(Encoding.DER))
submit(
    "a request of 100 kB",
    lambda name: request(name, extensions=(extension(csr.PP_ROLE, tlv(der.UTF8, b"x" * 100_000)),)),
)
submit("a body of 2 MB", lambda _: b"x" * 2_000_000)


@row("PUT certificate_request: the same request again while it waits")
def _again_waiting(ca: Ca) -> Facts:
    name = ca.name("wait-again")
    body = request(name)
    ca.expect(200, ca.submit(name, body), name)
    return seen(ca.submit(name, body), state=ca.state(name))


@row("PUT certificate_request: with another key while one waits")
def _other_waiting(ca: Ca) -> Facts:
    name = ca.name("wait-other-key")
    ca.expect(200, ca.submit(name, request(name)), name)
    return seen(ca.submit(name, request(name, signer=key(label="another"))), state=ca.state(name))


@row("PUT certificate_request: the same key again once it is signed", "auto-again")
def _again_signed(ca: Ca) -> Facts:
    name = ca.name("auto-again")
    before = ca.enrol(name)
    answer = ca.submit(name, request(name))
    return seen(answer, state=ca.state(name), certificate=_same(before, ca.certificate(name)))


@row("PUT certificate_request: with another key once it is signed", "auto-again-other")
def _other_signed(ca: Ca) -> Facts:
    name = ca.name("auto-again-other")
    before = ca.enrol(name)
    answer = ca.submit(name, request(name, signer=key(label="another")))
    return seen(answer, state=ca.state(name), certificate=_same(before, ca.certificate(name)))


@row("PUT certificate_request: of a revoked name")
def _again_revoked(ca: Ca) -> Facts:
    name = ca.name("auto-revoked")
    return seen(ca.submit(name, request(name)), state=ca.state(name))


@row("PUT certificate_request: of a cleaned name", "auto-cleaned-again")
def _again_cleaned(ca: Ca) -> Facts:
    name = ca.name("auto-cleaned-again")
    ca.enrol(name)
    ca.expect(200, ca.clean(name), name)
    return seen(ca.submit(name, request(name)), state=ca.state(name))


# Reading

for who in ("none", "node", "other", "admin", "revoked", "expired", "deleted", "cleaned", "foreign"):
    ask("GET", f"{V1}/certificate/ca", identity=who)
    ask("GET", f"{V1}/certificate/{{node}}", identity=who)
    ask("GET", f"{V1}/certificate_revocation_list/ca", identity=who)
    ask("GET", f"{V1}/certificate_request/nosuch", identity=who)
    ask("GET", f"{V1}/certificate_status/{{node}}", identity=who, headers=JSON)
    ask(
        "PUT",
        f"{V1}/certificate_status/nosuch",
        identity=who,
        headers=JSON,
        body='{"desired_state":"signed"}',
    )
    ask("DELETE", f"{V1}/certificate_status/nosuch", identity=who, headers=JSON)
    ask("GET", f"{V1}/certificate_statuses/all", identity=who, headers=JSON)
    ask("GET", f"{V1}/expirations", identity=who)
    ask("PUT", f"{V1}/clean", identity=who, headers=JSON, body='{"certnames":["nosuch"]}')
    ask("POST", f"{V1}/sign", identity=who, headers=JSON, body='{"certnames":["nosuch"]}')
    if who != "admin":  # at the end of the table: it signs what waits
        ask("POST", f"{V1}/sign/all", identity=who, headers=JSON)
    ask("PUT", f"{V1}/certificate_revocation_list", identity=who, headers=TEXT, body="junk")
    ask("GET", "/status/v1/simple", identity=who)
    ask("GET", "/status/v1/services", identity=who)

for header in (
    "X-Client-Verify: SUCCESS",
    "X-Client-DN: CN=admin",
    "X-SSL-Subject: CN=admin",
    "X-Client-Cert: x",
):
    field, _, value = header.partition(": ")
    ask(
        "GET",
        f"{V1}/certificate_status/{{node}}",
        headers={field: value},
        note=f"with the header {header}",
    )

for method in METHODS:
    for target in (
        f"{V1}/certificate/ca",
        f"{V1}/certificate_request/nosuch",
        f"{V1}/certificate_revocation_list/ca",
        f"{V1}/certificate_revocation_list",
        f"{V1}/certificate_status/nosuch",
        f"{V1}/certificate_statuses/all",
        f"{V1}/expirations",
        f"{V1}/clean",
        f"{V1}/sign",
        f"{V1}/certificate_renewal",
        "/status/v1/simple",
        "/status/v1/services",
        f"{V1}/nosuch",
    ):
        if (method, target) != ("POST", f"{V1}/certificate_renewal"):  # its own rows, below
            ask(method, target, identity="admin", note="without a body")

for target in (
    "/",
    "/puppet-ca",
    "/puppet-ca/",
    V1,
    f"{V1}/",
    "/puppet-ca/v2/certificate/ca",
    "/puppet/v3/certificate/ca",
    "/puppet-admin-api/v1/environment-cache",
    f"{V1}/nosuch",
    f"{V1}/certificate",
    f"{V1}/certificate/",
    f"{V1}/certificate/nosuch",
    f"{V1}/certificate/ca/",
    f"{V1}/certificate/ca/x",
    f"{V1}/certificate/CA",
    f"{V1}/certificate/c%61",
    f"{V1}/certificate/c%2561",
    f"{V1}/certificate/ca;x",
    f"{V1}/certificate/ca%3Bx",
    f"{V1}/certificate/ca%00",
    f"{V1}/certificate/ca%0A",
    f"{V1}/certificate/ca%20",
    f"{V1}/certificate/ca.",
    f"{V1}/certificate/%ff",
    f"{V1}/certificate/%zz",
    f"{V1}/certificate/..",
    f"{V1}/certificate/%2e%2e",
    f"{V1}/certificate/..%2Fca_key",
    f"{V1}/certificate/..%2Fsigned%2Fca",
    f"{V1}/certificate/..%5Cca_key",
    f"{V1}/certificate/../certificate/ca",
    f"{V1}/certificate//ca",
    f"//{V1.lstrip('/')}/certificate/ca",
    "/puppet-ca//v1/certificate/ca",
    f"{V1}/certificate/" + "x" * 65,
    f"{V1}/certificate/" + "x" * 3000,
    f"{V1}/certificate/ca?x=%zz",
    f"{V1}/certificate/ca?x=%ff&x=1",
    f"{V1}/certificate_revocation_list/nosuch",
    f"{V1}/certificate_revocation_list/ca/x",
    f"{V1}/certificate_renewal/x",
    f"{V1}/expirations/x",
    "/status/v1",
    "/status/v1/simple/ca",
    "/status/v1/simple/nosuch",
    "/status/v1/services/ca",
    "/status/v1/services/nosuch",
    "/status/v2/simple",
):
    ask("GET", target)

for target in (
    f"{V1}/certificate_status",
    f"{V1}/certificate_status/",
    f"{V1}/certificate_status/NOSUCH",
    f"{V1}/certificate_status/..%2f..%2fx",
    f"{V1}/certificate_status/{{node}}/x",
    f"{V1}/certificate_statuses/",
    f"{V1}/certificate_statuses/all?state=bad",
    f"{V1}/certificate_statuses/all?state=requested&state=signed",
):
    ask("GET", target, identity="admin", headers=JSON)
for accept in ("application/json", "text/pson", "pson", "*/*", "text/yaml", "application/json, text/yaml"):
    ask(
        "GET",
        f"{V1}/certificate_status/{{node}}",
        identity="admin",
        headers={"Accept": accept},
        note=f"accepts {accept}",
    )


@row("GET certificate_request of a waiting name, as none")
def _read_request_none(ca: Ca) -> Facts:
    name = ca.name("wait-read")
    ca.expect(200, ca.submit(name, request(name)), name)
    return seen(ca.call("GET", f"{V1}/certificate_request/{name}"))


@row("GET certificate_request of a waiting name, as admin")
def _read_request_admin(ca: Ca) -> Facts:
    name = ca.name("wait-read-admin")
    body = request(name)
    ca.expect(200, ca.submit(name, body), name)
    answer = ca.call("GET", f"{V1}/certificate_request/{name}", identity="admin")
    return seen(answer, body=_same(body.strip(), answer.body.strip()))


# Conditional requests

for when, since in (
    ("an hour ahead", http_date(3600)),
    ("ten years ago", http_date(-10 * 365 * 86400)),
    ("not a date", "yesterday"),
    ("empty", ""),
    ("another form of date", "2030-01-01T00:00:00Z"),
    ("RFC 850's form", "Friday, 01-Jan-30 00:00:00 GMT"),
    ("with a numeric zone", "Tue, 01 Jan 2030 00:00:00 +0000"),
):
    for target in ("certificate/ca", "certificate_revocation_list/ca"):
        ask("GET", f"{V1}/{target}", headers={"If-Modified-Since": since}, note=f"If-Modified-Since: {when}")


@row("GET certificate_revocation_list, If-Modified-Since: now, then after a revocation", "auto-crl")
def _crl_changes(ca: Ca) -> Facts:
    name = ca.name("auto-crl")
    ca.enrol(name)
    target = f"{V1}/certificate_revocation_list/ca"
    time.sleep(2.1)  # the header has whole seconds, and the list is as young as this row's
    since = {"If-Modified-Since": http_date(0)}
    before = ca.call("GET", target, headers=since)
    time.sleep(1.1)
    ca.expect(204, ca.set_state(name, "revoked"), name)
    after = ca.call("GET", target, headers=since)
    return seen(after, before=str(before.status))


@row("the revocation list after one PUT certificate_status and one clean", "auto-crl-put", "auto-crl-clean")
def _crl_content(ca: Ca) -> Facts:
    put, cleaned = ca.name("auto-crl-put"), ca.name("auto-crl-clean")
    serials = tuple(x509.load_pem_x509_certificate(ca.enrol(name)).serial_number for name in (put, cleaned))
    ca.expect(204, ca.set_state(put, "revoked"), put)
    ca.expect(200, ca.clean(cleaned), cleaned)
    moment = certificates.now()
    return certificates.crl_facts(ca.crl(), ca.authority.read_bytes(), serials, moment)


# Administration


def _status_row(what: str, body: str | None, headers: Mapping[str, str] = JSON) -> None:
    label = f"wait-put-{len(ROWS)}"

    def run(ca: Ca) -> Facts:
        name = ca.name(label)
        ca.expect(200, ca.submit(name, request(name)), name)
        content = None if body is None else body.encode()
        answer = ca.call(
            "PUT", f"{V1}/certificate_status/{name}", identity="admin", headers=headers, body=content
        )
        facts = seen(answer, state=ca.state(name))
        if facts["state"] == "signed":
            facts = {**facts, f"{CERTIFICATE}lifetime": ca.facts(ca.certificate(name))["lifetime"]}
        return facts

    ROWS.append(Row(f"PUT certificate_status of a waiting name: {what}", run))


_status_row("signed", '{"desired_state":"signed"}')
_status_row("revoked", '{"desired_state":"revoked"}')
_status_row("signed, for 90 minutes", '{"desired_state":"signed","cert_ttl":5400}')
_status_row("signed, for a text", '{"desired_state":"signed","cert_ttl":"1d"}')
_status_row("signed, for a fraction", '{"desired_state":"signed","cert_ttl":1.5}')
_status_row("signed, for 0 seconds", '{"desired_state":"signed","cert_ttl":0}')
_status_row("signed, for -1 second", '{"desired_state":"signed","cert_ttl":-1}')
_status_row("signed, for true", '{"desired_state":"signed","cert_ttl":true}')
_status_row("signed, for null", '{"desired_state":"signed","cert_ttl":null}')
_status_row("signed, for 10^30 seconds", '{"desired_state":"signed","cert_ttl":1' + "0" * 30 + "}")
_status_row("signed, for 100 years", '{"desired_state":"signed","cert_ttl":3153600000}')
_status_row("an unknown state", '{"desired_state":"maybe"}')
_status_row("a state that is no text", '{"desired_state":1}')
_status_row("no state", "{}")
_status_row("a list", "[]")
_status_row("null", "null")
_status_row("a text", '"signed"')
_status_row("not JSON", "signed")
_status_row("empty", "")
_status_row("no body", None)
_status_row("an unknown key besides", '{"desired_state":"signed","x":1}')
_status_row("a key twice", '{"desired_state":"maybe","desired_state":"signed"}')
_status_row("as text/pson", '{"desired_state":"signed"}', {"Content-Type": "text/pson"})
_status_row(
    "as application/json with charset",
    '{"desired_state":"signed"}',
    {"Content-Type": "application/json; charset=utf-8"},
)
_status_row("as text/yaml", '{"desired_state":"signed"}', {"Content-Type": "text/yaml"})
_status_row("as text/plain", '{"desired_state":"signed"}', {"Content-Type": "text/plain"})
_status_row("without a Content-Type", '{"desired_state":"signed"}', {})


def _waiting_row(what: str, make: Callable[[str], bytes]) -> None:
    label = f"wait-bad-{len(ROWS)}"

    def run(ca: Ca) -> Facts:
        name = ca.name(label)
        kept = ca.submit(name, make(name))
        answer = ca.set_state(name, "signed")
        return seen(answer, submitted=str(kept.status), state=ca.state(name))

    ROWS.append(Row(f"a person signs a request with {what}", run))


_waiting_row("another name", lambda name: request(name, extensions=(alt_names(name, "puppet"),)))
_waiting_row("pp_cli_auth", lambda name: request(name, extensions=(extension(csr.PP_CLI_AUTH, csr.TRUE),)))
_waiting_row(
    "pp_auth_role",
    lambda name: request(name, extensions=(extension(csr.PP_AUTH_ROLE, tlv(der.UTF8, b"m")),)),
)
_waiting_row("an unknown extension", lambda name: request(name, extensions=(extension("1.2.3.4", csr.TRUE),)))
_waiting_row("a bad signature", lambda name: request(name, spoil=True))
_waiting_row("no challenge password", lambda name: request(name, challenge=None))


@row("GET certificate_status of a signed name: what it says", "auto-status")
def _status_signed(ca: Ca) -> Facts:
    name = ca.name("auto-status")
    pem = ca.enrol(name, request(name, extensions=(extension(csr.PP_ROLE, tlv(der.UTF8, b"web")),)))
    return _status_facts(ca, name, x509.load_pem_x509_certificate(pem))


@row("GET certificate_status of a revoked name: what it says")
def _status_revoked(ca: Ca) -> Facts:
    name = ca.name("auto-revoked")
    return _status_facts(ca, name, x509.load_pem_x509_certificate(ca.certificate(name)))


@row("GET certificate_status of a waiting name: what it says")
def _status_waiting(ca: Ca) -> Facts:
    name = ca.name("wait-status")
    body = request(name, extensions=(alt_names(name),))
    ca.expect(200, ca.submit(name, body), name)
    return _status_facts(ca, name, x509.load_pem_x509_csr(body))


@row("GET certificate_status of an administrator: what rights it says")
def _status_admin(ca: Ca) -> Facts:
    name = ca.name("admin") if ca.is_ours else ca.server.name
    answer = ca.call("GET", f"{V1}/certificate_status/{name}", identity="admin", headers=JSON)
    return seen(answer, rights=json.dumps(json.loads(answer.body)["authorization_extensions"]))


for state in ("requested", "signed", "revoked"):

    def _statuses(ca: Ca, state: str = state) -> Facts:
        target = f"{V1}/certificate_statuses/all?state={state}"
        answer = ca.call("GET", target, identity="admin", headers=JSON)
        found = {entry["name"]: entry["state"] for entry in json.loads(answer.body)}
        known = ("auto-node", "auto-revoked", "auto-deleted", "wait-status")
        return seen(
            answer,
            states=" ".join(sorted(set(found.values()))),
            **{label: str(ca.name(label) in found) for label in known},
        )

    ROWS.append(Row(f"GET certificate_statuses, state {state}", _statuses))


@row("PUT certificate_status: signed, of a signed name", "auto-resign")
def _sign_signed(ca: Ca) -> Facts:
    name = ca.name("auto-resign")
    ca.enrol(name)
    return seen(ca.set_state(name, "signed"))


@row("PUT certificate_status: revoked, twice", "auto-revoke-twice")
def _revoke_twice(ca: Ca) -> Facts:
    name = ca.name("auto-revoke-twice")
    ca.enrol(name)
    ca.expect(204, ca.set_state(name, "revoked"), name)
    return seen(ca.set_state(name, "revoked"), state=ca.state(name))


@row("PUT certificate_status: revoked, of a cleaned name")
def _revoke_cleaned(ca: Ca) -> Facts:
    return seen(ca.set_state(ca.name("auto-cleaned"), "revoked"))


@row("PUT certificate_status: revoked, of a name whose certificate was deleted", "auto-deleted-revoke")
def _revoke_deleted(ca: Ca) -> Facts:
    name = ca.name("auto-deleted-revoke")
    serial = x509.load_pem_x509_certificate(ca.enrol(name)).serial_number
    ca.expect(204, _delete(ca, name), name)
    answer = ca.set_state(name, "revoked")
    crl = x509.load_pem_x509_crl(ca.crl())
    return seen(answer, revoked=str(crl.get_revoked_certificate_by_serial_number(serial) is not None))


@row("DELETE certificate_status of a signed name", "auto-delete")
def _delete_signed(ca: Ca) -> Facts:
    name = ca.name("auto-delete")
    ca.enrol(name)
    return seen(_delete(ca, name), state=ca.state(name))


@row("DELETE certificate_status of a waiting name")
def _delete_waiting(ca: Ca) -> Facts:
    name = ca.name("wait-delete")
    ca.expect(200, ca.submit(name, request(name)), name)
    return seen(_delete(ca, name), state=ca.state(name))


def _bulk_row(method: str, target: str, what: str, body: str | None) -> None:
    label = f"wait-bulk-{len(ROWS)}"

    def run(ca: Ca) -> Facts:
        name = ca.name(label)
        ca.expect(200, ca.submit(name, request(name)), name)
        content = None if body is None else body.replace("WAITING", name).encode()
        answer = ca.call(method, f"{V1}/{target}", identity="admin", headers=JSON, body=content)
        return seen(answer, text=_bulk_text(answer).replace(name, "WAITING"), state=ca.state(name))

    ROWS.append(Row(f"{method} {target}: {what}", run))


_bulk_row("POST", "sign", "a waiting name and an unknown one", '{"certnames":["WAITING","nosuch"]}')
_bulk_row("POST", "sign", "a name twice", '{"certnames":["WAITING","WAITING"]}')
_bulk_row("POST", "sign", "a name in upper case", '{"certnames":["NOSUCH"]}')
_bulk_row("POST", "sign", "a name with ../", '{"certnames":["../requests/WAITING"]}')
_bulk_row("POST", "sign", "no names", '{"certnames":[]}')
_bulk_row("POST", "sign", "an empty object", "{}")
_bulk_row("POST", "sign", "null for names", '{"certnames":null}')
_bulk_row("POST", "sign", "a text for names", '{"certnames":"WAITING"}')
_bulk_row("POST", "sign", "numbers for names", '{"certnames":[1]}')
_bulk_row("POST", "sign", "a list", '["WAITING"]')
_bulk_row("POST", "sign", "not JSON", "junk")
_bulk_row("POST", "sign", "no body", None)
_bulk_row("PUT", "clean", "a waiting name", '{"certnames":["WAITING"]}')
_bulk_row("PUT", "clean", "an unknown name", '{"certnames":["nosuch"]}')
_bulk_row("PUT", "clean", "a name with ../", '{"certnames":["../requests/WAITING"]}')
_bulk_row("PUT", "clean", "no names", '{"certnames":[]}')
_bulk_row("PUT", "clean", "an empty object", "{}")
_bulk_row("PUT", "clean", "null for names", '{"certnames":null}')
_bulk_row("PUT", "clean", "a text for names", '{"certnames":"nosuch"}')
_bulk_row("PUT", "clean", "numbers for names", '{"certnames":[1]}')
_bulk_row("PUT", "clean", "asynchronously", '{"async":true,"certnames":["nosuch"]}')
_bulk_row("PUT", "clean", "a list", '["nosuch"]')
_bulk_row("PUT", "clean", "not JSON", "junk")
_bulk_row("PUT", "clean", "no body", None)


@row("POST sign: a request that may not be signed among good ones")
def _bulk_bad(ca: Ca) -> Facts:
    good, bad = ca.name("wait-bulk-good"), ca.name("wait-bulk-bad")
    ca.expect(200, ca.submit(good, request(good)), good)
    ca.submit(bad, request(bad, extensions=(alt_names("puppet"),)))
    body = json.dumps({"certnames": [bad, good]}).encode()
    answer = ca.call("POST", f"{V1}/sign", identity="admin", headers=JSON, body=body)
    text = _bulk_text(answer).replace(good, "GOOD").replace(bad, "BAD")
    return seen(answer, text=text, good=ca.state(good))


@row("PUT clean: of a signed name, and its certificate is refused", "auto-clean")
def _clean_signed(ca: Ca) -> Facts:
    name = ca.name("auto-clean")
    pem = ca.enrol(name)
    answer = ca.clean(name)
    serial = x509.load_pem_x509_certificate(pem).serial_number
    crl = x509.load_pem_x509_crl(ca.crl())
    revoked = crl.get_revoked_certificate_by_serial_number(serial) is not None
    return seen(answer, text=answer.text, state=ca.state(name), revoked=str(revoked))


@row("PUT clean: of a revoked name", "auto-clean-revoked")
def _clean_revoked(ca: Ca) -> Facts:
    name = ca.name("auto-clean-revoked")
    ca.enrol(name)
    ca.expect(204, ca.set_state(name, "revoked"), name)
    return seen(ca.clean(name), state=ca.state(name))


@row("expirations: what it says")
def _expirations(ca: Ca) -> Facts:
    answer = ca.call("GET", f"{V1}/expirations", identity="node")
    document = json.loads(answer.body)
    authority = x509.load_pem_x509_certificate(ca.authority.read_bytes())
    name = str(authority.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)
    crl = x509.load_pem_x509_crl(ca.crl())
    assert crl.next_update_utc is not None
    return seen(
        answer,
        keys=" ".join(sorted(document)),
        certificate=_same(
            f"{authority.not_valid_after_utc:%Y-%m-%dT%H:%M:%SUTC}", document["ca-certs"].get(name)
        ),
        list=_same(f"{crl.next_update_utc:%Y-%m-%dT%H:%M:%SUTC}", document["crls"].get(name)),
    )


# Renewal (both CAs offer it)

for who in ("none", "foreign", "revoked", "expired", "deleted", "cleaned"):
    ask("POST", f"{V1}/certificate_renewal", identity=who)


def _renewal_row(what: str, **options: object) -> None:
    label = f"auto-renew-{len(ROWS)}"

    def run(ca: Ca) -> Facts:
        name = ca.name(label)
        signer = key(label="identity")
        before = ca.enrol(name, request(name, signer=signer, **options.get("request", {})))  # type: ignore[arg-type]
        ca.add_identity(label, before, signer.pem)
        answer = ca.call(
            "POST",
            f"{V1}/certificate_renewal",
            identity=label,
            headers=options.get("headers"),  # type: ignore[arg-type]
            body=options.get("body"),  # type: ignore[arg-type]
        )
        facts = seen(answer, state=ca.state(name))
        if answer.status == 200:
            old = ca.call("GET", f"{V1}/expirations", identity=label)
            facts = {
                **facts,
                **prefixed(ca.facts(answer.body)),
                f"{CERTIFICATE}key": _same(
                    certificates.public_key_hash(before), certificates.public_key_hash(answer.body)
                ),
                f"{CERTIFICATE}signed/": _same(answer.body.strip(), ca.certificate(name).strip()),
                f"{CERTIFICATE}the old one afterwards": str(old.status),
            }
        return facts

    ROWS.append(Row(f"POST certificate_renewal: {what}", run, (label,)))


_renewal_row("as agents of Puppet 8 do it", headers=TEXT)
_renewal_row("with junk as body", headers=TEXT, body=b"junk")
_renewal_row("with somebody else's certificate in a header", headers={"X-Client-Cert": "junk"})
_renewal_row(
    "of a certificate with extensions",
    headers=TEXT,
    request={"extensions": (extension(csr.PP_ROLE, tlv(der.UTF8, b"web")),)},
)


@row("POST certificate_renewal: twice, the second time with the first certificate", "auto-renew-twice")
def _renew_twice(ca: Ca) -> Facts:
    name, signer = ca.name("auto-renew-twice"), key(label="identity")
    ca.add_identity("auto-renew-twice", ca.enrol(name, request(name, signer=signer)), signer.pem)
    first = ca.call("POST", f"{V1}/certificate_renewal", identity="auto-renew-twice", headers=TEXT)
    second = ca.call("POST", f"{V1}/certificate_renewal", identity="auto-renew-twice", headers=TEXT)
    return seen(second, first=str(first.status))


@row("revoking a renewed name revokes both certificates", "auto-renew-revoke")
def _renew_revoke(ca: Ca) -> Facts:
    name, signer = ca.name("auto-renew-revoke"), key(label="identity")
    old = ca.enrol(name, request(name, signer=signer))
    ca.add_identity("auto-renew-revoke", old, signer.pem)
    answer = ca.call("POST", f"{V1}/certificate_renewal", identity="auto-renew-revoke", headers=TEXT)
    ca.expect(204, ca.set_state(name, "revoked"), name)
    crl = x509.load_pem_x509_crl(ca.crl())
    new = answer.body if answer.status == 200 else old
    serials = [x509.load_pem_x509_certificate(pem).serial_number for pem in (old, new)]
    found = [str(crl.get_revoked_certificate_by_serial_number(serial) is not None) for serial in serials]
    return seen(answer, revoked=" ".join(found))


# Updating the lists of other CAs


def _crl_row(what: str, make: Callable[[Ca], bytes]) -> None:
    def run(ca: Ca) -> Facts:
        before = ca.crl()
        answer = ca.call(
            "PUT", f"{V1}/certificate_revocation_list", identity="admin", headers=TEXT, body=make(ca)
        )
        return seen(answer, list=_same(before, ca.crl()))

    ROWS.append(Row(f"PUT certificate_revocation_list, as admin: {what}", run))


_crl_row("the CA's own list", lambda ca: ca.crl())
_crl_row("the CA's own list twice", lambda ca: ca.crl() * 2)
_crl_row("empty", lambda _: b"")
_crl_row("junk", lambda _: b"junk")
_crl_row("PEM of junk", lambda _: der.pem("X509 CRL", b"junk"))
_crl_row("a certificate", lambda ca: ca.authority.read_bytes())
_crl_row("a list of a stranger", lambda _: csr.foreign_crl(key_identifier=True))
_crl_row("a list without a key identifier", lambda _: csr.foreign_crl(key_identifier=False))
_crl_row("a forged list in the CA's name", lambda ca: csr.foreign_crl(key_identifier=True, like=ca.crl()))


# Last: it signs everything that waits.


@row("POST sign/all: signs what waits")
def _sign_all(ca: Ca) -> Facts:
    name = ca.name("wait-all")
    ca.expect(200, ca.submit(name, request(name)), name)
    answer = ca.call("POST", f"{V1}/sign/all", identity="admin", headers=JSON, body=b"")
    document = json.loads(answer.body)
    return seen(
        answer, keys=" ".join(sorted(document)), signed=str(name in document["signed"]), state=ca.state(name)
    )


@row("POST sign/all: nothing waits that may be signed")
def _sign_all_again(ca: Ca) -> Facts:
    answer = ca.call("POST", f"{V1}/sign/all", identity="admin", headers=JSON, body=b"")
    return seen(answer, signed=json.dumps(json.loads(answer.body)["signed"]))


def _same(one: object, other: object) -> str:
    return "the same" if one == other else "not the same"


def _delete(ca: Ca, name: str) -> Answer:
    return ca.call("DELETE", f"{V1}/certificate_status/{name}", identity="admin", headers=JSON)


def _bulk_text(answer: Answer) -> str:
    """The answer to sign or clean in one form; the words of a schema's violation are Clojure's own."""
    try:
        document = json.loads(answer.body)
    except ValueError:
        return answer.text if answer.status == 200 else ""
    if "kind" in document:
        document["error"] = "..."
    return json.dumps(document, sort_keys=True)


def _status_facts(ca: Ca, name: str, subject: x509.Certificate | x509.CertificateSigningRequest) -> Facts:
    answer = ca.call("GET", f"{V1}/certificate_status/{name}", identity="admin", headers=JSON)
    document = json.loads(answer.body)
    facts = {key: json.dumps(value, sort_keys=True) for key, value in document.items()}
    for volatile in ("fingerprint", "fingerprints", "serial_number", "not_before", "not_after"):
        facts.pop(volatile, None)
    digest = hashlib.sha256(subject.public_bytes(Encoding.DER)).hexdigest().upper()
    facts["fingerprint"] = _same(digest, document["fingerprint"].replace(":", ""))
    facts["fingerprints"] = " ".join(sorted(document["fingerprints"]))
    facts["default fingerprint"] = _same(digest, document["fingerprints"]["default"].replace(":", ""))
    if isinstance(subject, x509.Certificate):
        facts["serial_number"] = _same(subject.serial_number, document["serial_number"])
        facts["not_before"] = _same(
            f"{subject.not_valid_before_utc:%Y-%m-%dT%H:%M:%SUTC}", document["not_before"]
        )
        facts["not_after"] = _same(
            f"{subject.not_valid_after_utc:%Y-%m-%dT%H:%M:%SUTC}", document["not_after"]
        )
    return {**seen(answer), **{fact: text.replace(name, "NAME") for fact, text in facts.items()}}
