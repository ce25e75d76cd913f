"""Method x path x identity at both masters, and what they answer where they answer.

``{own}`` in a path is the caller ``node``; ``other`` asks for it as well.
"""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from tests.differential.ca_table import METHODS, seen
from tests.differential.master import ENVIRONMENT, RICH_JSON, Master, Request
from tests.differential.table import Facts, Row

ROWS: list[Row[Master]] = []
RACK_ROWS: dict[str, Request] = {}  # rows without a certificate, which TLS refuses on our side
JSON_BODY = (("Accept", RICH_JSON), ("Content-Type", "application/json"))
BINARY = (("Accept", "application/octet-stream"),)
EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e"
OWN = "{own}"


def label(request: Request, identity: str) -> str:
    """A row's name."""
    query = "" if request.query == f"environment={ENVIRONMENT}" else f"?{request.query}"
    path = request.path if len(request.path) < 200 else f"{request.path[:60]}... ({len(request.path)})"
    return f"{request.method} {path}{query}, as {identity}"


def named(request: Request, master: Master) -> Request:
    """The request with the certname of ``node`` for ``{own}``, in the path and in the body."""
    name = master.ca.name("auto-node")
    parts = (request.path.replace(OWN, name), request.query, request.headers, request.body.replace(OWN, name))
    return Request(request.method, *parts)


def ask(request: Request, *identities: str) -> None:
    """Rows of one request as some identities."""
    for identity in identities:
        name = label(request, identity)

        def run(master: Master, identity: str = identity) -> Facts:
            return seen(master.send(named(request, master), identity))

        ROWS.append(Row(name, run))
        if identity == "none":
            RACK_ROWS[name] = request


PATHS = (
    f"/puppet/v3/catalog/{OWN}",
    f"/puppet/v3/node/{OWN}",
    f"/puppet/v3/facts/{OWN}",
    f"/puppet/v3/report/{OWN}",
    "/puppet/v3/file_metadata/modules/differential/plain.txt",
    "/puppet/v3/file_metadatas/modules/differential",
    "/puppet/v3/file_content/modules/differential/plain.txt",
    f"/puppet/v3/file_bucket_file/md5/{EMPTY_MD5}",
    "/puppet/v3/static_file_content/differential/files/plain.txt",
    "/puppet/v3/environments",
    "/puppet/v3/tasks",
    "/status/v1/simple",
    "/status/v1/services",
    "/puppet/v4/catalog",
    "/puppet/v3/catalog",
    f"/puppet/v3/catalog/{OWN}/x",
    f"/puppet/v3/facts_search/{OWN}",
    "/puppet/v3/resource_type/x",
    "/puppet/v3/environment/differential",
    "/puppet/v3/certificate/ca",
    "/puppet/v3/plans",
    "/puppet-ca/v1/certificate/ca",
    "/puppet-ca/v1/certificate_request/nosuch",
    "/puppet-ca/v1/certificate_revocation_list/ca",
    "/puppet-ca/v1/certificate_status/nosuch",
    "/puppet-ca/v1/certificate_renewal",
    "/puppet-ca/v1/sign/all",
    "/puppet-admin-api/v1/environment-cache",
    "/puppet-admin-api/v1/jruby-pool",
    "/metrics/v2",
    "/production/catalog/x",
    "/",
)

for path in PATHS:
    for method in METHODS:
        ask(Request(method, path), "none", "node", "other")

GRANTED = (
    Request("GET", f"/puppet/v3/catalog/{OWN}"),
    Request("GET", f"/puppet/v3/node/{OWN}"),
    Request("GET", "/puppet/v3/file_metadata/modules/differential/plain.txt"),
    Request("GET", "/puppet/v3/file_content/modules/differential/plain.txt", headers=BINARY),
    Request("GET", "/puppet/v3/environments"),
    Request("GET", "/status/v1/simple"),
)
for request in GRANTED:
    ask(request, "admin", "foreign", "revoked", "expired", "cleaned", "deleted")
