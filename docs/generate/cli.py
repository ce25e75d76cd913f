"""docs/reference-conductor.md from the commands themselves: `make reference-cli`."""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from conductor import cli

PAGE = Path(__file__).parents[1] / "reference-conductor.md"
NAME = "start_instance.py"
HELP = cli.cli.context_settings["help_option_names"]
HEAD = """\
# start_instance.py: reference

<!-- Made from the code by `make reference-cli`: edit the commands, not this page. -->

What each command does, with all its options. How they are used together stands in the
[README](../README.md#the-same-on-aws) and in [operations.md](operations.md); every key of the configuration
in `conductor/start_instance.yaml.sample`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_lines()]).rstrip() + "\n"


def _lines() -> Iterator[str]:
    root = click.Context(cli.cli, info_name=NAME, help_option_names=HELP)
    yield (inspect.getdoc(cli) or "").partition(". ")[2]
    yield ""
    yield from _command(cli.cli, root)
    for name in sorted(cli.cli.commands):
        command = cli.cli.commands[name]
        if not command.hidden:
            yield f"## {name}"
            yield ""
            yield from _command(command, click.Context(command, info_name=name, parent=root))


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"    {context.command_path} {usage}".rstrip()
    yield ""
    yield from _help(inspect.cleandoc(command.help or ""))
    rows = [
        record for record in (each.get_help_record(context) for each in command.get_params(context)) if record
    ]
    yield "| option | |"
    yield "| --- | --- |"
    for names, text in rows:
        if not text:  # an argument: the usage shows it
            continue
        yield f"| `{_cell(names)}` | {_cell(text)} |"
    yield ""
    if isinstance(command, click.Group):
        yield "| command | |"
        yield "| --- | --- |"
        for name in sorted(command.commands):
            each = command.commands[name]
            if not each.hidden:
                yield f"| [{name}](#{name}) | {_cell(each.get_short_help_str(limit=200))} |"
        yield ""


def _help(text: str) -> Iterator[str]:
    """Paragraphs; those that `\\b` keeps from being wrapped are examples: blocks of code."""
    for paragraph in re.split(r"\n\s*\n", text.replace("\f", "")):
        if paragraph.startswith("\b"):
            lines = paragraph.removeprefix("\b").strip("\n").splitlines()
            indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
            if lines and not lines[0].startswith(" ") and lines[0].endswith(":"):
                yield lines.pop(0)
                yield ""
                indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
            yield from (f"    {line[indent:]}" for line in lines)
        else:
            yield paragraph
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
