"""Paths to files on the master that are nobody's business."""

import hashlib
import json

import pytest

from tests.attacks.site import ENVIRONMENT, Site
from tests.attacks.wire import request

BINARY = "application/octet-stream"
REFUSED = (400, 403, 404, 500)

# After a mount that exists and one that does not.
CLIMBS = (
    "../../../../../../etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "%252e%252e/%252e%252e/etc/passwd", "....//....//etc/passwd", "..;/..;/etc/passwd",
    "..%00/..%00/etc/passwd",
    "..%c0%af..%c0%afetc/passwd", "..\\..\\etc\\passwd", "..%5c..%5cetc%5cpasswd", "/etc/passwd",
    "%2fetc%2fpasswd",
    "//etc/passwd", "./../../etc/passwd", "~/.ssh/id_rsa", "puppet/../../../../data/common.yaml", "puppet/..",
    "puppet/../../manifests/site.pp", "puppet/scripts/../../manifests/ca.pp",
    "puppet/scripts/..%2f..%2fmanifests/ca.pp",
    "puppet/scripts/puppet_ca/.", "puppet/scripts/puppet_ca%00", "puppet/scripts/puppet_ca%00.txt",
    "puppet%2fscripts%2fpuppet_ca",
    "puppet/manifests/ca.pp", "puppet/templates/ca/ca.yaml.epp", "puppet/data/common.yaml",
    "puppet/lib/facter/puppet_settings.rb",
    "puppet/hiera.yaml", "puppet/metadata.json", "nosuch/x", "nosuch", "", "*", "puppet/*",
    "puppet/scripts/*",
    "puppet/scripts/puppet_ca/x", "puppet/scripts/" + "a" * 300, "puppet/scripts/" + "a/" * 600,
)  # fmt: skip
MOUNTS = (
    "modules",
    "plugins",
    "pluginfacts",
    "locales",
    "tasks",
    "scripts",
    "nosuch",
    "..",
    "%2e%2e",
    "",
    "data",
    "manifests",
    "private",
)
NOT_MOUNTS = (
    "file:/etc/passwd", "file:%2f%2f%2fetc%2fpasswd", "file:///etc/passwd",
    "puppet:/modules/puppet/scripts/puppet_ca",
    "puppet:%2f%2fother%2fmodules%2fx", "http://127.0.0.1:5432/", "http:%2f%2f127.0.0.1%2f", "/etc/passwd",
    "//etc/passwd",
    "%2fetc%2fpasswd", "c:/windows", "etc/passwd", "|id", "`id`", "modules", "modules/", "C:%5cwindows",
)  # fmt: skip
SECRET = (b"root:x:0:0", b"puppet::node_bucket", b"class puppet::ca", b"node default", b"PRIVATE KEY")


def _refused(site: Site, path: str, accept: str) -> None:
    answer = site.get("good", f"/puppet/v3/{path}?{ENVIRONMENT}", accept=accept)
    assert answer.status in REFUSED, answer
    assert not any(text in answer.body for text in SECRET)


@pytest.mark.parametrize("climb", CLIMBS)
def test_no_path_leads_out_of_the_files_of_modules(site: Site, climb: str) -> None:
    _refused(site, f"file_content/modules/{climb}", BINARY)
    _refused(site, f"file_metadata/modules/{climb}", "application/json")


@pytest.mark.parametrize("mount", MOUNTS)
@pytest.mark.parametrize(
    "climb",
    [
        "../../../../../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2fetc/passwd",
        "../data/common.yaml",
    ],
)
def test_no_path_leads_out_of_any_mount(site: Site, mount: str, climb: str) -> None:
    _refused(site, f"file_content/{mount}/{climb}", BINARY)


@pytest.mark.parametrize("path", NOT_MOUNTS)
@pytest.mark.parametrize("kind", ["file_content", "file_metadata", "file_metadatas", "static_file_content"])
def test_what_is_no_mount_is_not_served(site: Site, kind: str, path: str) -> None:
    _refused(site, f"{kind}/{path}", BINARY if "content" in kind else "application/json")


def test_files_of_modules_are_served_to_every_node(site: Site) -> None:
    """Without this, the tests above could not fail."""
    answer = site.get(
        "good", f"/puppet/v3/file_content/modules/puppet/scripts/puppet_ca?{ENVIRONMENT}", accept=BINARY
    )
    assert answer.status == 200 and answer.body.startswith(b"#!")
    for same in ("puppet/./scripts/puppet_ca", "puppet//scripts/puppet_ca", "puppet/x/../scripts/puppet_ca"):
        again = site.get("good", f"/puppet/v3/file_content/modules/{same}?{ENVIRONMENT}", accept=BINARY)
        assert again.status in REFUSED or again.body == answer.body


@pytest.mark.parametrize("links", ["follow", "manage", "../..", "x"])
@pytest.mark.parametrize("mount", ["plugins", "modules/puppet", "modules/puppet/scripts", "pluginfacts"])
def test_a_listing_stays_below_its_mount(site: Site, mount: str, links: str) -> None:
    path = f"/puppet/v3/file_metadatas/{mount}?{ENVIRONMENT}&recurse=true&links={links}&checksum_type=none"
    answer = site.get("good", path)
    if answer.status == 200:
        found = [entry["relative_path"] for entry in json.loads(answer.body)]
        assert found and not any(name.startswith("/") or ".." in name.split("/") for name in found)
    else:
        assert answer.status in REFUSED


