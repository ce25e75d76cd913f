"""Parameters that Puppet takes for its own, and bodies about another node."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.attacks.site import ENVIRONMENT, FACTS, Site
from tests.attacks.wire import request

OWN = f"/puppet/v3/node/{{good}}?{ENVIRONMENT}"

# Options of Puppet's indirector and its handlers, which a request may not set.
TAKEN = (
    "node={victim}", "key={victim}", "name={victim}", "certname={victim}", "ip=127.0.0.1",
    "authenticated=true",
    "use_node={victim}", "use_node[name]={victim}", "instance={victim}", "ignore_cache=true",
    "ignore_terminus=true",
    "ignore_cache_save=true", "terminus=memory", "terminus_class=plain", "server=127.0.0.1", "port=1",
    "uri=file:///etc",
    "method=destroy", "indirection_name=facts", "bucket_path=/etc", "trusted_information={victim}",
    "trusted_facts=x",
    "trusted={victim}", "facts_for_node={victim}", "transaction_uuid=../../x", "code_id=../../x",
    "prefix=/etc",
    "path=/etc/passwd", "source=/etc/passwd", "noop=true", "rest=1", "options[node]={victim}",
    "request[key]={victim}",
    "to_s=1", "class=String", "__send__=exit", "environment_name=..", "current_environment=..", "plugins=1",
)  # fmt: skip


@pytest.mark.parametrize("parameter", TAKEN)
def test_no_parameter_makes_a_node_another(site: Site, parameter: str) -> None:
    own = site.get("good", f"{OWN}&{parameter}")
    assert own.status == 200 and json.loads(own.body)["name"] == site.identity("good").certname
    assert site.get("good", f"/puppet/v3/node/{{victim}}?{ENVIRONMENT}&{parameter}").status == 403


@pytest.mark.parametrize("parameter", [word for word in TAKEN if "victim" in word or "path" in word])
def test_no_parameter_of_a_catalog_makes_a_node_another(site: Site, parameter: str) -> None:
    name = site.identity("good").certname
    facts = json.dumps({"name": name, "values": FACTS})
    answer = site.ask(
        "good", site.catalog_request(name, facts, extra=site.fill(f"{ENVIRONMENT}&{parameter}"))
    )
    assert answer.status == 200 and json.loads(answer.body)["name"] == name


@pytest.mark.parametrize(
    "query",
    ["a=%", "a=%zz", "%=1", "a=%ff", "%ff=1", "a=%00", "&&&&", "=", "a[b][c]=1", "a[]=1&a[]=2", "?a=1",
     "a=1;b=2", "&" * 5000,
     "&".join(f"a{n}=1" for n in range(900)), "a=" + "b" * 7000],
)  # fmt: skip
def test_an_odd_query_harms_nobody(site: Site, query: str) -> None:
    assert site.get("good", f"{OWN}&{query}").status in (200, 400)


@pytest.mark.parametrize(
    "parameter",
    ["transaction_uuid=", "transaction_uuid=%27%3b--", "job_id=%00", "checksum_type=md4",
     "checksum_type=../..", "static_catalog=true",
     "code_id=%24(id)", "code_id=;id", "code_id=../..", "fail_on_404=x", "check_environment=true",
     "configured_environment=.."],
)  # fmt: skip
def test_a_parameter_of_a_wrong_value_harms_nobody(site: Site, parameter: str) -> None:
    answer = site.get("good", f"/puppet/v3/catalog/{{good}}?{ENVIRONMENT}&{parameter}")
    assert answer.status in (200, 400) and b"uid=" not in answer.body


# Facts


def _put(site: Site, kind: str, document: Any, *, name: str = "good", who: str = "good") -> int:
    """Say something about `name` as `who`."""
    path = f"/puppet/v3/{kind}/{site.identity(name).certname}?{ENVIRONMENT}"
    body = json.dumps(document).encode()
    return site.ask(who, request("PUT", path, "Content-Type: application/json", body=body)).status


def _report(host: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {
        "host": host, "time": now, "configuration_version": 1, "transaction_uuid": "1", "report_format": 12,
        "puppet_version": "8.10.0", "status": "failed", "noop": False, "noop_pending": False,
        "environment": "production",
        "corrective_change": False, "logs": [], "metrics": {}, "resource_statuses": {},
    }  # fmt: skip


def test_a_node_stores_its_own_facts_and_reports(site: Site) -> None:
    own = site.identity("good").certname
    assert _put(site, "facts", {"name": own, "values": FACTS}) == 200
    assert _put(site, "report", _report(own)) == 200


@pytest.mark.parametrize(
    "shape",
    ["{victim}", ["{victim}"], {"name": "{victim}"}, "../{victim}", "{victim}\0", "VICTIM", "", 0, True],
)
def test_facts_about_another_node_are_refused_wherever_the_name_stands(site: Site, shape: Any) -> None:
    name = json.loads(site.fill(json.dumps(shape)))
    name = site.identity("victim").certname.upper() if name == "VICTIM" else name
    document = {"name": name, "values": {"stolen": "yes"}}
    assert _put(site, "facts", document) == 400
    assert _put(site, "facts", document, name="victim") == 403


@pytest.mark.parametrize(
    "shape", ["{victim}", ["{victim}"], {"host": "{victim}"}, "../{victim}", "VICTIM", "", 0]
)
def test_a_report_about_another_node_is_refused_wherever_the_name_stands(site: Site, shape: Any) -> None:
    name = json.loads(site.fill(json.dumps(shape)))
    name = site.identity("victim").certname.upper() if name == "VICTIM" else name
    assert _put(site, "report", _report(name)) == 400
    assert _put(site, "report", _report(name), name="victim") == 403


def test_names_of_the_victim_inside_facts_and_reports_are_only_text(site: Site) -> None:
    own = site.identity("good").certname
    claims = {"clientcert": "{victim}", "fqdn": "{victim}", "certname": "{victim}", "hostname": "{victim}",
              "trusted": {"certname": "{victim}", "authenticated": "remote"}, "servername": "x",
              "environment": ".."}  # fmt: skip
    facts = FACTS | json.loads(site.fill(json.dumps(claims)))
    assert site.catalog("good", facts).status == 200
    assert _put(site, "facts", {"name": own, "values": facts}) == 200
    assert (
        _put(
            site, "report", _report(own) | {"name": site.fill("{victim}"), "certname": site.fill("{victim}")}
        )
        == 200
    )
    assert site.get("good", f"/puppet/v3/node/{{victim}}?{ENVIRONMENT}").status == 403


# Facts that reach for what the master knows


STOLEN = "ssh-ed25519 AAAAStolenByAFact"


def test_a_fact_is_no_data_of_hieras(site: Site) -> None:
    """A node of which the record says nothing may not say it in the record's place."""
    facts = FACTS | {"data": {"login_allowed::keys": [STOLEN]}}
    answer = site.catalog("plain", facts)
    assert STOLEN.encode() not in answer.body


