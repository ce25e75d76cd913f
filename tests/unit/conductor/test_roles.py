from __future__ import annotations

from pathlib import Path

import pytest

from conductor.errors import ConfigError, UsageError
from conductor.roles import classification, plan, role_classes
from conductor.settings import CHECKOUT, Settings, load

IMAGE = "ami-0123456789abcdef0"


def settings(**more: object) -> Settings:
    return Settings.model_validate({"s3_bucket_name": "our-cluster", "ami_id": IMAGE, **more})


INFRASTRUCTURE = ["puppetmaster", "ca-database", "ca", "database", "master"]


def test_the_repository_s_own_roles_are_nine() -> None:
    roles = role_classes()
    assert list(roles) == [*INFRASTRUCTURE, "namenode", "jobtracker", "worker", "client", "board"]
    assert all("puppet::agent" in classes for classes in roles.values())


def test_role_then_node_then_the_role_s_own_node_are_merged() -> None:
    found = classification(
        settings(
            node={
                "classes": {"ntp": {"servers": ["a"], "iburst": True}},
                "parameters": {"data": {"x": 1, "y": 1}},
                "environment": "staging",
            },
            roles={
                "worker": {"node": {"classes": {"ntp": {"servers": ["b"]}}, "parameters": {"data": {"y": 2}}}}
            },
        ),
        "worker",
    )
    assert found.classes["ntp"] == {"servers": ["b"], "iburst": True}
    assert "hadoop::worker" in found.classes
    assert found.parameters == {"data": {"x": 1, "y": 2}}
    assert found.environment == "staging"


def test_the_names_of_hdfs_have_a_copy_on_another_host_than_the_namenode() -> None:
    assert [role for role, classes in role_classes().items() if "hadoop::secondarynamenode" in classes] == [
        "jobtracker"
    ]


@pytest.mark.parametrize("role", ["namenode", "jobtracker"])
def test_who_must_hear_of_a_drain_asks_often_unless_the_operator_says_otherwise(role: str) -> None:
    key = "puppet::agent::runinterval"
    assert classification(settings(), role).data == {key: "2m"}
    assert classification(settings(node={"parameters": {"data": {key: "7m"}}}), role).data == {key: "7m"}
    assert key not in classification(settings(), "worker").data


def test_only_the_infrastructure_has_profiles_each_its_own() -> None:
    plans = {role: plan(settings(), role, count=None) for role in role_classes()}
    assert {role: each.instance_profile for role, each in plans.items() if each.instance_profile} == {
        role: role for role in INFRASTRUCTURE
    }
    assert [role for role, each in plans.items() if each.is_infrastructure] == INFRASTRUCTURE
    assert [role for role, each in plans.items() if each.is_ca] == ["puppetmaster", "ca-database", "ca"]


def test_each_profile_has_a_policy() -> None:
    policies = CHECKOUT / "conductor" / "policies"
    assert sorted(path.stem for path in policies.glob("*.json")) == sorted(INFRASTRUCTURE)


def test_the_classes_and_not_the_role_s_name_make_a_host_infrastructure() -> None:
    site = settings(roles={"compiler": {"node": {"classes": ["puppet::master", "puppet::agent"]}}})
    found = plan(site, "compiler", count=3)
    assert found.is_infrastructure
    assert found.instance_profile == "master"


@pytest.mark.parametrize("role", ["puppetmaster", "ca-database", "ca", "database"])
def test_of_ca_and_database_there_is_one(role: str) -> None:
    with pytest.raises(UsageError, match="a cluster has one"):
        plan(settings(), role, count=2)


def test_masters_may_be_many_and_serve_under_one_name() -> None:
    found = plan(settings(roles={"master": {"dns_alt_names": ["puppet.example.com"]}}), "master", count=3)
    assert (found.count, found.dns_alt_names) == (3, ["puppet.example.com"])


def test_names_for_the_certificate_of_a_host_that_serves_nobody_are_a_mistake() -> None:
    with pytest.raises(ConfigError, match=r"roles\.worker\.dns_alt_names"):
        plan(settings(roles={"worker": {"dns_alt_names": ["w.example.com"]}}), "worker", count=1)


def test_all_that_is_wrong_with_a_role_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    path.write_text("s3_bucket_name: nodes\nroles:\n  worker:\n    dns_alt_names: [w.example.com]\n")
    with pytest.raises(ConfigError) as raised:
        plan(load(path), "worker", count=1)
    image, names = raised.value.problems
    assert image.startswith(f"{path}: ami_id: no image")
    assert names.startswith(f"{path}:4: roles.worker.dns_alt_names: only hosts with one of ")


def test_a_role_of_the_site_s_own_needs_only_classes() -> None:
    found = plan(
        settings(roles={"edge": {"count": 2, "node": {"classes": ["hadoop::base"]}}}), "edge", count=None
    )
    assert (found.count, found.node.classes) == (2, {"hadoop::base": {}})


def test_an_unknown_role_names_the_nearest_and_all() -> None:
    with pytest.raises(UsageError, match="unknown role: namnode") as raised:
        plan(settings(), "namnode", count=None)
    assert "did you mean namenode?" in raised.value.advice
    assert "jobtracker" in raised.value.advice


def test_a_given_count_wins_over_the_role_s() -> None:
    found = settings(roles={"worker": {"count": 3}})
    assert plan(found, "worker", count=None).count == 3
    assert plan(found, "worker", count=7).count == 7


def test_no_image_anywhere_names_the_file_and_both_keys() -> None:
    bare = Settings.model_validate({"s3_bucket_name": "our-cluster"})
    with pytest.raises(ConfigError, match=r"start_instance\.yaml: ami_id: .* roles\.worker\.ami_id"):
        plan(bare, "worker", count=None)


def test_an_image_without_classes_is_incomplete() -> None:
    with pytest.raises(ConfigError, match=r"node\.classes"):
        plan(settings(), IMAGE, count=None)


@pytest.mark.parametrize(
    "text",
    [
        "{worker: [a]}",
        "{worker: {data: {}}}",
        "{worker: {classes: [a], date: {}}}",
        "{worker: {classes: [a], data: x}}",
    ],
)
def test_a_broken_roles_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "roles.yaml"
    path.write_text(f"roles: {text}\n")
    with pytest.raises(ConfigError, match=r"roles\.yaml"):
        role_classes(path)
