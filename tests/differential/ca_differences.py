"""The differences between puppetserver's CA and ours that are meant. One entry each; any other fails."""

from tests.differential.table import CERTIFICATE, Difference

_KEPT = "ours keeps no request that can never be signed, so that it cannot block a good one under its name"
_AT_ONCE = (
    "ours checks a request before it keeps it; puppetserver keeps it, and checks when somebody signs it"
)
_WEAK = "ours signs RSA from 2048 bits, P-256, P-384 and P-521, with SHA-2, and nothing weaker or more exotic"
_ALT = "ours signs DNS names only"
_EXTENSION = "ours takes each extension once, not critical, and as a text, as Puppet's agents write it"
_FAILS = "puppetserver fails with 500 on what it cannot parse; ours says that the request is bad"
_ONE_PEM = "the body is exactly one PEM request"
_PATH = "ours refuses a name that no certificate can have before it looks for one"
_NO_RULE = (
    "ours denies what no rule names exactly; puppetserver's rules are prefixes, and it finds no route then"
)
_SUBJECT = "ours takes exactly one common name and nothing else; puppetserver drops the rest"
_APACHE = "Apache resolves dot segments and double slashes before the CA sees, and authorizes, the path"
_METHOD = "Apache refuses TRACE, and Passenger methods that HTTP does not know; neither reaches the CA"
_SIGN = "puppetserver reports success when there was no list of names to sign; ours says that it is missing"
_NAMES = "puppetserver takes names for paths, or fails with 500 on what is no list; ours checks each name"
_SECRET = "a waiting request holds the secret of its launch: ours shows it to administrators only"
_DELETED = (
    "a certificate that the CA has deleted identifies nobody on ours; on puppetserver its holder goes on,"
    " since DELETE does not revoke"
)
_REPEATED = "a request repeated with the same key, after a lost answer say, is no error and changes nothing"

V1 = "/puppet-ca/v1"


def _csr(what: str, reference: str, ours: str, why: str, *, fact: str = "status") -> Difference:
    return Difference(f"PUT certificate_request, to be signed: {what}", fact, reference, ours, why)


def _signed(what: str, why: str) -> tuple[Difference, ...]:
    """What puppetserver signs and ours refuses."""
    return _csr(what, "200", "4??", why), _csr(what, "signed", "absent", why, fact="state")


def _never_kept(what: str, why: str = _KEPT, *, status: str = "") -> tuple[Difference, ...]:
    """What both refuse, but puppetserver keeps; ``status``: its answer, if that differs from our 400."""
    kept = _csr(what, "*", "absent", why, fact="state")
    return (kept, _csr(what, status, "400", why)) if status else (kept,)


def _kept(what: str) -> tuple[Difference, ...]:
    """What puppetserver lets wait, although it will never sign it (or is all too ready to)."""
    row = f"PUT certificate_request, to wait: {what}"
    return (
        Difference(row, "status", "200", "400", _AT_ONCE),
        Difference(row, "state", "*", "absent", _AT_ONCE),
    )


def _get(target: str, reference: str, ours: str, why: str, *, identity: str = "none") -> Difference:
    return Difference(f"GET {target}, as {identity}", "status", reference, ours, why)


def _by_hand(what: str) -> tuple[Difference, ...]:
    row = f"a person signs a request with {what}"
    return (
        Difference(row, "submitted", "200", "400", _KEPT),
        Difference(row, "status", "409", "404", _KEPT),
        Difference(row, "state", "requested", "absent", _KEPT),
    )


def _bulk(row: str, reference: str, ours: str, why: str) -> tuple[Difference, ...]:
    return (Difference(row, "status", reference, ours, why), Difference(row, "text", "*", "*", why))


