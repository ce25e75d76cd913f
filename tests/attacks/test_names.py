"""Names in the path that mean one thing to whoever checks and another to whoever serves."""

import pytest

from tests.attacks.site import ENVIRONMENT, FACTS, Site
from tests.attacks.wire import Answer, request

Q = f"?{ENVIRONMENT}".encode()
KINDS = ("node", "catalog")

# A = the attacker's own name, V = the victim's. None of these is the name of who asks.
SPELLINGS = {
    "escaped dots": b"A%2e%2e%2fV",
    "half escaped dots": b"A/.%2e/V",
    "escaped slash": b"A%2FV",
    "escaped slash and dots": b"A%2f..%2fV",
    "doubly escaped slash": b"A%252fV",
    "doubly escaped dots": b"A%252e%252e%252fV",
    "doubly escaped letter": b"%2561ttacks-V",
    "slash and dots": b"A/../V",
    "slash and dot": b"A/./V",
    "dots first": b"../node/V",
    "dots that climb out": b"A/../../../../../../V",
    "two slashes": b"A//V",
    "slash first": b"/V",
    "slash last": b"V/",
    "escaped slash last": b"V%2f",
    "semicolon": b"A;V",
    "semicolon of the victim": b"V;A",
    "semicolon and dots": b"A;/../V",
    "escaped semicolon": b"V%3bA",
    "dot last": b"V.",
    "escaped dot last": b"V%2e",
    "dots last": b"V..",
    "dot first": b".V",
    "nul": b"A%00V",
    "nul last": b"V%00",
    "nul and suffix": b"V%00.pem",
    "doubly escaped nul": b"V%2500",
    "space last": b"V%20",
    "plus last": b"V+",
    "tab": b"V%09",
    "newline": b"A%0aV",
    "newline last": b"V%0a",
    "carriage return and newline": b"V%0d%0aX-Evil:%201",
    "upper case": b"UPPER",
    "overlong slash": b"A%c0%afV",
    "overlong dot": b"A%c0%ae%c0%ae/V",
    "not UTF-8": b"V%ff%fe",
    "raw bytes that are not UTF-8": b"V\xff\xfe",
    "raw UTF-8": "V\u00e9".encode(),
    "cut UTF-8": b"V%c3",
    "surrogate": b"V%ed%a0%80",
    "full-width letter": "\uff21V".encode(),
    "soft hyphen": "V\u00ad".encode(),
    "right-to-left": b"V%e2%80%ae",
    "byte order mark": b"%ef%bb%bfV",
    "percent alone": b"V%",
    "cut escape": b"V%2",
    "escape of no number": b"V%zz",
    "IIS escape": b"V%u002f",
    "backslash": b"A\\..\\V",
    "escaped backslash": b"A%5c..%5cV",
    "star": b"*",
    "braces": b"{A,V}",
    "question mark escaped": b"V%3f",
    "fragment": b"V#A",
    "escaped fragment": b"V%23A",
    "at": b"A@V",
    "comma": b"A,V",
    "quotes": b"'V'",
    "shell": b"V$(id)",
    "backquotes": b"V`id`",
    "pipe": b"V|id",
    "file URL": b"file:%2f%2f%2fetc%2fpasswd",
    "template": b"%25{V}",
    "interpolation": b"%23{V}",
    "empty": b"",
    "dot": b".",
    "dot dot": b"..",
    "escaped dot dot": b"%2e%2e",
}


def _ask(site: Site, who: str, kind: str, spelling: bytes, query: bytes = Q) -> Answer:
    attacker, victim = (site.identity(name).certname.encode() for name in (who, "victim"))
    name = victim.upper() if spelling == b"UPPER" else spelling.replace(b"V", b"\0").replace(b"A", attacker)
    name = name.replace(b"attacks-\0", victim.removeprefix(b"a")).replace(b"\0", victim)
    return site.ask(who, request("GET", b"/puppet/v3/" + kind.encode() + b"/" + name + query))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_no_spelling_of_a_name_gives_another_nodes_data(site: Site, kind: str, spelling: bytes) -> None:
    assert _ask(site, "good", kind, spelling).status in (400, 403, 404)


@pytest.mark.parametrize("length", [65, 256, 2000, 8000, 9000, 100_000])
def test_an_overlong_name_is_refused(site: Site, length: int) -> None:
    answer = site.ask("good", request("GET", b"/puppet/v3/node/" + b"a" * length + Q))
    assert answer.status in ({414} if length > 8100 else {400, 403})


def test_an_overlong_name_that_begins_with_the_own_is_refused(site: Site) -> None:
    own = site.identity("good").certname.encode()
    for padding in (b"/" * 100, b"/." * 1000, b"%2f" * 1000, b"a" * 1000, b"%00" * 100):
        assert site.ask("good", request("GET", b"/puppet/v3/node/" + own + padding + Q)).status in (
            400,
            403,
            404,
        )


