from __future__ import annotations

import re
from pathlib import Path

import pytest

from conductor import settings
from conductor.errors import ConfigError

CHECKOUT = Path(settings.__file__).parent.parent


def load(tmp_path: Path, text: str) -> settings.Settings:
    path = tmp_path / "start_instance.yaml"
    path.write_text(text)
    return settings.load(path)


def problems(tmp_path: Path, text: str) -> list[str]:
    """What is wrong, without the file's folder."""
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, text)
    assert raised.value.exit_code == 2
    return [problem.replace(f"{tmp_path}/", "") for problem in raised.value.problems]


def test_the_bucket_alone_is_enough(tmp_path: Path) -> None:
    found = load(tmp_path, "s3_bucket_name: our-cluster\n")
    assert found.enrolment_ttl == 3600
    assert found.wait.deadline == 1200
    assert found.drain.deadline == 3600


def test_the_sample_is_valid_once_its_bucket_has_a_name(tmp_path: Path) -> None:
    text = (CHECKOUT / "conductor" / "start_instance.yaml.sample").read_text()
    assert load(tmp_path, text.replace("CHANGE-ME", "our")).roles["worker"].count == 3
    assert len(problems(tmp_path, text)) == 1


def test_the_sample_with_its_comments_taken_away_is_valid_too(tmp_path: Path) -> None:
    lines = (CHECKOUT / "conductor" / "start_instance.yaml.sample").read_text().splitlines()
    # Prose begins with "# " and a word; anything else after "#" is a setting.
    shown = [line if re.match(r"# \S", line) else line.removeprefix("#") for line in lines]
    text = "\n".join(shown).replace("CHANGE-ME", "our")
    found = load(tmp_path, text)
    assert found.agent.server == "puppet.example.com"
    assert found.wait.deadline == 1200
    assert found.node.classes == {"ntp": {}}
    assert found.tags == {"Project": "hadoop"}


def test_every_problem_is_told_with_file_line_and_key(tmp_path: Path) -> None:
    text = """\
ami_id: debian-13
wait:
  deadline: soon
roles:
  worker:
    count: none
    instnace_type: t3.large
agent:
  ca_cert: nonsense
"""
    assert problems(tmp_path, text) == [
        "start_instance.yaml:1: ami_id: not an image id such as ami-0123456789abcdef0",
        "start_instance.yaml:1: s3_bucket_name: this key is required",
        "start_instance.yaml:9: agent.ca_cert: not a certificate in PEM form (-----BEGIN CERTIFICATE-----)",
        "start_instance.yaml:6: roles.worker.count: "
        "input should be a valid integer, unable to parse string as an integer",
        "start_instance.yaml:7: roles.worker.instnace_type: unknown key",
        "start_instance.yaml:3: wait.deadline: not a duration such as 90, 90s, 15m, 1h or 2d",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "start_instance.yaml:1: the file is empty"),
        ("- a\n", "start_instance.yaml:1: the file does not hold keys with values"),
        ("a: [1\nb: 2\n", "start_instance.yaml:2: not YAML: expected ',' or ']', but got ':'"),
        ("a: *nowhere\n", "start_instance.yaml:1: not YAML: found undefined alias 'nowhere'"),
        (
            "s3_bucket_name: our-cluster\nami_id: ami-12345678\nami_id: ami-87654321\n",
            "start_instance.yaml:3: ami_id: this key is given twice",
        ),
        (
            "s3_bucket_name: Our_Cluster\n",
            "start_instance.yaml:1: s3_bucket_name: not a bucket name: 3 to 63 of a-z, 0-9, '.' and '-'",
        ),
        (
            "s3_bucket_name: our-cluster\nnode:\n  classes: [ntp, No Class]\n",
            "start_instance.yaml:3: node.classes: not a class name: No Class",
        ),
        (
            "s3_bucket_name: our-cluster\n"
            "cloud_init:\n  puppet: {conf: {agent: {certname: x}}, exec: true}\n",
            "start_instance.yaml:2: cloud_init: puppet.conf.agent.certname, puppet.exec: "
            "the conductor sets this itself (CA certificate: agent.ca_cert)",
        ),
        (
            "s3_bucket_name: our-cluster\ncloud_init:\n  runcmd: reboot\n",
            "start_instance.yaml:2: cloud_init: runcmd must be a list",
        ),
        (
            "s3_bucket_name: our-cluster\ncloud_init:\n  puppet: true\n",
            "start_instance.yaml:2: cloud_init: puppet must be a hash",
        ),
        (
            "s3_bucket_name: our-cluster\ncloud_init:\n  puppet: {conf: {agent: x}}\n",
            "start_instance.yaml:2: cloud_init: puppet.conf.agent must be a hash",
        ),
        (
            "s3_bucket_name: our-cluster\nnode:\n  parameters:\n    data: [a]\n",
            "start_instance.yaml:3: node.parameters: data must be a hash of Hiera keys",
        ),
        (
            "s3_bucket_name: our-cluster\nnode:\n  parameters: {data: {'login_allowed::keys': ssh-x}}\n",
            "start_instance.yaml:3: node.parameters: data.login_allowed::keys must be a list of public keys",
        ),
        (
            "s3_bucket_name: our-cluster\ncloud_init: &all\n  again: *all\n",
            "start_instance.yaml:2: not YAML: an alias to what it is itself part of",
        ),
        (
            "s3_bucket_name: !!int x\n",
            "start_instance.yaml: not YAML: invalid literal for int() with base 10: 'x'",
        ),
        (
            "s3_bucket_name: our-cluster\ncloud_init: reboot\n",
            "start_instance.yaml:2: cloud_init: input should be a valid dictionary",
        ),
        (
            "s3_bucket_name: our-cluster\nroles: {worker: {count: 1001}}\n",
            "start_instance.yaml:2: roles.worker.count: input should be less than or equal to 1000",
        ),
    ],
)
def test_a_mistake_is_pointed_at(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text) == [problem]


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "start_instance.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        settings.load(path)