DIFFERENCES: tuple[Difference, ...] = (
    # Certificates and the list
    Difference(
        "*",
        f"{CERTIFICATE}extension authorityKeyIdentifier 2.5.29.35",
        "the CA's key, the CA's issuer and serial",
        "the CA's key",
        "the key identifier says which CA it is; the serial number of the CA's certificate would be wrong"
        " once that is renewed with the same key",
    ),
    Difference(
        "the revocation list *",
        "thisUpdate",
        "seconds",
        "0 days 5 minutes",
        "dated back: a master whose clock is slow would take it for one from the future and refuse everybody",
    ),
    Difference(
        "the revocation list *",
        "lifetime",
        "1826 days",
        "1825 days",
        "puppetserver counts five calendar years",
    ),
    # Certificate requests: names
    *_signed("name ends with a dot", "an empty segment is malformed wherever it stands"),
    _csr("name with a wildcard", "404", "400", _PATH),
    _csr("name with an umlaut", "404", "400", _PATH),
    _csr("name with a space", "404", "400", _PATH),
    _csr("name with a slash", "404", "400", _PATH),
    _csr("name with NUL", "400", "404", "Apache refuses an encoded NUL with 404"),
    *_signed("line feed in the subject only", "puppetserver's pattern overlooks a line feed at the end"),
    *_signed("name of more than 64 characters", "X.509 allows 64 characters in a common name"),
    *(
        _csr(
            "the CA's own name: ca",
            reference,
            ours,
            "GET certificate/ca is the CA's own certificate, never a node's",
            fact=fact,
        )
        for fact, reference, ours in (("status", "200", "400"), ("state", "requested", "absent"))
    ),
    *_signed("two common names, the right one first", _SUBJECT),
    *_signed("an organisation besides the common name", _SUBJECT),
    # Keys and signatures
    *_never_kept("bad signature"),
    *_never_kept("signed with another key"),
    *(
        difference
        for what in ("RSA 512", "RSA 1024", "MD5", "SHA-1", "Ed25519", "EC secp256k1", "DSA 2048")
        for difference in (*_signed(what, _WEAK), *_kept(what))
    ),
    *_kept("bad signature"),
    *_kept("signed with another key"),
    # Extensions
    *_never_kept("another name as alternative name"),
    *_never_kept("its own and another name as alternative names"),
    *_never_kept("a wildcard as alternative name"),
    *_never_kept("an IP address as alternative name"),
    *_signed("an e-mail address as alternative name", _ALT),
    *_signed("a URI as alternative name", _ALT),
    *_never_kept("pp_auth_role"),
    *_never_kept("pp_cli_auth"),
    *_never_kept("basic constraints: a CA"),
    *_never_kept("key usage: sign certificates"),
    *_never_kept("an unknown extension"),
    *_never_kept("pp_role twice", _FAILS, status="500"),
    *_signed("pp_role, critical", _EXTENSION),
    *_never_kept("pp_role, not text", _FAILS, status="500"),
    *_never_kept("pp_role, not DER", _FAILS, status="500"),
    *_signed("extensions in Microsoft's attribute: pp_cli_auth", "ours reads that attribute, and refuses"),
    *(
        difference
        for what in (
            "a wildcard as alternative name",
            "an IP address as alternative name",
            "an e-mail address as alternative name",
            "a URI as alternative name",
            "pp_auth_role",
            "pp_cli_auth",
            "basic constraints: a CA",
            "key usage: sign certificates",
            "an unknown extension",
            "pp_role twice",
            "pp_role, critical",
            "pp_role, not text",
            "pp_role, not DER",
            "extensions in Microsoft's attribute: pp_cli_auth",
        )
        for difference in _kept(what)
    ),
    # Bodies
    *(
        _csr(what, "500", "400", _FAILS)
        for what in (
            "no body",
            "empty body",
            "junk",
            "PEM of junk",
            "a certificate in place of a request",
            "cut short",
            "two requests",
            "DER in place of PEM",
        )
    ),
    *_signed("text before it", _ONE_PEM),
    *_signed("junk after it", _ONE_PEM),
    *_signed("a request of 100 kB", "ours takes no request of more than 32 kB; usual ones have 1 to 2"),
    _csr("a body of 2 MB", "500", "413", _FAILS),
    Difference(
        "PUT certificate_request: the same request again while it waits", "status", "400", "200", _REPEATED
    ),
    Difference(
        "PUT certificate_request: the same key again once it is signed", "status", "400", "200", _REPEATED
    ),
    # Who may read what
    Difference("GET certificate_request of a waiting name, as none", "status", "200", "403", _SECRET),
    *(
        _get(f"{V1}/certificate_request/nosuch", "404", "403", _SECRET, identity=identity)
        for identity in ("none", "node", "other", "deleted")
    ),
    _get(f"{V1}/expirations", "200", "403", _DELETED, identity="deleted"),
    Difference(f"POST {V1}/certificate_renewal, as deleted", "status", "200", "403", _DELETED),
    # Methods and paths
    Difference("TRACE *", "status", "403", "405", _METHOD),
    Difference("FOO *", "status", "403", "400", _METHOD),
    Difference(
        "HEAD /status/v1/simple *", "status", "403", "200", "HEAD says no more than GET, which is open to all"
    ),
    Difference(
        f"PUT {V1}/certificate_request/nosuch without a body, as admin", "status", "500", "400", _FAILS
    ),
    *(
        Difference(
            f"{method} {V1}/certificate_statuses/all without a body, as admin",
            "status",
            "405",
            "403",
            _NO_RULE,
        )
        for method in ("PUT", "DELETE")
    ),
    *(
        _get(target, "404", ours, _NO_RULE)
        for target, ours in (
            ("/", "400"),
            (f"{V1}/certificate/", "400"),
            (f"{V1}/certificate/ca/", "400"),
            (f"{V1}/certificate/ca/x", "403"),
            ("/puppet/v3/certificate/ca", "403"),
            (f"{V1}/certificate_revocation_list/ca/x", "403"),
        )
    ),
    *(_get(target, "403", "400", _NO_RULE) for target in ("/puppet-ca/", f"{V1}/")),
    *(
        _get(f"{V1}/certificate/{name}", "404", "400", _PATH)
        for name in ("CA", "c%2561", "ca%3Bx", "ca.", "%ff", "..%5Cca_key", "x*")
    ),
    *(_get(f"{V1}/certificate/{name}", "200", "400", _PATH) for name in ("ca;x", "ca%0A", "ca%20")),
    _get(f"{V1}/certificate/ca%00", "400", "404", "Apache refuses an encoded NUL with 404"),
    _get(f"{V1}/certificate/../certificate/ca", "400", "200", _APACHE),
    _get(f"/{V1}/certificate/ca", "404", "200", _APACHE),
    _get(f"{V1}/certificate_status", "404", "403", _NO_RULE, identity="admin"),
    _get(f"{V1}/certificate_status/", "404", "400", _NO_RULE, identity="admin"),
    _get(f"{V1}/certificate_status/NOSUCH", "404", "400", _PATH, identity="admin"),
    _get(f"{V1}/certificate_status/{{node}}/x", "404", "403", _NO_RULE, identity="admin"),
    _get(
        f"{V1}/certificate_status/{{node}} accepts text/yaml",
        "406",
        "200",
        "Accept is not looked at: there is one form, JSON",
        identity="admin",
    ),
    *(
        _get(
            f"{V1}/{target} If-Modified-Since: RFC 850's form",
            "200",
            "304",
            "HTTP demands that all three forms of date are understood",
        )
        for target in ("certificate/ca", "certificate_revocation_list/ca")
    ),
    Difference(
        "POST certificate_renewal: with somebody else's certificate in a header",
        "status",
        "400",
        "200",
        "ours looks at no header for a certificate: the one that is renewed is the one shown in TLS",
    ),
    *(
        Difference(f"PUT certificate_revocation_list, as admin: {what}", "status", "500", "400", _FAILS)
        for what in ("PEM of junk", "a certificate")
    ),
    # Administration
    *(
        Difference(
            f"PUT certificate_status of a waiting name: signed, for {time}",
            fact,
            reference,
            ours,
            "a certificate that has ended already is of no use to anybody",
        )
        for time in ("0 seconds", "-1 second")
        for fact, reference, ours in (("status", "204", "400"), ("state", "signed", "requested"))
    ),
    *(
        Difference(
            "PUT certificate_status of a waiting name: signed, for 100 years",
            fact,
            reference,
            ours,
            "puppetserver fails with 500 (a bug); ours lets no certificate outlive its CA",
        )
        for fact, reference, ours in (("status", "500", "204"), ("state", "requested", "signed"))
    ),
    *_by_hand("pp_cli_auth"),
    *_by_hand("pp_auth_role"),
    *_by_hand("an unknown extension"),
    *_by_hand("a bad signature"),
    Difference("POST sign: a name with ../", "text", "*", "*", _NAMES),
    Difference("POST sign: a name with ../", "state", "absent", "requested", _NAMES),
    *_bulk("POST sign: an empty object", "200", "422", _SIGN),
    *_bulk("POST sign: null for names", "200", "422", _SIGN),
    *_bulk("POST sign: a list", "200", "400", _SIGN),
    *_bulk("POST sign: not JSON", "200", "400", _SIGN),
    *_bulk("POST sign: no body", "200", "4??", _SIGN),
    Difference(f"POST {V1}/sign without a body, as admin", "status", "200", "4??", _SIGN),
    *_bulk("PUT clean: a name with ../", "500", "200", _NAMES),
    *_bulk("PUT clean: null for names", "400", "422", _NAMES),
    *_bulk("PUT clean: a text for names", "500", "422", _NAMES),
    *_bulk("PUT clean: numbers for names", "500", "422", _NAMES),
)
