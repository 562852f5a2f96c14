"""Writes ``docs/accessctl.1`` from the commands themselves: ``python -m tests.docs.man_page --write``.

One page holds everything, so that it can be searched as a whole. click-man is not used, because it
makes a page of every command.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from typing import Final

import click

from accessctl.cli.root import cli
from tests.docs.cli_reference import SCRIPTS, commands, described, paragraphs, usage
from tests.docs.pages import DOCS

PAGE = DOCS / "accessctl.1"

_ESCAPED: Final = {"\\": r"\e", "|": r"|\:", "-": r"\-", "'": r"\[aq]", "^": r"\[ha]", "~": r"\[ti]"}
"""What groff would take for something else: a hyphen, a quotation mark, an accent. Choices may break."""

_STATUS: Final = {
    "0": "All is good.",
    "1": "There is a finding, or something was refused or is not there; what it is stands on stderr.",
    "2": "The command was used wrongly.",
}
_ENVIRONMENT: Final = {
    "ACCESSCTL_HOME": "The installation's folder, where `--home` is not given.",
    "ACCESSCTL_SOCKET": "Where the API is asked, where neither `--socket` nor `--home` is given.",
    "ACCESSCTL_TOKEN": "The token to ask with, where `--token-file` is not given.",
    "XDG_RUNTIME_DIR": "Where the session of `accessctl login` is kept; else `~/.local/state`.",
}
_FILES: Final = {
    "/var/lib/accessctl": "The installation, where nothing else is said.",
    "/run/accessctl/api.sock": "Where operators reach its API.",
    "$XDG_RUNTIME_DIR/accessctl/session-*": "The token of a session, readable for its owner alone.",
}


def man_page() -> str:
    """Give the text of the page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield r".\" Written by python -m tests.docs.man_page --write; a test compares the two."
    yield '.TH ACCESSCTL 1 "" accessctl "User Commands"'
    yield from (".ad l", ".nh")  # what is to be typed is neither stretched nor cut at the end of a line
    yield from (".SH NAME", r"accessctl \- run and administer a door controller")
    yield from (".SH SYNOPSIS", r".B accessctl", r"[\fIOPTIONS\fR] \fICOMMAND\fR ...")
    yield from (".SH DESCRIPTION", *_prose(cli))
    yield from (".SH OPTIONS", *_options(cli))
    yield ".SH COMMANDS"
    for name, command in commands():
        if command is not cli:
            yield f'.SS "{_text(usage(name, command))}"'
            yield from (*_prose(command), *_options(command))
    yield from (".SH OUTPUT FOR SCRIPTS", *_paragraphs(SCRIPTS))
    for heading, terms in (("EXIT STATUS", _STATUS), ("ENVIRONMENT", _ENVIRONMENT), ("FILES", _FILES)):
        yield from (f".SH {heading}", *_terms(terms.items()))


def _prose(command: click.Command) -> Iterator[str]:
    for count, (paragraph, kept) in enumerate(paragraphs(command)):
        if count:
            yield ".PP"
        if kept:
            yield from (".RS 4", ".nf", *map(_line, paragraph.splitlines()), ".fi", ".RE")
        else:
            yield _line(paragraph)


def _paragraphs(text: str) -> Iterator[str]:
    for count, paragraph in enumerate(text.split("\n\n")):
        if count:
            yield ".PP"
        yield _line(" ".join(paragraph.split()))


def _options(command: click.Command) -> Iterator[str]:
    yield from _terms(described(each) for each in command.params if isinstance(each, click.Option))


def _terms(terms: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, about in terms:
        yield from (".TP", rf"\fB{_text(term)}\fR", _line(about))


def _line(text: str) -> str:
    """Write a line of text; one that begins as a request does must not be one."""
    bold = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", _text(text))
    return rf"\&{bold}" if bold.startswith((".", "'")) else bold


def _text(text: str) -> str:
    return "".join(_ESCAPED.get(c) or (c if c.isascii() else f"\\[u{ord(c):04X}]") for c in text)


def main() -> int:
    """Compare the page, or with ``--write`` write it; exit status 1 when it differs."""
    if "--write" in sys.argv[1:]:
        PAGE.write_text(man_page(), encoding="ascii")
        return 0
    return int(not PAGE.exists() or PAGE.read_text(encoding="ascii") != man_page())


if __name__ == "__main__":
    sys.exit(main())