@pytest.fixture
def nodes_file(site: Site) -> Iterator[str]:
    """Hiera data of the victim in the code, data/nodes/CERTNAME.yaml, with the victim's own text in it."""
    host = site.host("master")
    environment = host.run("puppet config print environmentpath --section server").strip() + "/production"
    victim = site.identity("victim")
    path = f"{environment}/data/nodes/{victim.certname}.yaml"
    data = json.dumps({"login_allowed::keys": [f"ssh-ed25519 AAAA{victim.canary}"]})
    host.run(f"mkdir -p {environment}/data/nodes && echo '{data}' > {path}")
    yield victim.certname
    host.run(f"rm -f {path} && rmdir --ignore-fail-on-non-empty {environment}/data/nodes")


@pytest.mark.parametrize(
    "os",
    [
        # From the hierarchies of modules: login_allowed's, Debian's own ones.
        {"name": "../../../../data/nodes/{victim}", "family": "Debian", "release": {"major": "13"}},
        {"name": "../../../../data/nodes", "family": "Debian", "release": {"major": "{victim}"}},
        # From the site's own.
        {"name": "../nodes", "family": "Debian", "release": {"major": "{victim}"}},
        {"name": "..", "family": "Debian", "release": {"major": "nodes/{victim}"}},
        {"name": "Debian", "family": "Debian", "release": {"major": "../../nodes/{victim}"}},
        {"name": "Debian/../..", "family": "../nodes/{victim}", "release": {"major": "nodes/{victim}"}},
    ],
)
def test_no_fact_leads_hiera_to_another_nodes_file(site: Site, nodes_file: str, os: dict[str, Any]) -> None:
    """Whose data it is, the guard knows: the victim's text may not be in the answer."""
    facts = FACTS | {"os": json.loads(json.dumps(os).replace("{victim}", nodes_file))}
    site.catalog("plain", facts)
    _put(site, "facts", {"name": site.identity("plain").certname, "values": facts}, name="plain", who="plain")
    site.get("plain", f"/puppet/v3/catalog/{{plain}}?{ENVIRONMENT}")
    assert site.catalog("plain").status == 200  # with its own facts again
