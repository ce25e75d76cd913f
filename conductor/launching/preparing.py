"""Before a launch: everything that can be checked, and the batch that says what is asked for."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from conductor import authority, instances, notify, packages, servers
from conductor.context import Context, wait_until
from conductor.errors import AuthorityError, BucketError, UsageError
from conductor.launching import code_archive
from conductor.launching.request import ROOT_DEVICE, in_subnet, request_for
from conductor.operator_files import batch_secret, secret_sha256
from conductor.record import Batch, Code, Enrolment, Record, Servers, UserData, timestamp
from conductor.roles import CA_CLASS, DATABASE_CLASS, DEFAULT_ENVIRONMENT, MASTER_CLASS, Plan, infrastructure
from conductor.setting_types import LOGIN_KEYS
from conductor.settings import Node

# The address of the code is good for so long; a launch is repeated only while its host will still get there.
CODE_URL_SECONDS = 7200
CODE_FRESH_SECONDS = 3600
SHOWN = 5


def prepare(context: Context, plan: Plan, *, wait: bool = False) -> Batch:
    """Check everything that can be checked first, and build the batch. Only the code archive is written."""
    root_device = instances.check_image(context.clients.ec2, plan.image_id) or ROOT_DEVICE
    if not context.store.exists():
        if not plan.is_ca:
            raise BucketError(
                f"there is no bucket {context.store.bucket}",
                advice="check s3_bucket_name; the start of a host with the CA makes the bucket "
                "(`start_instance.py puppetmaster`, ca-database or ca)",
            )
        context.store.create()
        context.say(f"made bucket {context.store.bucket}, private")
    public_key = context.operator.ssh_public_key(context.settings.ssh_public_key)
    inputs = UserData(cloud_init=plan.cloud_init, ssh_public_key=public_key)
    if plan.is_infrastructure:
        _refuse_second(context, plan)
    if not plan.is_ca:
        inputs.agent = authority.wait_for_ca(context, wait=wait)
    if not plan.is_infrastructure:
        inputs.agent = authority.wait_for_master(context, wait=wait)
    record = record_for(context, plan.node, public_key, _known_servers(context, plan, wait=wait))
    request = request_for(context, plan, root_device=root_device)
    if plan.is_infrastructure:
        inputs.code = upload_code(context)
    name = str(uuid.uuid4())
    record.enrolment = Enrolment(
        batch=name,
        **_vouching(context, name),
        role=plan.role,
        launched_by=context.launched_by,
        dns_alt_names=None if plan.is_named else [],
    )
    batch = Batch(
        batch=name,
        role=plan.role,
        count=plan.count,
        created=timestamp(context.now()),
        record=record,
        request=in_subnet(request, plan.subnet_ids[0] if plan.subnet_ids else None),
        dns_alt_names=plan.dns_alt_names,
        user_data=inputs,
    )
    return _as_read(context, batch)


def wait_for_servers(context: Context, plan: Plan) -> None:
    """Until there is what ``prepare`` would miss: the CA, a master, a database. Raises AuthorityError."""
    if not context.store.exists():
        return  # which `prepare` has a word on
    if not plan.is_ca:
        authority.wait_for_ca(context, wait=True)
    if not plan.is_infrastructure:
        authority.wait_for_master(context, wait=True)
    _known_servers(context, plan, wait=True)


def another(context: Context, like: Batch, count: int, *, subnet: str | None) -> Batch:
    """A new batch that differs only in its name, with what follows from that, its count and its zone."""
    name = str(uuid.uuid4())
    record = like.record
    if record.enrolment:
        enrolment = record.enrolment.model_copy(update={"batch": name, **_vouching(context, name)})
        record = record.model_copy(update={"enrolment": enrolment})
    update = {
        "batch": name,
        "state": "prepared",
        "count": count,
        "created": timestamp(context.now()),
        "record": record,
        "request": in_subnet(like.request, subnet),
        "instances": [],
        "replaces": None,
        "lost": [],
    }
    return _as_read(context, like.model_copy(update=update))


def with_fresh_code(context: Context, batch: Batch) -> Batch:
    """The address of the code is good for a while only: what is launched later gets another."""
    inputs = batch.user_data
    if inputs is None or inputs.code is None:
        return batch
    fresh = inputs.model_copy(update={"code": upload_code(context)})
    return batch.model_copy(update={"user_data": fresh})


def _as_read(context: Context, batch: Batch) -> Batch:
    """As a repetition will read it: what is launched must not differ from that by a byte."""
    return Batch.parse(context.store.url(batch.key), batch.body())


def _vouching(context: Context, batch: str) -> dict[str, str]:
    """What of a record's `enrolment` follows from the batch's name and the time."""
    expires = context.now() + timedelta(seconds=context.settings.enrolment_ttl)
    secret = batch_secret(context.operator.key(), batch)
    return {"secret_sha256": secret_sha256(secret), "expires": timestamp(expires)}


def upload_code(context: Context) -> Code:
    """Put this repository's HEAD into the bucket, unless it is there."""
    archive = code_archive.build()
    if archive.uncommitted:
        names = ", ".join(archive.uncommitted[:SHOWN]) + (", ..." if len(archive.uncommitted) > SHOWN else "")
        context.say(f"warning: not committed, so not on the new host: {names}")
    if not context.store.has(archive.key):
        context.store.put(archive.key, archive.content)
    return Code(url=context.store.presigned(archive.key, seconds=CODE_URL_SECONDS), sha256=archive.sha256)