for request in (
    Request("POST", "/puppet/v4/catalog", "", JSON_BODY, json.dumps({"certname": OWN})),
    Request("DELETE", "/puppet-admin-api/v1/environment-cache"),
    Request("GET", "/puppet-ca/v1/certificate_statuses/all"),
):
    ask(request, "admin")


# Bodies that agents send, and others


def _facts(name: str, **values: object) -> str:
    stamp = datetime.now(UTC).isoformat()
    return json.dumps({"name": name, "values": values, "timestamp": stamp, "expiration": stamp})


def _report(host: str) -> str:
    document = {
        "host": host,
        "time": datetime.now(UTC).isoformat(),
        "configuration_version": 1,
        "transaction_uuid": str(uuid.uuid4()),
        "report_format": 12,
        "puppet_version": "8.10.0",
        "status": "unchanged",
        "noop": False,
        "noop_pending": False,
        "environment": ENVIRONMENT,
        "logs": [],
        "metrics": {},
        "resource_statuses": {},
        "corrective_change": False,
    }
    return json.dumps(document)


FACTS, REPORT = f"/puppet/v3/facts/{OWN}", f"/puppet/v3/report/{OWN}"
for request, note in (
    (Request("PUT", FACTS, headers=JSON_BODY, body=_facts(OWN, a=1)), "its own facts"),
    (Request("PUT", FACTS, headers=JSON_BODY, body=_facts("somebody", a=1)), "another's facts in the body"),
    (Request("PUT", FACTS, headers=JSON_BODY, body="junk"), "junk"),
    (Request("PUT", FACTS, headers=JSON_BODY, body="[]"), "a list"),
    (Request("PUT", FACTS, headers=JSON_BODY, body="null"), "null"),
    (Request("PUT", FACTS, headers=(("Content-Type", "text/yaml"),), body="--- {}"), "YAML"),
    (Request("PUT", FACTS, headers=(("Content-Type", "text/plain"),), body=_facts(OWN)), "plain text"),
    (Request("PUT", FACTS, headers=(("Content-Type", "nonsense"),), body=_facts(OWN)), "a type that is none"),
    (Request("PUT", FACTS, headers=(), body=_facts(OWN)), "no Content-Type"),
    (Request("PUT", FACTS, "", JSON_BODY, _facts(OWN)), "no environment"),
    (Request("PUT", FACTS, "environment=nosuch", JSON_BODY, _facts(OWN)), "an unknown environment"),
    (Request("PUT", REPORT, headers=JSON_BODY, body=_report(OWN)), "its own report"),
    (Request("PUT", REPORT, headers=JSON_BODY, body=_report("somebody")), "another's report in the body"),
    (Request("PUT", REPORT, headers=JSON_BODY, body="junk"), "junk"),
    (Request("PUT", REPORT, headers=JSON_BODY, body="{}"), "an empty object"),
    (Request("PUT", REPORT, headers=(("Content-Type", "text/yaml"),), body="--- {}"), "YAML"),
):

    def _body(master: Master, request: Request = request) -> Facts:
        return seen(master.send(named(request, master), "node"))

    ROWS.append(Row(f"PUT {request.path}: {note}, as node", _body))

