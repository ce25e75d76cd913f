"""The differences between puppetserver and our master that are meant. One entry each; any other fails."""

from tests.differential.table import Difference

_TLS = "our master wants a certificate of the CA in TLS; the Rack application's own answer stands beside it"
_NO_RULE = (
    "ours denies what no rule allows; puppetserver looks for a route first, and says whether there is one"
)
_METHOD = "Apache refuses TRACE, and Passenger methods that HTTP does not know; neither reaches a worker"
_PATH = "ours compares names without decoding twice, and refuses what can be no certname; puppetserver fails"
_APACHE = (
    "Apache resolves dot segments and double slashes before the application sees, and authorizes, the path"
)
_SLASH = "Apache refuses an encoded slash or NUL with 404"
_POST = "auth.conf allows POST, and Puppet's own handler serves it; puppetserver has no route for it"
_BODY = "Puppet takes the name from the body: ours refuses a body about another node"
_STATUS = "states of services are for the health listener (puppet::master::health_port)"
_RACK = "status at the Rack layer"
_OTHERS = ("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
_FILES = "/puppet/v3/file_content/modules/differential"


def _row(row: str, reference: str, ours: str, why: str, fact: str = "status") -> Difference:
    return Difference(row, fact, reference, ours, why)


def _get(path: str, reference: str, ours: str, why: str, identity: str = "node") -> Difference:
    return _row(f"GET {path}, as {identity}", reference, ours, why)


DIFFERENCES: tuple[Difference, ...] = (
    # Who shows no certificate
    _row("* as none", "*", "refused in TLS", _TLS),
    _row("GET /status/v1/services, as none", "200", "403", _STATUS, _RACK),
    _row("* as none", "404", "403", _NO_RULE, _RACK),
    # Methods, and paths that are not for agents
    *(_row(f"TRACE *, as {identity}", "40?", "405", _METHOD) for identity in ("node", "other")),
    *(_row(f"FOO *, as {identity}", "40?", "400", _METHOD) for identity in ("node", "other")),
    *(
        _row(f"{method} /{path}*", "404", "403", _NO_RULE)
        for method in _OTHERS
        for path in ("puppet/", "puppet-ca/", "production/", ",")
    ),
    *(
        _get(path, "404", "403", _NO_RULE, identity)
        for path in (
            "/",
            "/puppet/v3/facts/{own}",
            "/puppet/v3/report/{own}",
            "/puppet/v4/catalog",
            "/puppet/v3/catalog",
            "/puppet/v3/facts_search/{own}",
            "/puppet/v3/resource_type/x",
            "/puppet/v3/environment/differential",
            "/puppet/v3/certificate/ca",
            "/production/catalog/x",
            "/puppet-ca/*",
        )
        for identity in ("node", "other")
    ),
    _get("/puppet-ca/v1/certificate_statuses/all", "404", "403", _NO_RULE, "admin"),
    *(
        _get(
            "/puppet/v3/tasks", "200", "403", "tasks are an orchestrator's; no agent asks for them", identity
        )
        for identity in ("node", "other")
    ),
    *(_get("/status/v1/services", "200", "403", _STATUS, identity) for identity in ("node", "other")),
    _get("/status/v1/simple/nosuch", "404", "403", _NO_RULE),
    *(
        _row(f"POST /puppet/v3/{path}, as {identity}", "404", ours, _POST)
        for path, ours in (
            ("file_metadata/*", "200"),
            ("file_metadatas/*", "400"),
            ("file_content/*", "406"),
            ("file_bucket_file/*", "500"),
        )
        for identity in ("node", "other")
    ),
    # Bodies
    _row("PUT /puppet/v3/facts/{own}: another's facts in the body, as node", "200", "400", _BODY),
    _row("PUT /puppet/v3/report/{own}: another's report in the body, as node", "500", "400", _BODY),
    _get(
        "/puppet/v3/catalog/{own}?environment=differential&facts_format=application%2Fjson&facts=junk",
        "500",
        "400",
        "facts that cannot be read are the caller's fault",
    ),
    # Files
    _get(f"{_FILES}/../../manifests/site.pp", "400", "500", _APACHE),
    _get(f"{_FILES}/%2e%2e/manifests/init.pp", "400", "404", _APACHE),
    _get(f"{_FILES}/..%2Fmanifests%2Finit.pp", "400", "404", _SLASH),
    _get(f"{_FILES}/plain.txt%00", "400", "404", _SLASH),
    _get("/puppet/v3/file_content/file:/etc/passwd", "500", "403", "a URL is no name of a file here"),
    _get(
        "/puppet/v3/file_content/puppet:/modules/differential/plain.txt",
        "200",
        "403",
        "a URL is no name of a file here",
    ),
    _get("/puppet/v3/file_bucket_file/md5/../../../../etc/passwd", "404", "403", _APACHE),
    _get(
        "/puppet/v3/file_bucket_file/md5/junk", "500", "403", "what is no checksum is no name in the bucket"
    ),
    # Names
    *(
        _get(f"/puppet/v3/catalog/{name}", reference, ours, why, "other")
        for name, reference, ours, why in (
            ("%2561uto-node", "500", "403", _PATH),
            ("{own}%2F", "403", "404", _SLASH),
            ("{own}%00", "400", "404", _SLASH),
            ("{own}%0A", "500", "400", _PATH),
            ("{own}%20", "500", "403", _PATH),
            ("{own}%3Bx", "500", "403", _PATH),
            ("./{own}", "400", "403", _APACHE),
            ("x/../{own}", "400", "403", _APACHE),
            ("x%2F..%2F{own}", "400", "404", _SLASH),
            ("x/%2e%2e/{own}", "400", "403", _APACHE),
            ("x%5C..%5C{own}", "500", "403", _PATH),
            ("%ff%fe", "500", "400", _PATH),
            ("*", "500", "403", _PATH),
            ("xxx*", "403", "400", "no path of Puppet's is longer than 2048 bytes"),
        )
    ),
    *(
        _get(path, reference, ours, why, identity)
        for path, reference, ours_own, ours_other, why in (
            ("//puppet/v3/catalog/{own}", "404", "200", "403", _APACHE),
            ("/PUPPET/v3/catalog/{own}", "404", "403", "403", _NO_RULE),
            ("/puppet/v3/../v3/catalog/{own}", "400", "200", "403", _APACHE),
            ("/puppet/v3/file_content/../catalog/{own}", "400", "200", "403", _APACHE),
            ("/puppet/v3/file_content/%2e%2e/catalog/{own}", "400", "200", "403", _APACHE),
            ("/puppet/v3/catalog%2F{own}", "???", "404", "404", _SLASH),
        )
        for identity, ours in (("node", ours_own), ("other", ours_other))
    ),
    # What is answered
    Difference(
        "the environments",
        "environment_timeout",
        "0",
        '"unlimited"',
        "a setting: ours keeps parsed code until puppet_master refresh, puppetserver looks each time",
    ),
)
