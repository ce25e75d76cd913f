"""moto's application and the handler of its requests, for a server of our own."""

import os
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def load() -> tuple[Application, type[Any]]:
    """Import moto, whose only images are those that it is told of; it reads that when it is imported."""
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )

    class Handler(MotoRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Whoever stands before it keeps the log."""

    return DomainDispatcherApplication(create_backend_app), Handler
