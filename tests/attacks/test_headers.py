"""Headers that claim to say who asks, or what was verified."""

import base64

import pytest

from tests.attacks.site import ENVIRONMENT, Site
from tests.attacks.wire import request

PATH = f"/puppet/v3/node/{{victim}}?{ENVIRONMENT}"
SEPARATORS = {
    "as usual": "{name}: {value}",
    "no space": "{name}:{value}",
    "many spaces": "{name}:   \t {value}",
    "trailing space": "{name}: {value}  ",
    "two headers": "{name}: {value}\r\n{name}: {value}",
    "two headers, one empty": "{name}:\r\n{name}: {value}",
}

CLAIMS = (
    ("X-Client-Verify", "SUCCESS"),
    ("X-Client-DN", "/CN={victim}"),
    ("X-Client-DN", "CN={victim}"),
    ("X-Client-CN", "{victim}"),
    ("X-Client-Cert", "PEM"),
    ("X-SSL-Client-Cert", "PEM"),
    ("X-SSL-Client-S-DN-CN", "{victim}"),
    ("X-SSL-Subject", "/CN={victim}"),
    ("X-Forwarded-Client-Cert", 'Subject="CN={victim}"'),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-Host", "{victim}"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-User", "{victim}"),
    ("X-Real-IP", "127.0.0.1"),
    ("X-Authentication", "{victim}"),
    ("X-Puppet-Client-CN", "{victim}"),
    ("Forwarded", "for=127.0.0.1;host={victim}"),
    ("Remote-User", "{victim}"),
    ("Authorization", "Basic dmljdGltOng="),
    ("SSL-CLIENT-VERIFY", "SUCCESS"),
    ("SSL-CLIENT-S-DN", "CN={victim}"),
    ("SSL-CLIENT-S-DN-CN", "{victim}"),
    ("SSL-CLIENT-CERT", "PEM"),
    ("SSL-CLIENT-M-SERIAL", "01"),
    ("HTTP-SSL-CLIENT-S-DN-CN", "{victim}"),
    ("REDIRECT-SSL-CLIENT-S-DN-CN", "{victim}"),
    ("!~SSL_CLIENT_S_DN_CN", "{victim}"),
    ("!~PASSENGER_ENV_VARS", "ENV"),
    ("!~PASSENGER_APP_ROOT", "/etc"),
    ("!~FLAGS", "D"),
    ("X-Passenger-Env-Vars", "ENV"),
    ("X-HTTP-Method-Override", "PUT"),
    ("X-Original-URL", "/puppet/v3/node/{victim}"),
    ("X-Rewrite-URL", "/puppet/v3/node/{victim}"),
    ("Path-Info", "/puppet/v3/node/{victim}"),
    ("Request-URI", "/puppet/v3/node/{victim}"),
    ("Script-Name", "/puppet/v3/node/{victim}"),
    ("X-Script-Name", "/puppet/v3/node/{victim}"),
    ("Rack-URL-Scheme", "http"),
    ("Proxy", "http://127.0.0.1:1"),
    ("Host", "{victim}"),
    ("Referer", "https://{victim}/"),
    ("Cookie", "certname={victim}; _passenger_route=1"),
)
NAMES = {"hyphens": str, "underscores": lambda name: name.replace("-", "_"), "lower case": str.lower}


def _line(site: Site, who: str, template: str, name: str, value: str) -> list[str]:
    value = value.replace("PEM", site.identity(who).pair[0].read_text().replace("\n", " "))  # type: ignore[index]
    variables = f"SSL_CLIENT_S_DN_CN\0{site.identity(who).certname}\0SSL_CLIENT_VERIFY\0SUCCESS\0"
    value = value.replace("ENV", base64.b64encode(variables.encode()).decode("ascii"))
    return template.format(name=name, value=site.fill(value)).split("\r\n")


@pytest.mark.parametrize("spelling", NAMES)
@pytest.mark.parametrize(("name", "value"), CLAIMS)
def test_no_header_makes_a_node_another(site: Site, spelling: str, name: str, value: str) -> None:
    lines = _line(site, "victim", SEPARATORS["as usual"], NAMES[spelling](name), value)
    options = {"host": None} if name == "Host" else {}
    assert site.get("good", PATH, *lines, **options).status in (400, 403)
    # Nor less than it is.
    assert site.get("good", "/puppet/v3/environments", *lines, **options).status in (200, 400)