@pytest.mark.parametrize(
    "parameter",
    ["recurselimit=-1", "recurselimit=99999999999999999999", "recurselimit=x", "recurse=x", "ignore=%2a%2a",
     "ignore=%5b", "ignore=%00",
     "ignore=" + "%2a" * 500 + "b", "max_files=-5", "max_files=x", "sourceselect=x", "source_permissions=use",
     "checksum_type=md4",
     "checksum_type[]=x", "links[]=follow", "code_id=;id", "source=/etc", "path=/etc", "base_path=/etc",
     "relative_path=../../etc"],
)  # fmt: skip
def test_a_listings_parameters_lead_nowhere_else_and_hold_nobody_up(site: Site, parameter: str) -> None:
    path = f"/puppet/v3/file_metadatas/modules/puppet/scripts?{ENVIRONMENT}&recurse=true&{parameter}"
    answer = site.get("good", path)
    assert answer.status in (200, *REFUSED)
    assert not any(text in answer.body for text in SECRET)
    assert b"/etc/" not in answer.body.replace(b"/etc/puppet/code/", b"")


# The file bucket


def _key(text: bytes) -> str:
    return f"sha256/{hashlib.sha256(text).hexdigest()}"


@pytest.mark.parametrize(
    "key",
    [
        "sha256/../../../../../../etc/passwd", "sha256/..%2f..%2f..%2fetc%2fpasswd", "../../../../etc/passwd",
        "sha256/%2e%2e/%2e%2e/etc/passwd",
        "sha256/" + "0" * 64 + "/../../../../etc/passwd", "sha256/" + "0" * 64 + "%00", "sha256/" + "0" * 63,
        "sha256/" + "g" * 64,
        "sha256/" + "0" * 64 + "%2f..%2f..", "mtime/0", "none/0", "etag/0", "ctime/2026", "sha256", "sha256/",
        "x/" + "0" * 64, "md4/" + "0" * 32,
        "SHA256/" + "0" * 64, "sha256/0000/" + "0" * 64,
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST"])
def test_no_key_of_the_file_bucket_is_a_path(site: Site, method: str, key: str) -> None:
    body = b"" if method in ("GET", "HEAD") else b"hostile"
    data = request(method, f"/puppet/v3/file_bucket_file/{key}?{ENVIRONMENT}",
    "Content-Type: application/octet-stream",
                   accept=BINARY, body=body)  # fmt: skip
    assert site.ask("good", data).status in REFUSED


@pytest.mark.parametrize(
    "parameter",
    ["bucket_path=/etc", "bucket_path=/var/lib/puppet/ssl", "list_all=true", "list_all=true&fromdate=0",
     "diff_with=../../etc/passwd",
     "diff_with=" + "0" * 64, "todate=x", "ignore_terminus=true"],
)  # fmt: skip
def test_a_parameter_lists_no_bucket_and_compares_no_files(site: Site, parameter: str) -> None:
    kept = b"what the good node has kept"
    put = request("PUT", f"/puppet/v3/file_bucket_file/{_key(kept)}?{ENVIRONMENT}",
    "Content-Type: application/octet-stream",
                  accept=BINARY, body=kept)  # fmt: skip
    assert site.ask("good", put).status == 200
    other = _key(b"what nobody has kept")
    answer = site.get(
        "victim", f"/puppet/v3/file_bucket_file/{other}?{ENVIRONMENT}&{parameter}", accept=BINARY
    )
    assert answer.status in REFUSED and _key(kept).encode() not in answer.body


def test_a_file_kept_under_anothers_checksum_is_refused(site: Site) -> None:
    """So nobody can put a text of their own in the place of one that another node will restore."""
    wanted = _key(b"a file of the victim's")
    put = request("PUT", f"/puppet/v3/file_bucket_file/{wanted}?{ENVIRONMENT}",
    "Content-Type: application/octet-stream",
                  accept=BINARY, body=b"a file of the attacker's")  # fmt: skip
    site.ask("good", put)
    answer = site.get("victim", f"/puppet/v3/file_bucket_file/{wanted}?{ENVIRONMENT}", accept=BINARY)
    assert answer.status == 404 or b"attacker" not in answer.body


@pytest.mark.parametrize(
    "code_id", ["", "x", ";id", "$(id)", "`id`", "../../..", "--help", "x%00y", "x%0aid", "-", "a" * 5000]
)
def test_a_code_id_is_an_argument_and_no_command(site: Site, code_id: str) -> None:
    path = "/puppet/v3/static_file_content/modules/puppet/files/puppetdb_password"
    answer = site.get("good", f"{path}?{ENVIRONMENT}&code_id={code_id}", accept=BINARY)
    assert answer.status in REFUSED and b"uid=" not in answer.body


@pytest.mark.parametrize(
    "path",
    ["modules/puppet/files/../manifests/ca.pp", "../../etc/passwd", "modules/puppet/manifests/ca.pp",
     "data/common.yaml",
             "modules/puppet/files%2f..%2fmanifests/ca.pp", "environments/production/x", "--upload-pack=id",
             "/etc/passwd"],
)  # fmt: skip
def test_static_content_is_of_files_and_nothing_else(site: Site, path: str) -> None:
    _refused(site, f"static_file_content/{path}", BINARY)
