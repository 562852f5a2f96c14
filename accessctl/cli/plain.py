"""``--plain``: one record a line, for scripts and for those who have the screen read to them.

The fields are those of the table, in its order, with a tab between them. There is no heading, nothing is
aligned and nothing is coloured. A field is never empty: ``-`` stands for what is not there, so that tools
which take many tabs for one count right. A tab, a line break or a backslash in a field is ``\\t``, ``\\n``
or ``\\\\``. New fields come behind those that are there.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

import click

PLAIN_NOTHING: Final = "-"
_TOLD: Final = "accessctl.plain"

F = TypeVar("F", bound=Callable[..., Any])


def is_plain() -> bool:
    """Tell whether this command was told ``--plain``."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_TOLD))


def plain_line(fields: Iterable[str]) -> str:
    """Give a record as its line. What would command a terminal has to be gone already."""
    return "\t".join(field.replace("\n", "\\n") for field in fields)


def _told_json(context: click.Context, _parameter: click.Parameter, json_: object) -> object:
    if json_ and context.meta.get(_TOLD):
        _not_both()
    return json_


def _told_plain(context: click.Context, _parameter: click.Parameter, plain: object) -> None:
    """Remember it with the context, where everything that prints finds it."""
    if plain and context.params.get("json_"):
        _not_both()
    context.meta[_TOLD] = plain


def _not_both() -> None:
    raise click.UsageError("say one of --json and --plain")


as_json = click.option("--json", "json_", is_flag=True, callback=_told_json, help="Print JSON.")
"""For a command that gives data; it takes ``json_``."""

_as_plain = click.option(
    "--plain",
    is_flag=True,
    expose_value=False,
    callback=_told_plain,
    help="Print one record a line, with tabs between its fields and no heading.",
)


def as_table(command: F) -> F:
    """Let a command that prints a table, or facts about one thing, print JSON or plain lines instead.

    It takes ``json_``; ``--plain`` is heeded by what prints.
    """
    return as_json(_as_plain(command))