def test_a_mistake_in_a_merged_hash_is_pointed_at_where_it_stands(tmp_path: Path) -> None:
    text = """\
s3_bucket_name: our-cluster
x-big: &big
  instance_type: t3.large
  colour: red
roles:
  worker:
    <<: *big
    count: 2
"""
    assert problems(tmp_path, text) == ["start_instance.yaml:4: roles.worker.colour: unknown key"]


def test_anchors_and_merges_work(tmp_path: Path) -> None:
    text = """\
s3_bucket_name: our-cluster
x-big: &big {instance_type: t3.large, count: 1}
roles:
  namenode: *big
  worker: {<<: *big, count: 4}
"""
    roles = load(tmp_path, text).roles
    assert (roles["namenode"].instance_type, roles["namenode"].count) == ("t3.large", 1)
    assert (roles["worker"].instance_type, roles["worker"].count) == ("t3.large", 4)


def test_cloud_init_is_kept_as_it_is(tmp_path: Path) -> None:
    text = "s3_bucket_name: our-cluster\ncloud_init:\n  ssh_import_id: [gh:a]\n  b: {c: 1, d: no}\n"
    assert load(tmp_path, text).cloud_init == {"ssh_import_id": ["gh:a"], "b": {"c": 1, "d": False}}


def test_keys_with_nothing_after_them_are_empty(tmp_path: Path) -> None:
    found = load(
        tmp_path, "s3_bucket_name: our-cluster\nagent:\nnode:\n  classes:\nroles:\n  worker:\ncloud_init:\n"
    )
    assert found.roles["worker"].count == 1
    assert found.node.classes == found.cloud_init == {}


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("15m", 900), ("1h", 3600), ("2d", 172800)]
)
def test_durations(tmp_path: Path, text: str, seconds: int) -> None:
    assert load(tmp_path, f"s3_bucket_name: our-cluster\nenrolment_ttl: {text}\n").enrolment_ttl == seconds


def test_the_working_folder_s_file_comes_before_that_in_the_operator_s_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CHECKOUT", tmp_path / "checkout")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    work = tmp_path / "work"
    places = [work, tmp_path / "checkout" / "conductor", tmp_path / "config"]
    for place in places:
        place.mkdir(parents=True)
        (place / "start_instance.yaml").write_text("")
    monkeypatch.chdir(work)
    for place in places:
        assert settings.find(None).resolve() == (place / "start_instance.yaml").resolve()
        (place / "start_instance.yaml").unlink()
    with pytest.raises(ConfigError, match=r"no start_instance\.yaml in any of") as raised:
        settings.find(None)
    assert "start_instance.yaml.sample" in raised.value.advice


def test_a_given_file_that_is_absent_is_not_replaced_by_another(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        settings.find(tmp_path / "absent.yaml")


def test_times_stay_as_they_were_written(tmp_path: Path) -> None:
    text = "s3_bucket_name: our-cluster\ntags: {until: 2026-01-31}\ncloud_init: {x: 2024-13-45}\n"
    found = load(tmp_path, text)
    assert found.tags == {"until": "2026-01-31"}
    assert found.cloud_init == {"x": "2024-13-45"}


def test_a_folder_that_may_not_be_looked_into_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refused)
    with pytest.raises(ConfigError, match=r"no start_instance\.yaml in any of"):
        settings.find(None)
