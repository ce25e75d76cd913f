"""The security group that ``init`` makes, and instances that are put into it."""

from __future__ import annotations

from typing import Any

import pytest

from conductor.clients import Clients
from conductor.context import Context
from conductor.provision import groups
from conductor.provision.steps import State, run
from tests.cloud.support import BUCKET, failing, refusal
from tests.cloud.test_init import configured, group, init, ranges, states

OFFICE = "192.0.2.0/24"


def test_members_reach_one_another_on_the_cluster_s_ports_and_nobody_else_does(
    context: Context, clients: Clients
) -> None:
    init(context)
    us = group(clients)["GroupId"]
    assert {source for _, _, source in ranges(clients)} == {us}
    open_ports = {port for first, last, _ in ranges(clients) for port in range(first, last + 1)}
    assert {8140, 8141, 8142, 8143, 8081, 8020, 9866, 8032, 13562} <= open_ports
    assert not {22, 111, 3306, 5432, 8082} & open_ports


def test_ssh_comes_from_where_the_operator_says(context: Context, clients: Clients) -> None:
    init(configured(context, ssh_from=[OFFICE, "2001:db8::/32"]))
    assert {each for each in ranges(clients) if each[0] == 22} == {
        (22, 22, OFFICE),
        (22, 22, "2001:db8::/32"),
    }


def test_a_range_that_ssh_from_gives_no_more_is_closed_again(context: Context, clients: Clients) -> None:
    init(configured(context, ssh_from=[OFFICE]))
    moved = configured(context, ssh_from=["198.51.100.0/24"])
    (found,) = [each for each in init(moved) if each.state is State.CHANGED]
    assert "ssh from 198.51.100.0/24" in found.detail
    assert {each for each in ranges(clients) if each[0] == 22} == {(22, 22, "198.51.100.0/24")}


def test_what_the_operator_lets_in_by_hand_stays_and_is_told(context: Context, clients: Clients) -> None:
    init(context)
    mine: Any = {
        "IpProtocol": "tcp",
        "FromPort": 8088,
        "ToPort": 8088,
        "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "the web"}],
    }
    clients.ec2.authorize_security_group_ingress(GroupId=group(clients)["GroupId"], IpPermissions=[mine])
    (found,) = [each for each in init(context) if each.part == groups.PART]
    assert found.state is State.THERE
    assert "not by init: tcp 8088 from 0.0.0.0/0" in found.detail
    assert (8088, 8088, "0.0.0.0/0") in ranges(clients)


def test_the_group_is_made_where_the_subnets_are(context: Context, clients: Clients) -> None:
    vpc = clients.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = clients.ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    init(configured(context, roles={"worker": {"subnet_ids": [subnet]}}))
    assert group(clients)["VpcId"] == vpc


def test_a_vpc_that_is_given_wins(context: Context, clients: Clients) -> None:
    vpc = clients.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    init(configured(context, vpc_id=vpc))
    assert group(clients)["VpcId"] == vpc


def test_without_a_default_vpc_it_says_what_to_set(context: Context, clients: Clients) -> None:
    (default,) = clients.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    for subnet in clients.ec2.describe_subnets()["Subnets"]:
        clients.ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    clients.ec2.delete_vpc(VpcId=default["VpcId"])
    (failed,) = [each for each in init(context) if each.state is State.FAILED]
    assert "no default VPC" in failed.detail
    assert "vpc_id" in failed.detail


def test_a_cloud_without_vpcs_has_the_group_all_the_same(context: Context, clients: Clients) -> None:
    with failing(clients.ec2, "describe_vpcs", refusal("UnsupportedOperation", "DescribeVpcs")):
        found = states(init(context))
        assert found[f"security group {groups.name(context)}"] is State.MADE
        assert groups.default_group(context) == group(clients)["GroupId"]


def test_the_operator_s_own_groups_are_left_alone(context: Context, clients: Clients) -> None:
    own = configured(context, security_group_ids=["sg-0123456789abcdef0"])
    assert states(init(own))["security group"] is State.LEFT
    assert groups.default_group(context) is None


def test_instances_are_put_into_the_group_that_is_there(context: Context, clients: Clients) -> None:
    assert groups.default_group(context) is None
    init(context)
    assert groups.default_group(context) == group(clients)["GroupId"]


def test_of_several_the_one_of_the_instance_s_own_network_is_taken(
    context: Context, clients: Clients
) -> None:
    init(context)
    in_default = group(clients)["GroupId"]
    vpc = clients.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = clients.ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    init(configured(context, vpc_id=vpc))
    assert groups.default_group(context) == in_default
    assert groups.default_group(context, [subnet]) not in {None, in_default}


def test_a_group_of_the_same_name_that_somebody_else_has_made_is_not_taken(
    context: Context, clients: Clients
) -> None:
    clients.ec2.create_security_group(GroupName=groups.name(context), Description="mine")
    assert groups.default_group(context) is None
    (undone,) = list(run(groups.removal(context), dry_run=False))
    assert undone.state is State.ABSENT


@pytest.mark.parametrize("text", ["everywhere", "192.0.2.1/24", "192.0.2.0/40"])
def test_a_range_that_is_none_is_a_mistake_in_the_configuration(context: Context, text: str) -> None:
    with pytest.raises(ValueError, match="not a range of addresses"):
        configured(context, ssh_from=[text])


def test_the_group_says_whose_it_is(context: Context, clients: Clients) -> None:
    init(context)
    tags = {each["Key"]: each["Value"] for each in group(clients)["Tags"]}
    assert tags["puppet-hadoop:bucket"] == BUCKET
    assert tags["ManagedBy"] == "puppet-hadoop"