@pytest.mark.parametrize(
    "path",
    [
        "//puppet/v3/node/{victim}",
        "/puppet//v3/node/{victim}",
        "/puppet/v3//node/{victim}",
        "/./puppet/v3/node/{victim}",
        "/puppet/v3/../v3/node/{victim}",
        "/puppet/v3/environments/../node/{victim}",
        "/status/v1/simple/../../../puppet/v3/node/{victim}",
        "/status/v1/simple/%2e%2e/%2e%2e/%2e%2e/puppet/v3/node/{victim}",
        "/status/v1/simple%2f..%2f..%2f..%2fpuppet%2fv3%2fnode%2f{victim}",
        "/status/v1/simple;/../../../puppet/v3/node/{victim}",
        "/puppet/v3/node/{good}/../{victim}",
        "/puppet/v3/file_content/modules/../../node/{victim}",
        "/PUPPET/V3/NODE/{victim}",
        "/puppet/v3/n%6fde/{victim}",
        "/puppet/v3/node%2f{victim}",
        "/puppet%2fv3%2fnode%2f{victim}",
        "/puppet/v3/node\\{victim}",
        "\\puppet\\v3\\node\\{victim}",
        "puppet/v3/node/{victim}",
        "/puppet/v3/node/{victim}.json",
        "/puppet/v3/node.json/{victim}",
        "/puppet/v3/node/{victim}/{good}",
        "/puppet/v3/node/{good}/{victim}",
        "/public/../puppet/v3/node/{victim}",
        "/~puppet/v3/node/{victim}",
        "/puppet/v3/node/?name={victim}",
        "/puppet/v3/node?key={victim}",
        "?/puppet/v3/node/{victim}",
    ],
)
def test_no_way_to_write_the_path_gives_another_nodes_data(site: Site, path: str) -> None:
    join = "&" if "?" in path else "?"
    assert site.get("good", f"{path}{join}{ENVIRONMENT}").status in (400, 403, 404)


@pytest.mark.parametrize(
    "path", ["/puppet/v3/n%6fde/{good}", "/%70uppet/v3/node/{good}", "/puppet/v3/node/%61BCD"]
)
def test_an_escaped_letter_is_read_once_and_gives_what_is_the_nodes_own(site: Site, path: str) -> None:
    """The path is compared after it was decoded, so that this is the same path."""
    words = site.fill(path).replace("%61BCD", "%61" + site.identity("good").certname[1:])
    assert site.get("good", f"{words}?{ENVIRONMENT}").status == 200


@pytest.mark.parametrize(
    "environment",
    [
        "..", "../..", "../../etc", "..%2f..%2fetc", "%2e%2e", "%252e%252e", "production/../production",
        "production%2f..",
        "production%00", "production%0a", "production%0d%0aX:%20y", "production%20", "%20production",
        "production.",
        "production;x", "production|id", "production$(id)", "*", "*root*", "%2aroot%2a", ".", "", "/", "/etc",
        "%ff%fe",
        "production%ff", "pr%c3%b6duction", "production-1", "file:///etc",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "path", ["node/{good}", "catalog/{good}", "file_metadata/modules/puppet/scripts/puppet_ca"]
)
def test_an_environment_that_is_no_name_is_refused(site: Site, path: str, environment: str) -> None:
    assert site.get("good", f"/puppet/v3/{path}?environment={environment}").status == 400


@pytest.mark.parametrize("environment", ["nosuch", "PRODUCTION", "2024", "main", "root", "a" * 5000])
def test_an_environment_that_is_not_there_gives_no_files_and_no_other_environments_catalog(
    site: Site, environment: str
) -> None:
    path = "/puppet/v3/file_metadata/modules/puppet/scripts/puppet_ca"
    assert site.get("good", f"{path}?environment={environment}").status == 404
    answer = site.get("good", f"/puppet/v3/catalog/{{good}}?environment={environment}")
    # The record names the environment; what the node asks for does not count.
    assert answer.status == 200 and b'"environment":"production"' in answer.body


@pytest.mark.parametrize(
    "query",
    [
        "environment=production&environment=..",
        "environment=production&environment=nosuch",
        "environment[]=production",
        "environment[x]=..",
        "ENVIRONMENT=production",
        "",
        "environment",
        "environment=%",
        "environment=production%",
        ";environment=production",
    ],
)
def test_an_environment_that_is_given_twice_or_oddly_is_refused(site: Site, query: str) -> None:
    assert site.get("good", f"/puppet/v3/node/{{good}}?{query}").status == 400


def test_a_name_in_a_catalogs_body_is_not_the_name_that_counts(site: Site) -> None:
    for extra in ("name={victim}", "node={victim}", "certname={victim}", "key={victim}"):
        text = f'{{"name": "{site.fill("{victim}")}", "values": {{}}}}'
        data = site.catalog_request(site.fill("{good}"), text, extra=site.fill(f"{ENVIRONMENT}&{extra}"))
        answer = site.ask("good", data)
        assert answer.status >= 400, f"a catalog from the facts of another node, with {extra}"
    assert site.catalog("good", FACTS).status == 200
