from __future__ import annotations

import gzip
import random
import shlex
import string
from typing import Any

import jinja2
import pytest
import yaml

from conductor.errors import ConfigError
from conductor.launching import user_data
from conductor.record import AgentSettings, Batch, Code, Enrolment, Record, UserData

BATCH = "9e3b0000-1111-2222-3333-444455556666"
SECRET = "5" * 64
AGENT = AgentSettings(
    server="m.internal", ca_server="ca.internal", ca_cert="PEM\nPEM\n", port=8140, ca_port=8141
)
NASTY = [
    "{{ not_a_variable }}",
    "{% raw %} {{ x }} {% endraw %}",
    "{# no comment #}",
    "{{{{{% {{% {#{{ }}}} %}}}",
    "ends with {",
    "'{{' \"{{\" \\{{",
    "line\r\nline\ttab {{\n  {% if x %}\n",
    "{%- trim -%}   ",
    "@index@ @" + "9e3b:index@",
    "ümlaut {{ é }} \u2028",
]


CODE = Code(url="https://x/?a=b&c='d", sha256="0" * 64)
EXPIRES = "2026-11-24T07:00:00Z"
OWN = "ip-10-0-0-1.ec2.internal"


def batch(
    count: int = 1,
    agent: AgentSettings | None = AGENT,
    code: Code | None = None,
    classes: tuple[str, ...] = ("a",),
    names: tuple[str, ...] = (),
    **cloud_init: Any,
) -> Batch:
    enrolment = Enrolment(
        batch=BATCH, secret_sha256="0" * 64, expires=EXPIRES, role="worker", launched_by="alice"
    )
    return Batch(
        batch=BATCH,
        role="worker",
        count=count,
        created="2026-11-24T06:00:00Z",
        record=Record(
            classes={name: {} for name in classes},
            parameters={"data": {"motd": "{{ motd }}"}},
            enrolment=enrolment,
        ),
        request={},
        dns_alt_names=list(names),
        user_data=UserData(
            cloud_init=cloud_init, ssh_public_key="ssh-ed25519 AAAA op", agent=agent, code=code
        ),
    )


def host(*classes: str, agent: AgentSettings | None = AGENT, index: int = 0, **more: Any) -> dict[str, Any]:
    """What cloud-init reads on an infrastructure host with these classes."""
    return as_cloud_init_reads(render(batch(code=CODE, agent=agent, classes=classes, **more)), index)


def bootstrap_settings(config: dict[str, Any]) -> dict[str, str]:
    files = {each["path"]: each["content"] for each in config["write_files"]}
    lines = files["/var/lib/puppet-bootstrap/settings"].splitlines()
    return {name: "".join(shlex.split(value)) for name, value in (line.split("=", 1) for line in lines)}


def render(each: Batch) -> bytes:
    assert each.user_data is not None
    return user_data.render(each, each.user_data, SECRET)


def as_cloud_init_reads(data: bytes, index: int = 0) -> dict[str, Any]:
    """As cloudinit.templater does: first line off, trim_blocks, last newline put back."""
    header, template = data.decode().split("\n", 1)
    assert header == "## template: jinja"
    ds = {"meta_data": {"ami_launch_index": index, "local_hostname": "ip-10-0-0-1.ec2.internal"}}
    text = jinja2.Template(template, trim_blocks=True, undefined=jinja2.StrictUndefined).render(ds=ds) + "\n"
    assert text.startswith("#cloud-config\n")
    config = yaml.safe_load(text)
    assert isinstance(config, dict)
    return config


@pytest.mark.parametrize("text", NASTY)
def test_the_operator_s_text_arrives_as_it_was_written(text: str) -> None:
    files = [{"path": "/x", "content": text}]
    given: dict[str, Any] = {"write_files": files, "final_message": text, text: {"a": [text]}}
    config = as_cloud_init_reads(render(batch(**given)))
    assert config["write_files"][0]["content"] == text
    assert config["final_message"] == text
    assert config[text] == {"a": [text]}


