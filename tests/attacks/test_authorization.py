"""Method x path x identity on the master."""

import hashlib

import pytest

from tests.attacks.site import ENVIRONMENT, Site
from tests.attacks.wire import Refused, request

Q = f"?{ENVIRONMENT}"
CHECKSUM = f"sha256/{hashlib.sha256(b'nobody keeps this').hexdigest()}"

# What the good node is answered, first about itself, then about the victim.
OF_A_NODE = (
    ("GET", "/puppet/v3/node/NAME", 200, 403),
    ("GET", "/puppet/v3/catalog/NAME", 200, 403),
    ("POST", "/puppet/v3/catalog/NAME", 200, 403),
    ("PUT", "/puppet/v3/facts/NAME", 400, 403),  # 400: without a body
    ("PUT", "/puppet/v3/report/NAME", 400, 403),
    ("GET", "/puppet/v3/facts/NAME", 403, 403),
    ("GET", "/puppet/v3/facts_search/NAME", 403, 403),
    ("GET", "/puppet/v3/report/NAME", 403, 403),
    ("GET", "/puppet/v3/catalogs/NAME", 403, 403),
    ("GET", "/puppet/v3/nodes/NAME", 403, 403),
    ("PUT", "/puppet/v3/catalog/NAME", 403, 403),
    ("PUT", "/puppet/v3/node/NAME", 403, 403),
    ("DELETE", "/puppet/v3/node/NAME", 403, 403),
    ("DELETE", "/puppet/v3/facts/NAME", 403, 403),
    ("HEAD", "/puppet/v3/catalog/NAME", 403, 403),
    ("PATCH", "/puppet/v3/node/NAME", 403, 403),
    ("get", "/puppet/v3/node/NAME", 400, 400),
    ("GETX", "/puppet/v3/node/NAME", 400, 400),
    ("PROPFIND", "/puppet/v3/node/NAME", 403, 403),
    ("GET", "/puppet/v2/node/NAME", 403, 403),
    ("GET", "/puppet/node/NAME", 403, 403),
    ("GET", "/production/node/NAME", 403, 403),
    ("GET", "/production/catalog/NAME", 403, 403),
    ("GET", "/v2.0/node/NAME", 403, 403),
    ("GET", "/puppet/v3/status/NAME", 403, 403),
    ("GET", "/puppet-ca/v1/certificate/NAME", 403, 403),
    ("GET", "/puppet-ca/v1/certificate_request/NAME", 403, 403),
    ("PUT", "/puppet-ca/v1/certificate_request/NAME", 403, 403),
    ("DELETE", "/puppet-ca/v1/certificate_request/NAME", 403, 403),
    ("GET", "/puppet-ca/v1/certificate_status/NAME", 403, 403),
    ("PUT", "/puppet-ca/v1/certificate_status/NAME", 403, 403),
    ("DELETE", "/puppet-ca/v1/certificate_status/NAME", 403, 403),
)

# What any node is answered.
OF_NOBODY_IN_PARTICULAR = (
    ("GET", "/puppet/v3/environments", 200),
    ("GET", "/status/v1/simple", 200),
    ("HEAD", "/status/v1/simple", 403),
    ("GET", f"/puppet/v3/file_metadata/modules/puppet/scripts/puppet_ca{Q}", 200),
    ("GET", f"/puppet/v3/file_bucket_file/{CHECKSUM}{Q}", 404),
    ("DELETE", f"/puppet/v3/file_bucket_file/{CHECKSUM}{Q}", 403),
    ("PUT", f"/puppet/v3/file_content/modules/puppet/scripts/puppet_ca{Q}", 403),
    ("DELETE", f"/puppet/v3/file_content/modules/puppet/scripts/puppet_ca{Q}", 403),
    ("POST", "/puppet/v3/environments", 403),
    ("POST", "/status/v1/simple", 403),
    ("GET", "/status/v1/services", 403),
    ("GET", "/status/v1/services/pe-jruby-metrics", 403),
    ("GET", f"/puppet/v3/environment/production{Q}", 403),
    ("GET", "/puppet/v3/environment_classes?environment=production", 403),
    ("GET", "/puppet/v3/environment_modules?environment=production", 403),
    ("GET", "/puppet/v3/environment_transports?environment=production", 403),
    ("GET", "/puppet/v3/tasks?environment=production", 403),
    ("GET", "/puppet/v3/plans?environment=production", 403),
    ("GET", f"/puppet/v3/resource_types/*{Q}", 403),
    ("GET", f"/puppet/v3/compile/x{Q}", 403),
    ("POST", "/puppet/v3/compile", 403),
    ("POST", "/puppet/v4/catalog", 403),
    ("DELETE", "/puppet-admin-api/v1/environment-cache", 403),
    ("DELETE", "/puppet-admin-api/v1/jruby-pool", 403),
    ("GET", "/metrics/v2/list", 403),
    ("GET", "/puppet-ca/v1/certificate/ca", 403),
    ("GET", "/puppet-ca/v1/certificate_revocation_list/ca", 403),
    ("PUT", "/puppet-ca/v1/certificate_revocation_list", 403),
    ("GET", "/puppet-ca/v1/certificate_statuses/all", 403),
    ("PUT", "/puppet-ca/v1/clean", 403),
    ("POST", "/puppet-ca/v1/sign", 403),
    ("POST", "/puppet-ca/v1/sign/all", 403),
    ("GET", "/puppet-ca/v1/expirations", 403),
    ("POST", "/puppet-ca/v1/certificate_renewal", 403),
    ("GET", "/", 403),
    ("GET", "/puppet", 403),
    ("GET", "/puppet/v3", 403),
    ("GET", "/puppet/v3/", 403),
    ("GET", "/index.html", 403),
    ("GET", "/config.ru", 403),
    ("GET", "/.htaccess", 403),
    ("GET", "/server-status", 403),
    ("GET", "/packages/current/install.bash", 403),
)


