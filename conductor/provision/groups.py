"""The cluster's security group: its members reach one another on the ports of their services, and nobody else
does; ssh from where the operator says.

Instances are put into it unless the configuration gives ``security_group_ids``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conductor import instances
from conductor.clients import api_errors
from conductor.context import Context
from conductor.errors import CloudError, UnsupportedError
from conductor.provision import ports
from conductor.provision.steps import Finding, State, Step

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef, IpPermissionTypeDef, SecurityGroupTypeDef

PART = "security group"
DESCRIPTION = "Nodes of a puppet-hadoop cluster"
SSH_FROM = "ssh_from"  # the description of the rules that follow from it
ANY = -1
MEMBERS = "members"  # as a rule's source: the group itself


@dataclass(frozen=True, order=True)
class Rule:
    """Who may send to which ports: MEMBERS, or a range of addresses."""

    protocol: str
    first: int
    last: int
    source: str

    def __str__(self) -> str:
        ports_of = "" if self.first == ANY else f" {self.first}"
        ports_of += f"-{self.last}" if self.last != self.first else ""
        return f"{self.protocol}{ports_of} from {self.source}"

    def permission(self, group_id: str) -> IpPermissionTypeDef:
        """As the API takes it."""
        base: IpPermissionTypeDef = {
            "IpProtocol": self.protocol,
            "FromPort": self.first,
            "ToPort": self.last,
        }
        if self.source == MEMBERS:
            return {**base, "UserIdGroupPairs": [{"GroupId": group_id}]}
        if ":" in self.source:
            return {**base, "Ipv6Ranges": [{"CidrIpv6": self.source, "Description": SSH_FROM}]}
        return {**base, "IpRanges": [{"CidrIp": self.source, "Description": SSH_FROM}]}


def name(context: Context) -> str:
    """What the group is called; the same in each VPC."""
    return f"puppet-hadoop-{context.store.bucket}-cluster"


def wanted(ssh_from: Collection[str]) -> set[Rule]:
    """What the group is to let in."""
    among = {Rule("tcp", first, last, MEMBERS) for first, last in ports.AMONG_MEMBERS}
    # Without it, packets that are too large on the way are lost without a word.
    among.add(Rule("icmp", ANY, ANY, MEMBERS))
    return among | {Rule("tcp", ports.SSH, ports.SSH, network) for network in ssh_from}


def default_group(context: Context, subnet_ids: Sequence[str] = ()) -> str | None:
    """The group that instances are put into unless told otherwise; None: `init` has made none.

    ``subnet_ids``: where they are to be launched; without, in the account's default VPC.
    """
    try:
        found = _find(context)
    except UnsupportedError:
        return None
    if len(found) > 1:
        among = _vpcs_of(context, subnet_ids) if subnet_ids else _wanted_vpcs(context)
        found = [each for each in found if each.get("VpcId") in among]
    return found[0]["GroupId"] if found else None


def steps(context: Context) -> list[Step]:
    """A group in each VPC that the cluster's subnets are in; none where the operator gives groups."""
    if context.settings.security_group_ids:
        given = ", ".join(context.settings.security_group_ids)
        left = Finding(State.LEFT, f"security_group_ids: the operator's own ({given})")
        return [Step(PART, "security group", lambda: left)]
    try:
        vpcs: list[str | None] = [*_wanted_vpcs(context)]
    except UnsupportedError:
        vpcs = [None]
    except CloudError as error:
        failure = error

        def fail() -> Finding:
            raise failure

        return [Step(PART, f"security group {name(context)}", fail)]
    return [_step(context, vpc) for vpc in vpcs]


def _step(context: Context, vpc: str | None) -> Step:
    where = f" in {vpc}" if vpc else ""
    return Step(PART, f"security group {name(context)}{where}", lambda: _look(context, vpc))


def _look(context: Context, vpc: str | None) -> Finding:
    rules = wanted(context.settings.ssh_from)
    ssh = ", ".join(context.settings.ssh_from) or "nowhere (ssh_from)"
    detail = f"the cluster's ports among members; ssh from {ssh}"
    found = _find(context, vpc)
    if not found:
        return Finding(State.MADE, detail, lambda: _make(context, vpc, rules))
    group = found[0]
    present = _present(group)
    missing = rules - present.keys()
    # Ranges that ssh_from gave before; what the operator has added otherwise stays.
    old = {rule for rule, said in present.items() if said == SSH_FROM and rule not in rules}
    others = sorted(present.keys() - rules - old)
    if others:
        detail += "; warning: besides, not by init: " + ", ".join(map(str, others))
    if not missing and not old:
        return Finding(State.THERE, detail)

    def change() -> None:
        _let_in(context, group["GroupId"], missing)
        if old:
            with api_errors(f"taking rules out of security group {name(context)}"):
                context.clients.ec2.revoke_security_group_ingress(
                    GroupId=group["GroupId"],
                    IpPermissions=[rule.permission(group["GroupId"]) for rule in sorted(old)],
                )

    return Finding(State.CHANGED, detail, change)


