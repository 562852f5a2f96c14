"""Writes ``docs/cli.md`` from the commands themselves: ``python -m tests.docs.cli_reference --write``."""

import sys
from collections.abc import Iterator
from inspect import cleandoc

import click

from accessctl.cli.root import cli
from tests.docs.pages import DOCS

PAGE = DOCS / "cli.md"
NAME = "accessctl"

_HEAD = """# The command line

Written by `python -m tests.docs.cli_reference --write` from the commands themselves; a test compares the two.
`accessctl COMMAND --help` says the same in a terminal.

Which installation is meant: `--home DIR`, else the variable `ACCESSCTL_HOME`, else `/var/lib/accessctl` if
a site file is there, else the demo of this account, which is said on stderr. `--home` stands before the
command: `accessctl --home DIR doors list`.

Data goes to stdout, talk to stderr. The exit status is 0 when all is good, 1 for a finding or a refusal, 2
for wrong use.
"""


def commands(
    command: click.Command = cli, path: tuple[str, ...] = (NAME,)
) -> Iterator[tuple[str, click.Command]]:
    """Give every command with its whole name, groups before what is in them."""
    yield " ".join(path), command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from commands(command.commands[name], (*path, name))


def reference() -> str:
    """Give the text of the page."""
    return "\n".join([_HEAD, *(_section(name, command) for name, command in commands())])


def _section(name: str, command: click.Command) -> str:
    level = "##" if isinstance(command, click.Group) else "###"
    lines = [f"{level} `{name}`", "", f"    {_usage(name, command)}", "", *_prose(command)]
    options = [option for option in command.params if isinstance(option, click.Option)]
    if options:
        lines += ["| option | meaning |", "|---|---|", *(_row(option) for option in options), ""]
    return "\n".join(lines)


def _usage(name: str, command: click.Command) -> str:
    arguments = [_argument(each) for each in command.params if isinstance(each, click.Argument)]
    options = ["[OPTIONS]"] if any(isinstance(each, click.Option) for each in command.params) else []
    rest = ["COMMAND ..."] if isinstance(command, click.Group) else []
    return " ".join([name, *options, *arguments, *rest])


def _argument(argument: click.Argument) -> str:
    name = argument.human_readable_name
    if isinstance(argument.type, click.Choice):
        name = "|".join(map(str, argument.type.choices))
    return name if argument.required else f"[{name}]"


def _prose(command: click.Command) -> Iterator[str]:
    """Give the help, with the paragraphs that click is told to leave as they are set as they are."""
    for paragraph in cleandoc(command.help or "").replace("\\b", "\b").split("\n\n"):
        if paragraph.startswith("\b"):
            yield from (f"    {line}".rstrip() for line in paragraph.removeprefix("\b\n").splitlines())
        else:
            yield " ".join(paragraph.split())
        yield ""


def _row(option: click.Option) -> str:
    names = ", ".join((*option.opts, *option.secondary_opts))
    if not option.is_flag:
        choices = option.type.choices if isinstance(option.type, click.Choice) else None
        value = "\\|".join(map(str, choices)) if choices else (option.metavar or option.type.name.upper())
        names += f" {value}"
    about = option.help or ""
    if option.required:
        about += " Required."
    if option.show_default and option.default is not None:
        about += f" Default: {option.default}."
    if option.multiple and "repeated" not in about:
        about += " May be repeated."
    return f"| `{names}` | {about} |"


def main() -> int:
    """Compare the page, or with ``--write`` write it; exit status 1 when it differs."""
    if "--write" in sys.argv[1:]:
        PAGE.write_text(reference(), encoding="utf-8")
        return 0
    return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != reference())


if __name__ == "__main__":
    sys.exit(main())