def test_random_text_of_template_characters_arrives_as_it_was_written() -> None:
    chance = random.Random(7)  # noqa: S311 - repeatable on purpose
    for _ in range(300):
        text = "".join(chance.choices("{}%#-+'\"\\ \n" + string.ascii_letters[:4], k=chance.randint(1, 40)))
        assert as_cloud_init_reads(render(batch(final_message=text)))["final_message"] == text


def test_the_record_on_a_ca_s_host_is_not_taken_for_a_template() -> None:
    config = host("puppet::ca", agent=None)
    files = {each["path"]: each for each in config["write_files"]}
    on_host = yaml.safe_load(files["/etc/puppet/record.yaml"]["content"])
    assert on_host["parameters"]["data"]["motd"] == "{{ motd }}"
    assert files["/etc/puppet/record.yaml"]["permissions"] == "0600"


def test_each_index_gives_its_own_certname_in_the_agent_and_the_bootstrap() -> None:
    data = render(batch(count=3))
    for index in range(3):
        config = as_cloud_init_reads(data, index)
        assert config["puppet"]["conf"]["main"]["certname"] == f"{BATCH}-{index}"
        assert config["runcmd"][-1][-1] == f"{BATCH}-{index}"


def test_an_all_in_one_host_talks_to_itself_by_its_private_name() -> None:
    config = host("puppet::ca", "puppet::database", "puppet::master", agent=None)
    conf = config["puppet"]["conf"]
    assert conf["agent"]["server"] == conf["agent"]["ca_server"] == OWN
    assert conf["agent"]["server_list"] == f"{OWN}:8140"
    assert "ca_cert" not in conf
    assert "dns_alt_names" not in conf["main"]  # `puppet_ca setup` makes its certificate
    assert bootstrap_settings(config)["expires"] == ""
    assert bootstrap_settings(config)["agent"] == "yes"


@pytest.mark.parametrize("classes", [("puppet::ca",), ("puppet::ca", "puppet::database")])
def test_a_ca_that_is_no_master_has_nobody_to_ask_yet(classes: tuple[str, ...]) -> None:
    config = host(*classes, agent=None)
    agent = config["puppet"]["conf"]["agent"]
    assert agent["ca_server"] == OWN
    assert not {"server", "server_list"} & set(agent)
    assert bootstrap_settings(config)["agent"] == "later"


NO_MASTER = AGENT.model_copy(update={"server": None, "port": None})
TWO = AGENT.model_copy(
    update={"server": "m1.internal", "server_list": ["m1.internal:8140", "m2.internal:8140"]}
)


def test_a_master_pins_the_ca_asks_for_its_own_names_and_asks_itself_first() -> None:
    config = host("puppet::master", agent=TWO, names=("puppet.example.com",))
    conf = config["puppet"]["conf"]
    assert conf["ca_cert"] == "PEM\nPEM\n"
    assert conf["main"] == {"certname": BATCH, "dns_alt_names": f"{OWN},puppet.example.com"}
    assert conf["agent"]["ca_server"] == "ca.internal"
    assert conf["agent"]["server"] == OWN
    assert conf["agent"]["server_list"] == f"{OWN}:8140,m1.internal:8140,m2.internal:8140"
    assert config["puppet"]["csr_attributes"]["custom_attributes"] == {"1.2.840.113549.1.9.7": SECRET}
    assert bootstrap_settings(config) | {"packages": ""} == {
        "certname": BATCH,
        "environment": "production",
        "code_url": CODE.url,
        "code_sha256": CODE.sha256,
        "packages": "",
        "expires": EXPIRES,
        "agent": "yes",
    }


def test_each_of_several_masters_has_its_own_certname_in_the_bootstrap_too() -> None:
    config = host("puppet::master", agent=NO_MASTER, count=3, index=2)
    assert config["puppet"]["conf"]["main"]["certname"] == f"{BATCH}-2"
    assert bootstrap_settings(config)["certname"] == f"{BATCH}-2"