CATALOG = f"/puppet/v3/catalog/{OWN}"
for request in (
    Request("GET", CATALOG, ""),
    Request("GET", CATALOG, "environment=nosuch"),
    Request("GET", CATALOG, "environment=../../etc"),
    Request("GET", CATALOG, "environment=%2e%2e"),
    Request("GET", CATALOG, "environment=a/b"),
    Request("GET", CATALOG, "environment=%ff"),
    Request("GET", CATALOG, "environment="),
    Request("GET", CATALOG, f"environment={ENVIRONMENT}&environment=production"),
    Request("GET", CATALOG, f"environment={ENVIRONMENT}&facts_format=application%2Fjson&facts=junk"),
    Request("GET", CATALOG, f"environment={ENVIRONMENT}&facts_format=yaml&facts=junk"),
    Request("GET", CATALOG, headers=(("Accept", "text/yaml"),)),
    Request("GET", CATALOG, headers=(("Accept", "application/json"),)),
    Request("GET", CATALOG, headers=(("Accept", "*/*"),)),
    Request("GET", CATALOG, headers=()),
    Request("GET", "/puppet/v3/file_metadata/modules/differential/nosuch"),
    Request("GET", "/puppet/v3/file_metadata/modules/nosuch/x"),
    Request("GET", "/puppet/v3/file_metadata/nosuch/x"),
    Request("GET", "/puppet/v3/file_metadata/plugins/x"),
    Request("GET", "/puppet/v3/file_metadatas/plugins", f"environment={ENVIRONMENT}&recurse=true"),
    Request("GET", "/puppet/v3/file_metadata/modules/differential/plain.txt", "environment=nosuch"),
    Request("GET", "/puppet/v3/file_metadata/modules/differential/plain.txt", ""),
    Request("GET", "/puppet/v3/file_content/modules/differential/plain.txt", headers=BINARY),
    Request("GET", "/puppet/v3/file_content/modules/differential/nosuch", headers=BINARY),
    Request("GET", "/puppet/v3/file_content/modules/differential", headers=BINARY),
    Request("GET", "/puppet/v3/file_content/modules/differential/../../manifests/site.pp", headers=BINARY),
    Request("GET", "/puppet/v3/file_content/modules/differential/%2e%2e/manifests/init.pp", headers=BINARY),
    Request("GET", "/puppet/v3/file_content/modules/differential/..%2Fmanifests%2Finit.pp", headers=BINARY),
    Request("GET", "/puppet/v3/file_content/modules/differential/plain.txt%00", headers=BINARY),
    Request("GET", "/puppet/v3/file_content//etc/passwd", headers=BINARY),
    Request("GET", "/puppet/v3/file_content/file:/etc/passwd", headers=BINARY),
    Request("GET", "/puppet/v3/file_content/puppet:/modules/differential/plain.txt", headers=BINARY),
    Request("HEAD", f"/puppet/v3/file_bucket_file/md5/{EMPTY_MD5}", headers=BINARY),
    Request("GET", f"/puppet/v3/file_bucket_file/md5/{EMPTY_MD5}", headers=BINARY),
    Request("GET", f"/puppet/v3/file_bucket_file/md5/{EMPTY_MD5}/etc/motd", headers=BINARY),
    Request("GET", "/puppet/v3/file_bucket_file/md5/../../../../etc/passwd", headers=BINARY),
    Request("GET", "/puppet/v3/file_bucket_file/md5/junk", headers=BINARY),
    Request(
        "PUT",
        f"/puppet/v3/file_bucket_file/md5/{EMPTY_MD5}",
        headers=(*BINARY, ("Content-Type", "application/octet-stream")),
    ),
    Request("GET", "/puppet/v3/static_file_content/differential/files/plain.txt", ""),
    Request(
        "GET",
        "/puppet/v3/static_file_content/differential/files/plain.txt",
        f"environment={ENVIRONMENT}&code_id=x",
    ),
    Request(
        "GET",
        "/puppet/v3/static_file_content/differential/manifests/init.pp",
        f"environment={ENVIRONMENT}&code_id=x",
    ),
    Request("GET", "/status/v1/simple/server"),
    Request("GET", "/status/v1/simple/master"),
    Request("GET", "/status/v1/simple/nosuch"),
    Request("GET", "/puppet/v3/environments", ""),
):
    ask(request, "node")

# Names, each asked for by somebody else: none may give the node's data.
for written in (
    "%61uto-node",
    "%2561uto-node",
    "AUTO-NODE",
    "{own}.",
    "{own}%2e",
    "{own}%2F",
    "{own}/",
    "{own}//",
    "{own}%00",
    "{own}%0A",
    "{own}%20",
    "{own};x",
    "{own}%3Bx",
    "/{own}",
    "./{own}",
    "x/../{own}",
    "x%2F..%2F{own}",
    "x/%2e%2e/{own}",
    "x%5C..%5C{own}",
    "%ff%fe",
    "*",
    "x" * 3000,
):
    ask(Request("GET", f"/puppet/v3/catalog/{written}"), "other")