@pytest.mark.parametrize(("method", "path", "own", "others"), OF_A_NODE)
def test_a_node_is_answered_about_itself_and_about_no_other(
    site: Site, method: str, path: str, own: int, others: int
) -> None:
    for name, status in (("{good}", own), ("{victim}", others)):
        words = site.fill(path.replace("NAME", name) + Q)
        assert site.ask("good", request(method, words, "Content-Type: application/json")).status == status, (
            words
        )


@pytest.mark.parametrize("who", ["admin", "master"])
@pytest.mark.parametrize(("method", "path", "others"), [(row[0], row[1], row[3]) for row in OF_A_NODE])
def test_neither_an_administrator_nor_a_master_is_answered_about_a_node(
    site: Site, who: str, method: str, path: str, others: int
) -> None:
    words = site.fill(path.replace("NAME", "{victim}") + Q)
    assert site.ask(who, request(method, words, "Content-Type: application/json")).status == others


@pytest.mark.parametrize("who", ["good", "admin", "master"])
@pytest.mark.parametrize(("method", "path", "status"), OF_NOBODY_IN_PARTICULAR)
def test_what_is_not_about_a_node_is_answered_alike_to_all(
    site: Site, who: str, method: str, path: str, status: int
) -> None:
    assert site.ask(who, request(method, path)).status == status


def test_the_victim_itself_gets_what_the_others_are_refused(site: Site) -> None:
    """Without this, no test that looks for the victim's data in an answer could fail."""
    canary = site.identity("victim").canary
    assert canary.encode() in site.get("victim", f"/puppet/v3/node/{{victim}}{Q}").body
    assert canary.encode() in site.catalog("victim").body
    assert site.recorder.holders_of(canary) == {"victim"}


@pytest.mark.parametrize("who", ["nobody", "revoked"])
@pytest.mark.parametrize(
    "path", ["/status/v1/simple", f"/puppet/v3/node/{{victim}}{Q}", "/puppet/v3/environments"]
)
def test_who_has_no_valid_certificate_is_refused_in_tls(site: Site, who: str, path: str) -> None:
    with pytest.raises(Refused):
        site.get(who, path)


def test_a_certificate_that_is_not_valid_here_is_refused_in_tls(site: Site, invalid: str) -> None:
    for path in ("/status/v1/simple", f"/puppet/v3/node/{{victim}}{Q}"):
        with pytest.raises(Refused):
            site.get(invalid, path)


def test_rights_that_a_certificate_claims_give_none_on_the_master(site: Site, unprivileged: str) -> None:
    assert site.get(unprivileged, f"/puppet/v3/node/{{victim}}{Q}").status == 403


def test_a_certificate_whose_name_is_no_certname_gets_nothing(site: Site, misnamed: str) -> None:
    for path in (f"/puppet/v3/node/{{victim}}{Q}", f"/puppet/v3/node/{{good}}{Q}", "/puppet/v3/environments"):
        assert site.get(misnamed, path).status == 403
    assert site.catalog(misnamed, of="victim").status == 403


def test_the_victims_name_elsewhere_in_a_certificate_is_nobodys(site: Site, alias: str) -> None:
    assert site.get(alias, f"/puppet/v3/node/{{victim}}{Q}").status == 403
    assert site.catalog(alias, of="victim").status == 403


def test_a_certificate_without_a_record_gets_no_catalog(site: Site) -> None:
    name = site.identity("without-a-record").certname
    answer = site.catalog("without-a-record")
    assert answer.status >= 400, f"{name} got a catalog"