@pytest.mark.parametrize("shape", SEPARATORS)
@pytest.mark.parametrize(
    "name", ["SSL_CLIENT_S_DN_CN", "SSL-CLIENT-S-DN-CN", "X-Client-DN", "X_Client_Verify"]
)
def test_no_way_to_write_a_header_makes_a_node_another(site: Site, shape: str, name: str) -> None:
    for value in ("{victim}", "CN={victim}", "SUCCESS"):
        lines = _line(site, "victim", SEPARATORS[shape], name, value)
        assert site.get("good", PATH, *lines).status == 403


@pytest.mark.parametrize(
    "line",
    [
        b"SSL_CLIENT_S_DN_CN : {victim}",
        b" SSL_CLIENT_S_DN_CN: {victim}",
        b"SSL CLIENT S DN CN: {victim}",
        b"SSL_CLIENT_S_DN_CN\0: {victim}",
        b"SSL_CLIENT_S_DN_CN: {victim}\0",
        b"SSL_CLIENT_S_DN_CN\t: {victim}",
        b"SSL_CLIENT_S_DN_CN",
        b": {victim}",
        b"X: y\rSSL_CLIENT_S_DN_CN: {victim}",
        b"X: y\r\n\tSSL_CLIENT_S_DN_CN: {victim}",
        b"X\xff: {victim}",
    ],
)
def test_a_malformed_header_gives_nothing(site: Site, line: bytes) -> None:
    line = line.replace(b"{victim}", site.identity("victim").certname.encode())
    assert site.get("good", PATH).status == 403
    answers = site.send("good", request("GET", site.fill(PATH), line))
    assert [answer.status for answer in answers] in ([400], [403])


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([f"X: {'a' * 9000}"], 400),
        ([f"X-{number}: a" for number in range(500)], 400),
        ([f"{'X' * 9000}: a"], 400),
        ([f"Cookie: {'a=b;' * 2000}"], 200),
        (["X: a"] * 90, 200),
    ],
)
def test_too_many_and_too_long_headers_are_refused(site: Site, lines: list[str], status: int) -> None:
    assert site.get("good", "/puppet/v3/environments", *lines).status == status


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/json", 200),
        ("dot", 406),
        ("text/html", 406),
        ("yaml", 200),
        ("../../etc/passwd", 406),
        ("application/x-ruby-marshal", 406),
        (",;,;,", 406),
        (f"{'a/b,' * 1500}", 406),
        ("application/json; q=99999999999999999999", 406),
    ],
)
def test_what_a_node_accepts_decides_about_the_form_only(site: Site, accept: str, status: int) -> None:
    assert site.get("good", f"/puppet/v3/node/{{good}}?{ENVIRONMENT}", accept=accept).status == status
    assert site.get("good", PATH, accept=accept).status == 403


@pytest.mark.parametrize(
    "value", ["bytes=0-,0-1,1-2", "bytes=" + ",".join(f"{n}-" for n in range(1500)), "bytes=-0", "x"]
)
def test_ranges_of_a_file_do_not_multiply_it(site: Site, value: str) -> None:
    path = f"/puppet/v3/file_content/modules/puppet/scripts/puppet_ca?{ENVIRONMENT}"
    whole = site.get("good", path, accept="application/octet-stream")
    answer = site.get("good", path, f"Range: {value}", accept="application/octet-stream")
    assert whole.status == 200
    assert answer.status in (200, 206, 400, 416) and len(answer.body) < 3 * len(whole.body) + 2000


def test_an_answer_has_no_header_that_the_client_wrote(site: Site) -> None:
    evil = "%0d%0aX-Evil:%20yes%0d%0a%0d%0aHTTP/1.1%20200%20OK"
    for path in (f"/puppet/v3/node/{evil}", f"/puppet/v3/node/{{good}}?environment={evil}", f"/{evil}"):
        answers = site.send("good", request("GET", site.fill(path)))
        assert len(answers) == 1 and answers[0].header("X-Evil") is None