def _refuse_second(context: Context, plan: Plan) -> None:
    """A cluster has one CA and one database: of two PuppetDBs each would know some of the nodes."""
    living = servers.hosts(context)
    if plan.is_ca:
        authority.refuse_second_ca(context, living)
    for each in living if DATABASE_CLASS in plan.node.classes else []:
        if DATABASE_CLASS in each.record.classes:
            instance = each.instance
            raise UsageError(
                f"{instance.id} ({instance.role}, {instance.private_name}) is the database of "
                f"{context.store.url()} already",
                advice=f"to replace it: `start_instance.py terminate {instance.id}` first",
            )


def _known_servers(context: Context, plan: Plan, *, wait: bool) -> Servers:
    """The servers that live, with the database if this is to be a master that needs one."""
    if not plan.is_infrastructure:
        return Servers()
    if MASTER_CLASS not in plan.node.classes or servers.knows_database(plan.node.classes, plan.node.data):
        return servers.current(context)

    def with_database() -> Servers | None:
        found = servers.current(context)
        return found if found.databases else None

    return wait_until(
        context,
        with_database,
        doing="waiting for a database to be started",
        wait=wait,
        otherwise=AuthorityError(
            f"no database yet: no host of {context.store.url()} has PuppetDB, which a master needs",
            advice="start one first (`start_instance.py database --wait`, or ca-database or puppetmaster "
            "in place of ca), wait for it with --wait, or set "
            f"{servers.MASTER_DATABASE_URLS} under node: parameters: data: ([] for no PuppetDB)",
        ),
    )


def record_for(context: Context, node: Node, public_key: str, known: Servers) -> Record:
    """The record without `enrolment`: what the ENC prints, with what follows from the ``known`` servers and
    published packages."""
    data: dict[str, Any] = {}
    if infrastructure(node.classes):
        data["puppet::node_bucket"] = context.store.url()
        data |= notify.data_for(context, node.classes)
    if {CA_CLASS, MASTER_CLASS} <= set(node.classes):
        # The CA writes a host's role into its certificate by the record's classes, but not into its own.
        data["puppet::ca::auth_role"] = "puppet-master"
    if authority.common_name(context):
        data["puppet::agent::server_list"] = []  # not each master by its own name
    # What the operator says wins, but the login keys of both are let in.
    data |= node.data
    others = [key for key in data.get(LOGIN_KEYS) or [] if key != public_key]
    data[LOGIN_KEYS] = [public_key, *others]
    record = Record(
        classes=node.classes,
        parameters={**node.parameters, "data": data},
        environment=node.environment or DEFAULT_ENVIRONMENT,
    )
    return packages.derive(context, servers.with_derived(record, known))
