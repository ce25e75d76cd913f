"""Clouds with EC2's and S3's APIs of some years ago: Eucalyptus, UEC (``cloud: eucalyptus``).

A layer at the clients: what such a cloud does not know is left out, done in another way or refused in words,
and no other part of the conductor knows of it.
"""

from __future__ import annotations

import getpass
import socket
from collections.abc import Callable

from botocore.config import Config

from conductor.clients import Clients, Dialect, connect
from conductor.eucalyptus.absent import Absent, Identity
from conductor.eucalyptus.ec2 import Ec2
from conductor.eucalyptus.s3 import S3
from conductor.settings import Cloud

# Newer boto3 sends checksums that only AWS' own S3 is sure to know; older has no such option.
_CHECKSUMS = ("request_checksum_calculation", "response_checksum_validation")


def dialect(cloud: Cloud) -> Dialect:
    """How requests to such a cloud are written: buckets in the path, since their names are in no DNS."""
    known = {name: "when_required" for name in _CHECKSUMS if name in Config.OPTION_DEFAULTS}
    options = Config(s3={"addressing_style": "path"}, **known)  # type: ignore[arg-type]
    old = cloud.signature == "v2"
    return Dialect(signature="v2" if old else "v4", s3_signature="s3" if old else "s3v4", s3_options=options)


def connect_to(cloud: Cloud, say: Callable[[str], None]) -> Clients:
    """Clients as ``conductor.clients.connect`` makes them, for such a cloud."""
    return adapt(connect(dialect(cloud)), say)


def adapt(clients: Clients, say: Callable[[str], None]) -> Clients:
    """The same clients, for the rest of the conductor to use as if the cloud were AWS."""
    # What is not overridden in these is the client's own.
    return Clients(
        ec2=Ec2(clients.ec2, clients.s3, say),  # type: ignore[arg-type]
        s3=S3(clients.s3),  # type: ignore[arg-type]
        sts=Identity(f"{getpass.getuser()}@{socket.gethostname()}"),  # type: ignore[arg-type]
        iam=Absent("IAM"),  # type: ignore[arg-type]
        sqs=Absent("SQS"),  # type: ignore[arg-type]
    )
