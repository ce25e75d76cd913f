"""What a launch may be given: zones, market, volumes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conductor.errors import ConfigError
from conductor.roles import Plan, plan
from conductor.settings import Settings, load

BASE: dict[str, Any] = {"s3_bucket_name": "our-cluster", "ami_id": "ami-0123456789abcdef0"}


def planned(role: str = "worker", **more: Any) -> Plan:
    return plan(Settings.model_validate({**BASE, **more}), role, count=None)


def test_a_role_s_own_zones_stand_for_those_of_all_whichever_way_they_are_written() -> None:
    assert planned(subnet_id="subnet-1").subnet_ids == ["subnet-1"]
    assert planned(subnet_ids=["subnet-1", "subnet-2"]).subnet_ids == ["subnet-1", "subnet-2"]
    own = {"worker": {"subnet_id": "subnet-3"}}
    assert planned(subnet_ids=["subnet-1", "subnet-2"], roles=own).subnet_ids == ["subnet-3"]
    assert planned().subnet_ids == []


def test_the_infrastructure_is_on_demand_unless_its_own_role_says_otherwise() -> None:
    assert planned(market="spot").market == "spot"
    assert planned("puppetmaster", market="spot").market == "on-demand"
    assert planned("puppetmaster", roles={"puppetmaster": {"market": "spot"}}).market == "spot"
    assert planned(market="spot", roles={"worker": {"market": "on-demand"}}).market == "on-demand"


def test_a_role_has_its_own_volumes() -> None:
    volumes = [{"device": "/dev/sdf", "size_gb": 100}]
    found = planned(root_volume={"size_gb": 20}, roles={"worker": {"data_volumes": volumes}})
    assert found.root_volume is not None
    assert (found.root_volume.size_gb, [each.device for each in found.data_volumes]) == (20, ["/dev/sdf"])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("subnet_id: a\nsubnet_ids: [b]", "5: subnet_ids: give subnet_id or subnet_ids, not both"),
        ("market: spto", "4: market: input should be 'on-demand' or 'spot'"),
        ("root_volume: {size_gb: 0}", "4: root_volume.size_gb: input should be greater than or equal to 1"),
        ("root_volume: {size: 8}", "4: root_volume.size: unknown key"),
        ("data_volumes: [{device: sdf, size_gb: 1}]", "4: data_volumes.0.device: not a block device"),
        ("data_volumes: [{device: /dev/sdf}]", "4: data_volumes.0.size_gb: this key is required"),
        (
            "data_volumes: [{device: /dev/sdf, size_gb: 1}, {device: /dev/sdf, size_gb: 2}]",
            "4: data_volumes: several volumes as /dev/sdf",
        ),
        ("roles: {worker: {count: 1001}}", "roles.worker.count: input should be less than or equal to 1000"),
    ],
)
def test_each_mistake_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "start_instance.yaml"
    path.write_text(f"# one\ns3_bucket_name: our-cluster\nami_id: ami-0123456789abcdef0\n{line}\n")
    with pytest.raises(ConfigError) as raised:
        load(path)
    assert told in raised.value.message
