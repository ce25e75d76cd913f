"""What the end-to-end tests share."""

import json
import subprocess
from typing import Any

from lab import access
from lab.state import State

CALL = """
import boto3, json, sys
from botocore.exceptions import ClientError
try:
    client = boto3.client("ec2")
    print(json.dumps(getattr(client, sys.argv[1])(**json.loads(sys.argv[2])), default=str))
except ClientError as refused:
    sys.exit(refused.response["Error"]["Code"])
"""


class Refused(Exception):
    """The API's error code."""


def ec2(state: State, action: str, **parameters: Any) -> Any:
    """What boto3's EC2 client gives inside the lab; raises Refused with the API's error code."""
    argv = access.inside(state, ["python3", "-c", CALL, action, json.dumps(parameters)])
    done = subprocess.run(
        argv, env=access.environment(state), capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode != 0:
        raise Refused(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout)
