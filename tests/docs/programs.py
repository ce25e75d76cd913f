"""Command lines of our own programs: does each have the command and the options that a page names?"""

import importlib.machinery
import importlib.util
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import click
import yaml

from conductor import cli as conductor_cli
from lab import cli as lab_cli
from tests.docs.pages import CHECKOUT

CLICK: dict[str, click.Group] = {"start_instance.py": conductor_cli.cli, "lab": lab_cli.cli}
# Where other commands follow: after so many words of their own.
CARRIERS = {("lab", "exec"): 0, ("lab", "ssh"): 1, ("start_instance.py", "login"): 1}
PLACEHOLDER = re.compile(r"\[?[A-Z][A-Z0-9_|]*\]?(\.\.\.|…)?\]?")
IMAGE = re.compile(r"ami-[0-9a-f]+")
END = {"|", "||", "&&", ";", ">", ">>", "<", "2>&1", "#"}
COMMAND = re.compile(r"[a-z][a-z0-9-]*")
OPTION = re.compile(r"-[A-Za-z]|--[a-z][a-z0-9-]*")


def make_targets() -> set[str]:
    """The Makefile's targets."""
    [phony] = re.findall(r"^\.PHONY: (.+)$", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
    return set(phony.split())


@cache
def scripts() -> dict[str, Path]:
    """Our programs that say their options by --help."""
    hosts = [
        path for path in (CHECKOUT / "files" / "scripts").iterdir() if path.is_file() and not path.suffix
    ]
    bench = [path for path in (CHECKOUT / "bench").iterdir() if path.is_symlink()]
    health = CHECKOUT / "modules" / "hadoop" / "files" / "hadoop_health"
    return {
        **{path.name: path for path in [*hosts, health]},
        **{f"bench/{path.name}": path for path in bench},
        "packaging/build": CHECKOUT / "packaging" / "build",
    }


def complaints(line: str) -> list[str]:
    """What a command line names that there is not; nothing, where it is none of our programs."""
    words = _words(line)
    while words and (words[0] in {"sudo", "--"} or re.fullmatch(r"[A-Z_0-9]+=\S*", words[0])):
        words.pop(0)
    if not words:
        return []
    program, rest = words[0].rpartition("/")[2], words[1:]
    if program == "make":
        return [f"make {word}" for word in rest if COMMAND.fullmatch(word) and word not in make_targets()]
    if program in CLICK:
        return _of_click(program, rest)
    name = next((each for each in (words[0], program) if each in scripts()), None)
    return _of_script(name, rest) if name else []


def _words(line: str) -> list[str]:
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = line.split()
    ends = [number for number, word in enumerate(words) if word in END]
    return words[: ends[0]] if ends else words


def _options(words: list[str]) -> list[str]:
    """Options, also those in the brackets of a usage line, without their values."""
    stripped = (word.strip("[]").partition("=")[0] for word in words)
    return [word for word in stripped if OPTION.fullmatch(word)]


def _of_click(program: str, words: list[str]) -> list[str]:
    group = CLICK[program]
    valued = {
        name
        for each in group.params
        if isinstance(each, click.Option) and not each.is_flag
        for name in each.opts
    }
    number = 0
    while number < len(words) and (words[number].startswith("-") or words[number] == "[OPTIONS]"):
        number += 2 if words[number] in valued else 1
    if number >= len(words):
        return _unknown(program, _options(words), [group])
    found: list[str] = []
    for verb in words[number].split("|"):
        command = _command(program, verb)
        if command is None:
            found.append(f"{program} {verb}")
            continue
        own = words[number + 1 :]
        carried = CARRIERS.get((program, verb))
        if carried is not None:
            rest = [word for word in own if word != "--"]
            while rest and rest[0].startswith(("-", "[")):
                found += _unknown(f"{program} {verb}", _options([rest.pop(0)]), [group, command])
            rest = rest[carried:]
            found += complaints(shlex.join(rest)) if rest and len(rest) > 1 else []
        else:
            found += _unknown(f"{program} {verb}", _options(own), [group, command])
    return found


def _command(program: str, verb: str) -> click.Command | None:
    group = CLICK[program]
    if verb in group.commands:
        return group.commands[verb]
    is_target = PLACEHOLDER.fullmatch(verb) or IMAGE.fullmatch(verb) or verb in roles()
    return group.commands["start"] if program == "start_instance.py" and is_target else None


@cache
def roles() -> set[str]:
    """What may stand for `start ROLE`."""
    return set(yaml.safe_load((CHECKOUT / "data" / "roles.yaml").read_text())["roles"]) | {
        "web"
    }  # the tutorial's


def _unknown(what: str, options: list[str], commands: list[click.Command]) -> list[str]:
    known = {"-h", "--help"}
    for command in commands:
        for each in command.params:
            if isinstance(each, click.Option):
                known |= {*each.opts, *each.secondary_opts}
    return [f"{what} {option}" for option in options if option not in known]


def _of_script(program: str, words: list[str]) -> list[str]:
    verbs = words[0].split("|") if words and re.fullmatch(r"[a-z][a-z|-]*", words[0]) else [""]
    found = []
    for verb in verbs:
        text = help_of(program, verb if _has_verbs(program) else "")
        if text is None:
            found.append(f"{program} {verb}")
        else:
            general = help_of(program, "") or ""
            found += [
                f"{program} {verb} {option}"
                for option in _options(words)
                if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text + general)
            ]
    return found


def _has_verbs(program: str) -> bool:
    return program in {"puppet_ca", "puppet_master", "puppet_crl", "puppet_database"}


@cache
def help_of(program: str, verb: str) -> str | None:
    """What it says by --help; None: there is no such command of it."""
    words = [*([verb] if verb else []), "--help"]
    path = scripts()[program]
    if "/" in program:
        argv = [sys.executable, str(path), *words]
        done = subprocess.run(argv, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=60)
        return done.stdout if done.returncode == 0 else None
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            code = _main(path)(words)
        except SystemExit as ended:
            code = ended.code
    return None if code else said.getvalue()


@cache
def _main(path: Path) -> Callable[[list[str]], int]:
    """A script's main(), in this process: starting one takes a second where much runs."""
    name = f"script_{path.name}"
    spec = importlib.util.spec_from_loader(name, importlib.machinery.SourceFileLoader(name, str(path)))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    main: Callable[[list[str]], int] = module.main
    return main
