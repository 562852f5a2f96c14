"""Writes ``docs/cli.md`` from the commands themselves: ``python -m tests.docs.cli_reference --write``."""

import sys
from collections.abc import Iterator
from inspect import cleandoc

import click

from accessctl.cli.root import cli
from tests.docs.pages import DOCS

PAGE = DOCS / "cli.md"
NAME = "accessctl"

SCRIPTS = """Every command that gives data takes `--json`. Every command that prints a table, or facts about
one thing, takes `--plain` as well: one record a line, with a tab between its fields, no heading, nothing
aligned, no colour and no bar that is drawn over. It is the form for scripts without a parser of JSON, and it
reads well aloud. It is stable: fields keep their order, and new ones come behind those that are there.

A field is never empty: `-` stands for what is not there. A tab, a line break and a backslash in a field are
written `\\t`, `\\n` and `\\\\`. Of one thing each line is a fact: its name, then what it is. Where a command
prints records of several kinds (`check`, `doctor`, `explain`, `rehearse`), the first field of a line says of
which kind it is.

What waits for a second operator ends with status 1, and with `--json` its approval is printed."""
"""What holds for the output of every command; the man page says it too."""

_HEAD = f"""# The command line

Written by `python -m tests.docs.cli_reference --write` from the commands themselves; a test compares the two.
`accessctl COMMAND --help` says the same in a terminal.

Which installation is meant: `--home DIR`, else the variable `ACCESSCTL_HOME`, else `/var/lib/accessctl` if
a site file is there, else the demo of this account, which is said on stderr. `--home` stands before the
command: `accessctl --home DIR doors list`.

Where its API is asked: `--socket PATH`, else the variable `ACCESSCTL_SOCKET` (a `--home` that is typed comes
before it), else `api.sock` in that folder. Where no folder is named and `/var/lib/accessctl` is not for this
account to enter, it is `/run/accessctl/api.sock`, the socket for operators; commands that read files there
say that they are for root.

Data goes to stdout, talk to stderr. The exit status is 0 when all is good, 1 for a finding or a refusal, 2
for wrong use. Where whoever reads the output has left, as in `accessctl events list | head -1`, it is 141,
as of any program that a closed pipe ends.

A man page with the same is installed with the package: `man accessctl`. It is [accessctl.1](accessctl.1),
written by `python -m tests.docs.man_page --write`: one page, which can be searched as a whole. click-man, the
usual tool for this, makes a page of every command, which would be about a hundred.

[`accessctl completion`](#accessctl-completion) prints what completes commands, options and ids in a shell.

## For scripts

{SCRIPTS}
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
    lines = [f"{level} `{name}`", "", f"    {usage(name, command)}", "", *_prose(command)]
    options = [option for option in command.params if isinstance(option, click.Option)]
    if options:
        lines += ["| option | meaning |", "|---|---|", *(_row(option) for option in options), ""]
    return "\n".join(lines)


def usage(name: str, command: click.Command) -> str:
    """Give a command with its arguments."""
    arguments = [_argument(each) for each in command.params if isinstance(each, click.Argument)]
    options = ["[OPTIONS]"] if any(isinstance(each, click.Option) for each in command.params) else []
    rest = ["COMMAND ..."] if isinstance(command, click.Group) else []
    return " ".join([name, *options, *arguments, *rest])


def _argument(argument: click.Argument) -> str:
    name = argument.human_readable_name
    if isinstance(argument.type, click.Choice):
        name = "|".join(map(str, argument.type.choices))
    return name if argument.required else f"[{name}]"


def paragraphs(command: click.Command) -> Iterator[tuple[str, bool]]:
    """Give the help in paragraphs, each with whether click is told to leave its lines as they are."""
    for paragraph in cleandoc(command.help or "").replace("\\b", "\b").split("\n\n"):
        kept = paragraph.startswith("\b")
        yield (paragraph.removeprefix("\b\n"), True) if kept else (" ".join(paragraph.split()), False)


def _prose(command: click.Command) -> Iterator[str]:
    for paragraph, kept in paragraphs(command):
        yield from (f"    {line}".rstrip() for line in paragraph.splitlines()) if kept else (paragraph,)
        yield ""


def _row(option: click.Option) -> str:
    names, about = described(option)
    return f"| `{names.replace('|', chr(92) + '|')}` | {about} |"


def described(option: click.Option) -> tuple[str, str]:
    """Give an option as it is written, with its value, and what it does."""
    names = ", ".join((*option.opts, *option.secondary_opts))
    if not option.is_flag:
        choices = option.type.choices if isinstance(option.type, click.Choice) else None
        value = "|".join(map(str, choices)) if choices else (option.metavar or option.type.name.upper())
        names += f" {value}"
    about = option.help or ""
    if option.required:
        about += " Required."
    if option.show_default and option.default is not None:
        about += f" Default: {option.default}."
    if option.multiple and "repeated" not in about:
        about += " May be repeated."
    return names, about


def main() -> int:
    """Compare the page, or with ``--write`` write it; exit status 1 when it differs."""
    if "--write" in sys.argv[1:]:
        PAGE.write_text(reference(), encoding="utf-8")
        return 0
    return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != reference())


if __name__ == "__main__":
    sys.exit(main())
