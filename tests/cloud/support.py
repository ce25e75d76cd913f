"""Makes an API call fail, before or after its effect, as a network or a cloud does; and boto3 quicker."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore import loaders
from botocore import session as botocore_session
from botocore.exceptions import ClientError

BUCKET = "our-cluster"
ACCOUNT = "123456789012"  # moto's
CA_PEM = "-----BEGIN CERTIFICATE-----\nMIIBfirst\n-----END CERTIFICATE-----\n"


def refusal(code: str, operation: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": f"said {code}"}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        operation,
    )


@contextmanager
def failing(
    client: Any,
    method: str,
    error: BaseException,
    *,
    after_effect: bool = False,
    skip: int = 0,
    times: int = 10**6,
) -> Iterator[list[dict[str, Any]]]:
    """``client.method`` raises ``error`` ``times`` times after ``skip`` good calls; gives all calls."""
    real: Callable[..., Any] = getattr(client, method)
    calls: list[dict[str, Any]] = []
    numbers = itertools.count()  # calls may come from several threads

    def call(*positional: Any, **arguments: Any) -> Any:
        calls.append(arguments)
        if not skip <= next(numbers) < skip + times:
            return real(*positional, **arguments)
        if after_effect:
            real(*positional, **arguments)
        raise error

    setattr(client, method, call)
    try:
        yield calls
    finally:
        setattr(client, method, real)


@contextmanager
def models_read_once() -> Iterator[None]:
    """boto3 reads an API's model anew for each session, and moto begins one for each cloud."""
    loader = loaders.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore_session, "create_loader", lambda *_: loader)
        yield
