"""What the tests of status, console, ssh-config and login share."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from conductor.clients import Clients
from conductor.context import Context
from conductor.instances import Instance
from conductor.launching.launch import launch
from conductor.launching.preparing import prepare
from conductor.record import timestamp
from conductor.roles import plan

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIFi1u5rVhZ0j6m0n8Qh3C2Wb1mYpLr9mHc7M0dVxkq3E"
CONSOLE = f"""\
[    1.0] Booting
-----BEGIN SSH HOST KEY KEYS-----
ssh-ed25519 {KEY} root@ip
-----END SSH HOST KEY KEYS-----
"""


def start(context: Context, role: str, count: int = 1) -> list[Instance]:
    return launch(context, prepare(context, plan(context.settings, role, count=count)))


def report(context: Context, instance: Instance, *, ago: int = 60, **more: Any) -> None:
    """The status of a node that is well, unless ``more`` says otherwise."""
    at = timestamp(context.now() - timedelta(seconds=ago))
    body = {"enrolled": at, "last_run": {"status": "unchanged", "at": at, "noop": False}, "health": "ok"}
    context.store.put(f"status/{instance.certname}", json.dumps({**body, **more}).encode())


def shows(monkeypatch: pytest.MonkeyPatch, api: Clients, *texts: str) -> list[str]:
    """The console as the API gives it, the last text again and again; collects the ids asked for."""
    asked: list[str] = []

    def get(**arguments: Any) -> dict[str, str]:
        asked.append(arguments["InstanceId"])
        return {"Output": texts[min(len(asked), len(texts)) - 1]}

    monkeypatch.setattr(api.ec2, "get_console_output", get)
    return asked
