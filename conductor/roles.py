"""From a role's name to what is launched: data/roles.yaml, and start_instance.yaml over it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conductor import yaml_marks
from conductor.errors import ConfigError, UsageError
from conductor.merge import deep_merge
from conductor.setting_types import IMAGE_ID, Market
from conductor.settings import CHECKOUT, DataVolume, Node, RoleSettings, Settings, Volume

ROLES_FILE = CHECKOUT / "data" / "roles.yaml"
DEFAULT_INSTANCE_TYPE = "t3.medium"
# An image given by hand (`-c FILE AMI`) has no role's name; its classes are those of FILE's node.
IMAGE_ROLE = "node"
DEFAULT_ENVIRONMENT = "production"

CA_CLASS = "puppet::ca"
DATABASE_CLASS = "puppet::database"
MASTER_CLASS = "puppet::master"
# A host with one of these is built by `puppet apply` of this repository's code, reads the bucket, and
# presents a certificate under names that are known only after the launch.
INFRASTRUCTURE = frozenset({CA_CLASS, DATABASE_CLASS, MASTER_CLASS})
# These serve under names of their own too, though they are ordinary agents: browsers look at the name.
NAMED = INFRASTRUCTURE | {"puppet::board"}
# Instance profile by what a host is, with the rights in conductor/policies.
PROFILES = {
    frozenset({CA_CLASS}): "ca",
    frozenset({DATABASE_CLASS}): "database",
    frozenset({MASTER_CLASS}): "master",
    frozenset({CA_CLASS, DATABASE_CLASS}): "ca-database",
}
ALL_IN_ONE = "puppetmaster"


def infrastructure(classes: Iterable[str]) -> frozenset[str]:
    """Those of the classes that make a host part of the infrastructure."""
    return INFRASTRUCTURE.intersection(classes)


def default_profile(classes: Iterable[str], prefix: str = "") -> str | None:
    """The instance profile of a host with these classes; only the infrastructure has one."""
    found = infrastructure(classes)
    return prefix + PROFILES.get(found, ALL_IN_ONE) if found else None


@dataclass(frozen=True)
class Plan:
    """What to launch: everything about it that does not depend on the cloud's answers."""

    role: str
    node: Node
    image_id: str
    instance_type: str
    count: int
    cloud_init: dict[str, Any]
    instance_profile: str | None
    key_name: str | None
    subnet_ids: list[str]
    security_group_ids: list[str]
    tags: dict[str, str]
    dns_alt_names: list[str]
    market: Market
    root_volume: Volume | None
    data_volumes: list[DataVolume]

    @property
    def is_ca(self) -> bool:
        return CA_CLASS in self.node.classes

    @property
    def is_infrastructure(self) -> bool:
        return bool(infrastructure(self.node.classes))

    @property
    def is_named(self) -> bool:
        """Whether the certificate has the names under which the host serves."""
        return not NAMED.isdisjoint(self.node.classes)


def role_nodes(path: Path = ROLES_FILE) -> dict[str, Node]:
    """Role to its classes and Hiera data, from the environment's own. Raises ConfigError."""
    document = yaml_marks.load(path)
    try:
        return {role: _role_node(**body) for role, body in document.data["roles"].items()}
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise ConfigError([f"{path}: 'roles:' must hold ROLE: {{classes: [...], data: {{...}}}}"]) from error


def _role_node(*, classes: list[str], data: dict[str, Any] | None = None) -> Node:
    return Node.model_validate({"classes": classes, "parameters": {"data": data} if data else {}})


def role_classes(path: Path = ROLES_FILE) -> dict[str, list[str]]:
    """Role to class names."""
    return {role: list(node.classes) for role, node in role_nodes(path).items()}


def classification(settings: Settings, role: str, roles_file: Path = ROLES_FILE) -> Node:
    """The role's own node, `node:` and `roles: ROLE: node:`, merged. Raises UsageError: unknown role."""
    own = settings.roles.get(role, RoleSettings())
    layers = [_base(settings, role, roles_file), settings.node, own.node]
    classes = deep_merge(*[node.classes for node in layers])
    if not classes:
        raise ConfigError([f"{settings.source}: node.classes: nothing says which classes a {role} gets"])
    return Node(
        classes=classes,
        parameters=deep_merge(*[node.parameters for node in layers]),
        environment=own.node.environment or settings.node.environment or DEFAULT_ENVIRONMENT,
    )


def plan(settings: Settings, target: str, *, count: int | None, roles_file: Path = ROLES_FILE) -> Plan:
    """What ``target``, a role or an image id, means under these settings.

    Raises UsageError for an unknown role and ConfigError when something needed is not configured.
    """
    by_image = bool(IMAGE_ID.fullmatch(target))
    role = IMAGE_ROLE if by_image else target
    node = classification(settings, role, roles_file)
    own = settings.roles.get(role, RoleSettings())
    image = target if by_image else own.ami_id or settings.ami_id
    wanted = own.count if count is None else count
    for single, name in ((CA_CLASS, "CA"), (DATABASE_CLASS, "database")):
        if single in node.classes and wanted != 1:
            raise UsageError(f"{wanted} hosts with {single} asked for; a cluster has one {name}")
    problems: list[str] = []
    if not image:
        problems.append(f"{settings.source}: ami_id: no image: set ami_id, or roles.{role}.ami_id")
    if own.dns_alt_names and NAMED.isdisjoint(node.classes):
        problems.append(
            f"{settings.where('roles', role, 'dns_alt_names')}: only hosts with one of "
            f"{', '.join(sorted(NAMED))} serve under names of their own"
        )
    if not image or problems:
        raise ConfigError(problems)
    return Plan(
        role=role,
        node=node,
        image_id=image,
        instance_type=own.instance_type or settings.instance_type or DEFAULT_INSTANCE_TYPE,
        count=wanted,
        cloud_init=deep_merge(settings.cloud_init, own.cloud_init),
        instance_profile=own.instance_profile
        or settings.instance_profile
        or default_profile(node.classes, settings.instance_profile_prefix),
        key_name=own.key_name or settings.key_name,
        subnet_ids=own.subnets or settings.subnets,
        security_group_ids=own.security_group_ids or settings.security_group_ids,
        tags={**settings.tags, **own.tags},
        dns_alt_names=own.dns_alt_names,
        # With its CA's host a cluster ends: such hosts are interruptible only if their role says so.
        market=own.market or (not infrastructure(node.classes) and settings.market) or "on-demand",
        root_volume=own.root_volume or settings.root_volume,
        data_volumes=own.data_volumes or settings.data_volumes,
    )


def _base(settings: Settings, role: str, roles_file: Path) -> Node:
    if role == IMAGE_ROLE:
        return Node()
    known = role_nodes(roles_file)
    if role in known:
        return known[role]
    if role in settings.roles:
        return Node()
    names = sorted({*known, *settings.roles})
    near = difflib.get_close_matches(role, names, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise UsageError(f"unknown role: {role}", advice=f"{hint}roles: {', '.join(names)}; or an image id")
