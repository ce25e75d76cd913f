"""boto3's clients, configured by AWS's own variables and files, and their errors in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore import exceptions as boto
from botocore.config import Config

from conductor.errors import (
    CapacityError,
    CloudError,
    ConductorError,
    DeniedError,
    NoCredentialsError,
    QuotaError,
    StaleLaunchError,
    ThrottledError,
    UnknownImageError,
    UnknownProfileError,
    UnreachableError,
    UnsupportedError,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

BAD_CREDENTIALS = {
    "AuthFailure",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
# What a cloud says that has these APIs in part only; S3's HTTP status among them.
UNSUPPORTED = {"405", "501", "InvalidAction", "MethodNotAllowed", "NotImplemented", "UnsupportedOperation"}
DENIED = {"403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
BAD_IMAGE = {"InvalidAMIID.Malformed", "InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"}
# No room there and now. Unsupported: the zone has no such instances; a full subnet is no room in it either.
CAPACITY = {
    "InsufficientCapacity",
    "InsufficientFreeAddressesInSubnet",
    "InsufficientHostCapacity",
    "InsufficientInstanceCapacity",
    "SpotCapacityNotAvailable",
    "Unsupported",
}
# What each limit is about, in words.
QUOTA = {
    "InstanceLimitExceeded": "the account's limit of instances is reached",
    "MaxSpotInstanceCountExceeded": "the account's limit of spot instances is reached",
    "SpotMaxPriceTooLow": "spot instances cost more at present than may be paid",
    "VcpuLimitExceeded": "the account's limit of virtual processors is reached",
    "VolumeLimitExceeded": "the account's limit of volumes is reached",
}
THROTTLED = {
    "EC2ThrottledException",
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
# A ClientToken that was used before: for another request, or for instances that have ended since.
USED = {"IdempotentInstanceTerminated", "IdempotentParameterMismatch"}
CONNECTIONS = 64  # kept open: records of several batches are written at once
BRIEF = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
CREDENTIALS_ADVICE = (
    "give credentials as for any AWS tool: `aws configure`, AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY (in the lab: `lab exec -- ...` sets them)"
)
ENDPOINT_ADVICE = "check the network, AWS_DEFAULT_REGION and AWS_ENDPOINT_URL (in the lab: `lab exec -- ...`)"


@dataclass(frozen=True)
class Clients:
    """The APIs that the conductor speaks; AWS, the lab and moto are the same to it."""

    ec2: EC2Client
    s3: S3Client
    sts: STSClient
    iam: IAMClient
    sqs: SQSClient


@dataclass(frozen=True)
class Dialect:
    """How requests are written, as far as clouds with these APIs differ in it. The default is AWS'."""

    signature: str = "v4"
    s3_signature: str = "s3v4"
    s3_options: Config | None = None


AWS = Dialect()


def connect(dialect: Dialect = AWS) -> Clients:
    """Clients from the environment. Raises NoCredentialsError or CloudError (no region)."""
    config = Config(
        signature_version=dialect.signature,
        connect_timeout=10,
        read_timeout=60,
        max_pool_connections=CONNECTIONS,
        retries={"mode": "standard", "total_max_attempts": 4},
        user_agent_extra="puppet-hadoop-conductor",
    )
    with api_errors("setting up access to the cloud"):
        session = boto3.session.Session()
        if session.get_credentials() is None:
            raise NoCredentialsError("no credentials for the cloud were found", advice=CREDENTIALS_ADVICE)
        try:
            return Clients(
                ec2=session.client("ec2", config=config),
                s3=_s3(session, _s3_config(config, dialect)),
                sts=session.client("sts", config=config),
                iam=session.client("iam", config=config),
                # A message is a hint: nobody waits long to send one.
                sqs=session.client("sqs", config=config.merge(BRIEF)),
            )
        except ValueError as error:  # botocore's word on an endpoint that is no URL
            raise CloudError(f"setting up access to the cloud: {error}", advice=ENDPOINT_ADVICE) from error


def _s3_config(config: Config, dialect: Dialect) -> Config:
    signed = config.merge(Config(signature_version=dialect.s3_signature))
    return signed.merge(dialect.s3_options) if dialect.s3_options else signed


def _s3(session: boto3.session.Session, config: Config) -> S3Client:
    """A client whose presigned addresses are those of the bucket's region.

    Left alone, boto3 presigns for AWS's global address. While a bucket is new, that sends readers on to the
    region's address, for which the signature is not valid. In us-east-1 both are the same.
    """
    s3 = session.client("s3", config=config)
    region = s3.meta.region_name
    if region == "us-east-1" or s3.meta.endpoint_url != f"https://s3.{region}.amazonaws.com":
        return s3
    return session.client("s3", config=config.merge(Config(s3={"addressing_style": "virtual"})))


def error_code(error: boto.ClientError) -> str:
    """The API's own code, such as NoSuchKey; S3 answers HEAD with the HTTP status only."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def api_errors(doing: str) -> Iterator[None]:
    """Turns what boto3 raises into ConductorErrors that say what was being done."""
    try:
        yield
    except (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError) as error:
        raise NoCredentialsError(
            f"no usable credentials for the cloud: {error}", advice=CREDENTIALS_ADVICE
        ) from error
    except boto.ProfileNotFound as error:
        raise NoCredentialsError(str(error), advice="check AWS_PROFILE and ~/.aws/config") from error
    except boto.NoRegionError as error:
        raise CloudError(
            "no region is set", advice="set AWS_DEFAULT_REGION, or `region` in ~/.aws/config"
        ) from error
    except boto.ClientError as error:
        raise _from_answer(error, doing) from error
    except (boto.HTTPClientError, boto.ConnectionError) as error:  # refused, name unknown, TLS, time-out
        raise UnreachableError(
            f"{doing}: the API does not answer: {error}", advice=ENDPOINT_ADVICE
        ) from error
    except boto.BotoCoreError as error:
        raise CloudError(f"{doing}: {error}") from error


def _from_answer(error: boto.ClientError, doing: str) -> ConductorError:
    code = error_code(error)
    said = error.response.get("Error", {}).get("Message", "")
    text = f"{doing}: {said or 'refused'} ({code})"
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in BAD_CREDENTIALS:
        return NoCredentialsError(text, advice=CREDENTIALS_ADVICE)
    if code in DENIED:
        return DeniedError(text, advice="these credentials lack a right; ask who manages the account")
    if code in UNSUPPORTED:
        return UnsupportedError(text)
    if code in BAD_IMAGE:
        return UnknownImageError(text, advice="check ami_id and the region (an image belongs to one)")
    if "nstance profile" in said or "iamInstanceProfile" in said:
        return UnknownProfileError(
            text, advice="instance_profile in start_instance.yaml must name one that exists in IAM"
        )
    if code in CAPACITY:
        return CapacityError(
            text,
            advice="ask for fewer, or another instance_type, or give subnet_ids in other zones; or try later",
        )
    if code in QUOTA:
        return QuotaError(
            f"{doing}: {QUOTA[code]}: {said} ({code})",
            advice="ask for fewer, for another instance_type, or AWS for a higher limit (Service Quotas)",
        )
    if code in USED:
        return StaleLaunchError(text)
    if code in THROTTLED:
        return ThrottledError(text, advice="the account is asked too often at present: try again in a while")
    if status >= 500:  # noqa: PLR2004 - HTTP's server errors
        return UnreachableError(f"{text}, HTTP {status}", advice="try again in a while")
    return CloudError(text)