def _make(context: Context, vpc: str | None, rules: Collection[Rule]) -> None:
    ours = {"Name": name(context), "ManagedBy": instances.MANAGED_BY}
    tags = {**context.settings.tags, **ours, instances.TAG_BUCKET: context.store.bucket}
    where: dict[str, Any] = {"VpcId": vpc} if vpc else {}
    with api_errors(f"making security group {name(context)}"):
        made = context.clients.ec2.create_security_group(
            GroupName=name(context),
            Description=DESCRIPTION,
            TagSpecifications=[
                {
                    "ResourceType": "security-group",
                    "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
                }
            ],
            **where,
        )
    _let_in(context, made["GroupId"], rules)


def _let_in(context: Context, group_id: str, rules: Collection[Rule]) -> None:
    if rules:
        with api_errors(f"writing the rules of security group {name(context)}"):
            context.clients.ec2.authorize_security_group_ingress(
                GroupId=group_id, IpPermissions=[rule.permission(group_id) for rule in sorted(rules)]
            )


def _present(group: SecurityGroupTypeDef) -> dict[Rule, str]:
    """What the group lets in, each with its description."""
    found: dict[Rule, str] = {}
    for each in group.get("IpPermissions", []):
        sources = [
            (MEMBERS if pair.get("GroupId") == group["GroupId"] else pair.get("GroupId", "?"), "")
            for pair in each.get("UserIdGroupPairs", [])
        ]
        sources += [(net["CidrIp"], net.get("Description", "")) for net in each.get("IpRanges", [])]
        sources += [(net["CidrIpv6"], net.get("Description", "")) for net in each.get("Ipv6Ranges", [])]
        sources += [(found_in.get("PrefixListId", "?"), "") for found_in in each.get("PrefixListIds", [])]
        for source, description in sources:
            first, last = each.get("FromPort", ANY), each.get("ToPort", ANY)
            found[Rule(each["IpProtocol"], first, last, source)] = description
    return found


def _find(context: Context, vpc: str | None = None) -> list[SecurityGroupTypeDef]:
    """Ours, in all VPCs or one."""
    filters: list[FilterTypeDef] = [{"Name": "group-name", "Values": [name(context)]}]
    if vpc:
        filters.append({"Name": "vpc-id", "Values": [vpc]})
    with api_errors(f"looking for security group {name(context)}"):
        found = context.clients.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    return [each for each in found if each.get("Description") == DESCRIPTION]


def _wanted_vpcs(context: Context) -> list[str]:
    settings = context.settings
    if settings.vpc_id:
        return [settings.vpc_id]
    subnets = {subnet for each in (settings, *settings.roles.values()) for subnet in each.subnets}
    if subnets:
        return _vpcs_of(context, sorted(subnets))
    with api_errors("looking for the account's default VPC"):
        found = context.clients.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])
    if not found["Vpcs"]:
        raise CloudError("this account has no default VPC in this region", advice="set vpc_id or subnet_ids")
    return [found["Vpcs"][0]["VpcId"]]


def _vpcs_of(context: Context, subnet_ids: Sequence[str]) -> list[str]:
    with api_errors(f"looking for subnets {', '.join(subnet_ids)}"):
        found = context.clients.ec2.describe_subnets(SubnetIds=list(subnet_ids))["Subnets"]
    return sorted({each["VpcId"] for each in found})


def removal(context: Context) -> list[Step]:
    """Ours, in whatever VPC."""

    def look() -> Finding:
        found = _find(context)
        if not found:
            return Finding(State.ABSENT)

        def remove() -> None:
            for group in found:
                with api_errors(f"removing security group {group['GroupId']} ({name(context)})"):
                    context.clients.ec2.delete_security_group(GroupId=group["GroupId"])

        return Finding(State.REMOVED, ", ".join(group["GroupId"] for group in found), remove)

    return [Step(PART, f"security group {name(context)}", look)]
