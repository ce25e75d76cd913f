"""The agent's part of puppet.conf: which masters it names, and naming others.

Puppet's form of INI: ``[section]``, ``setting = value``, comments with ``#`` or ``;``. What is not changed
stays as it is, byte for byte.
"""

import re
from collections.abc import Iterator

DEFAULT_PORT = 8140
_SECTION = re.compile(r"\s*\[([\w.]+)\]\s*")
_SETTING = re.compile(r"\s*(\w+)\s*=\s*(.*?)\s*")


def masters(text: str) -> list[tuple[str, int]]:
    """Return (name, port) of each master that the agent asks, in its order."""
    for setting in ("server_list", "server"):
        for section in ("agent", "main"):
            value = _value(text, section, setting)
            if value:
                port = _value(text, section, "serverport") or str(DEFAULT_PORT)
                return [_address(entry, port) for entry in value.split(",") if entry.strip()]
    return []


def with_server_list(text: str, value: str) -> str:
    """Return ``text`` with ``server_list`` in the agent's section."""
    lines = text.splitlines(keepends=True)
    setting = f"server_list = {value}\n"
    last = None
    for number, section, name, _ in _settings(lines):
        if section != "agent":
            continue
        last = number
        if name == "server_list":
            lines[number] = setting
            return "".join(lines)
    if last is None:
        end = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{end}[agent]\n{setting}"
    if not lines[last].endswith("\n"):
        lines[last] += "\n"
    lines.insert(last + 1, setting)
    return "".join(lines)


def _settings(lines: list[str]) -> Iterator[tuple[int, str, str, str]]:
    """Give (line's number, section, setting, value); the section's own line has an empty setting."""
    section = "main"
    for number, line in enumerate(lines):
        if heading := _SECTION.fullmatch(line):
            section = heading[1]
            yield number, section, "", ""
        elif found := _SETTING.fullmatch(line):
            yield number, section, found[1], found[2]


def _value(text: str, section: str, setting: str) -> str:
    found = ""
    for _, where, name, value in _settings(text.splitlines(keepends=True)):
        if (where, name) == (section, setting):
            found = value
    return found


def _address(entry: str, default_port: str) -> tuple[str, int]:
    name, _, port = entry.strip().partition(":")
    text = port or default_port
    return name.lower(), int(text) if text.isdecimal() else 0