for path in (
    f"//puppet/v3/catalog/{OWN}",
    f"/puppet//v3/catalog/{OWN}",
    f"/puppet/v3//catalog/{OWN}",
    f"/PUPPET/v3/catalog/{OWN}",
    f"/puppet/v3/../v3/catalog/{OWN}",
    f"/puppet/v3/%63atalog/{OWN}",
    f"/puppet/v3/catalog%2F{OWN}",
    f"/puppet/v3/file_content/../catalog/{OWN}",
    f"/puppet/v3/file_content/%2e%2e/catalog/{OWN}",
):
    ask(Request("GET", path), "node", "other")
for name, value in (
    ("X-Client-Verify", "SUCCESS"),
    ("X-Client-DN", "CN=admin"),
    ("X-Client-Cert", "x"),
    ("SSL_CLIENT_S_DN_CN", "admin"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Authentication", "x"),
):
    headed = Request("GET", CATALOG, headers=(("Accept", RICH_JSON), (name, value)))

    def _headed(master: Master, headed: Request = headed) -> Facts:
        return seen(master.send(named(headed, master), "other"))

    ROWS.append(Row(f"GET {CATALOG} with the header {name}: {value}, as other", _headed))


# What is answered


def content(name: str, request: Request) -> Callable[[Callable[[Master, object], Facts]], None]:
    """A row about the content of a JSON answer, which a function makes into facts."""

    def add(describe: Callable[[Master, object], Facts]) -> None:
        def run(master: Master) -> Facts:
            answer = master.send(named(request, master), "node")
            facts = seen(answer, type=answer.header("Content-Type").partition(";")[0])
            if answer.status == 200:
                document = master.plain(json.loads(answer.body))
                facts = {**facts, **describe(master, document)}
            return facts

        ROWS.append(Row(name, run))

    return add


@content("the environments", Request("GET", "/puppet/v3/environments", ""))
def _environments(_: Master, document: object) -> Facts:
    assert isinstance(document, dict)
    found = document["environments"]
    settings = found[ENVIRONMENT]["settings"]
    return {
        "names": " ".join(sorted(found)),
        "search paths": " ".join(document["search_paths"]),
        **{key: json.dumps(value) for key, value in settings.items()},
    }


@content("a node", Request("GET", f"/puppet/v3/node/{OWN}"))
def _node(_: Master, document: object) -> Facts:
    assert isinstance(document, dict)
    return {key: json.dumps(value, sort_keys=True)[:500] for key, value in document.items()}


@content(
    "metadata of a file",
    Request(
        "GET",
        "/puppet/v3/file_metadata/modules/differential/plain.txt",
        f"environment={ENVIRONMENT}&links=manage&checksum_type=sha256&source_permissions=ignore",
    ),
)
def _metadata(_: Master, document: object) -> Facts:
    assert isinstance(document, dict)
    numbers = ("owner", "group")  # of the masters' own users
    return {key: json.dumps(value) for key, value in document.items() if key not in numbers}


@content(
    "metadata of all plugins",
    Request(
        "GET",
        "/puppet/v3/file_metadatas/plugins",
        f"environment={ENVIRONMENT}&recurse=true&links=manage&checksum_type=sha256&source_permissions=ignore"
        "&ignore=.svn&ignore=CVS&ignore=.git&ignore=.hg&ignore=*.pot",
    ),
)
def _plugins(_: Master, document: object) -> Facts:
    assert isinstance(document, list)
    for entry in document:
        if entry["type"] == "directory":
            del entry["checksum"]  # a time
        del entry["owner"], entry["group"]  # numbers of the masters' own users
    entries = {entry["relative_path"]: json.dumps(entry, sort_keys=True) for entry in document}
    return {"number": str(len(entries)), **entries}


@content(
    "metadata of all plugin facts",
    Request("GET", "/puppet/v3/file_metadatas/pluginfacts", "environment=differential&recurse=true"),
)
def _pluginfacts(_: Master, document: object) -> Facts:
    assert isinstance(document, list)
    return {"number": str(len(document))}