@pytest.mark.parametrize(
    ("agent", "server_list", "starts"),
    [(NO_MASTER, None, "later"), (TWO, "m1.internal:8140,m2.internal:8140", "yes")],
)
def test_a_database_s_host_asks_the_masters_that_there_are(
    agent: AgentSettings, server_list: str | None, starts: str
) -> None:
    config = host("puppet::database", agent=agent)
    assert config["puppet"]["conf"]["agent"].get("server_list") == server_list
    assert bootstrap_settings(config)["agent"] == starts


def test_an_agent_knows_every_master_and_looks_again_soon_if_none_answers() -> None:
    agent = as_cloud_init_reads(render(batch(agent=TWO)))["puppet"]["conf"]["agent"]
    assert agent["server"] == "m1.internal"
    assert agent["server_list"] == "m1.internal:8140,m2.internal:8140"
    assert "serverport" not in agent
    assert agent["runinterval"] == "1m"


def test_the_operator_s_commands_and_keys_come_before_ours_and_both_stay() -> None:
    config = as_cloud_init_reads(
        render(
            batch(
                runcmd=["first"],
                ssh_authorized_keys=["theirs"],
                puppet={"conf": {"agent": {"runinterval": "5m"}}},
            )
        )
    )
    assert config["runcmd"][0] == "first"
    assert config["runcmd"][1][0] == "/bin/sh"
    assert config["ssh_authorized_keys"] == ["theirs", "ssh-ed25519 AAAA op"]
    assert config["puppet"]["conf"]["agent"]["runinterval"] == "5m"
    assert config["puppet"]["conf"]["main"]["certname"] == BATCH


def test_a_master_on_another_port_is_told_to_the_agent() -> None:
    there = AGENT.model_copy(update={"port": 8150})
    assert as_cloud_init_reads(render(batch(agent=there)))["puppet"]["conf"]["agent"]["serverport"] == "8150"
    assert "serverport" not in as_cloud_init_reads(render(batch()))["puppet"]["conf"]["agent"]


def test_the_same_batch_gives_the_same_bytes() -> None:
    assert render(batch(count=2, a={"b": 1})) == render(batch(count=2, a={"b": 1}))


def test_text_beyond_the_limit_is_compressed_and_the_same_each_time() -> None:
    long = batch(final_message="a line of text\n" * 2000)
    data = render(long)
    assert len(data) <= 16384
    assert as_cloud_init_reads(gzip.decompress(data))["final_message"] == "a line of text\n" * 2000
    assert data == render(long)


def test_what_is_too_long_even_compressed_is_refused_with_the_figures() -> None:
    noise = random.Random(7).randbytes(20000).hex()  # noqa: S311
    with pytest.raises(
        ConfigError, match=r"cloud_init: the user data has \d+ bytes compressed, the limit is 16384"
    ):
        render(batch(final_message=noise))


def test_the_service_is_started_by_our_last_step_and_not_by_cloud_init() -> None:
    for each in (batch(), batch(code=CODE, agent=None)):
        puppet = as_cloud_init_reads(render(each))["puppet"]
        assert (puppet["exec"], puppet["start_service"]) == (False, False)


def test_an_agent_that_serves_people_asks_for_its_own_name_in_its_certificate() -> None:
    launched = batch(classes=("puppet::board",), names=("board.example.com",))
    enrolment = launched.record.enrolment
    assert enrolment is not None
    assert "dns_alt_names" not in as_cloud_init_reads(render(launched))["puppet"]["conf"]["main"]
    enrolment.dns_alt_names = None  # until the launch has told the private name
    conf = as_cloud_init_reads(render(launched))["puppet"]["conf"]
    assert conf["main"] == {"certname": BATCH, "dns_alt_names": f"{OWN},board.example.com"}
    assert conf["agent"]["server"] == AGENT.server
