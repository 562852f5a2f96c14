"""Passwords, in a way that leaves them in no list of processes and no history."""

import getpass
import sys
import warnings
from typing import Final

import click

from accessctl.cli.talk import Failed, first_line

GENERATOR: Final = "SHA1, 6 digits, every 30 s"
"""How the generators of operators count, for typing in by hand."""

password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of stdin."
)


def new_password(*, from_stdin: bool) -> str:
    """Ask for a password twice, hidden, or read a line. Raises ``Failed`` without a terminal."""
    if from_stdin:
        return line_of_stdin()
    return ask("New password", again="New password again")


def new_password_here() -> str:
    """Ask where a terminal is, or else read a line."""
    return new_password(from_stdin=not sys.stdin.isatty())


def ask(words: str, *, again: str | None = None) -> str:
    """Ask for what is typed hidden. Raises ``Failed`` without a terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            typed: str = click.prompt(words, hide_input=True, confirmation_prompt=again or False, err=True)
        except getpass.GetPassWarning:  # what is typed would be shown, or nobody is there to type
            raise Failed("there is no terminal to type a password at; use --password-stdin") from None
    return typed


def line_of_stdin() -> str:
    """Read a password as a line."""
    return first_line().rstrip("\r\n")
