"""APIs that such a cloud does not have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from botocore.exceptions import ClientError


def refusal(operation: str, what: str) -> ClientError:
    """As a cloud refuses what it does not know."""
    message = f"cloud: eucalyptus has no {what}"
    return ClientError({"Error": {"Code": "NotImplemented", "Message": message}}, operation)


@dataclass(frozen=True)
class Absent:
    """A client of an API that is not there: every call is refused."""

    service: str

    def __getattr__(self, operation: str) -> Callable[..., NoReturn]:
        if operation.startswith("_"):
            raise AttributeError(operation)

        def refuse(*_: object, **__: object) -> NoReturn:
            raise refusal(operation, self.service)

        return refuse


@dataclass(frozen=True)
class Identity:
    """In place of STS: the operator is who says so, and no account is known."""

    name: str

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "", "Arn": self.name, "UserId": ""}
