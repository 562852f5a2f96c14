"""What commands share: the installation they work on, how they print, how they fail."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from accessctl.cli.homes import chosen
from accessctl.home import Home

if TYPE_CHECKING:
    from accessctl.client import ApiClient

GOOD, FINDING, WRONG_USE = 0, 1, 2
NOTHING: Final = "–"


class Failed(click.ClickException):
    """The command has found something wrong, or was refused: exit status 1."""

    exit_code = FINDING

    def show(self, file: Any = None) -> None:  # noqa: ANN401 - as click declares it
        """Say it on stderr."""
        who = "" if self.message.startswith("accessctl ") else "accessctl: "
        click.echo(who + safe(self.message), file=file or sys.stderr)


@dataclass(slots=True)
class Installation:
    """The installation that a command is about; looked for when the command first needs it."""

    given: Path | None = None
    found: Home | None = None

    @property
    def home(self) -> Home:
        """Give its folder. Raises ``UsageError`` when there is none."""
        if self.found is None:
            self.found = chosen(self.given)
        return self.found

    @contextmanager
    def api(self) -> Iterator["ApiClient"]:
        """Give the API's client; what the API refuses ends the command in words."""
        from accessctl.client import ApiClient, ApiError

        try:
            with ApiClient(self.home.api_socket) as client:
                yield client
        except ApiError as error:
            raise Failed(str(error)) from error


installation = click.make_pass_decorator(Installation, ensure=True)

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON instead of a table.")


def print_json(data: object) -> None:
    """Print data for programs."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


def print_json_line(data: object) -> None:
    """Print one of many, on a line of its own."""
    click.echo(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def say(words: str) -> None:
    """Talk, on stderr."""
    click.echo(f"accessctl: {safe(words)}", err=True)


def print_table(columns: Mapping[str, Callable[[Any], object]], rows: Sequence[Any]) -> None:
    """Print rows under headings, each column as wide as it needs to be."""
    cells = [[safe(_text(value(row))) for value in columns.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(list(columns), *cells, strict=True)]
    for line in ([name.upper() for name in columns], *cells):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_facts(facts: Mapping[str, object]) -> None:
    """Print one thing, a fact on each line."""
    width = max(map(len, facts))
    for name, value in facts.items():
        click.echo(f"{name.ljust(width)}  {safe(_text(value))}")


def safe(text: str) -> str:
    """Show what would otherwise command the terminal. Line breaks stay."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def local(at: str | None) -> str | None:
    """Give an instant of the API in this machine's time zone, with its offset."""
    return None if at is None else local_text(datetime.fromisoformat(at))


def local_text(at: datetime) -> str:
    """Give an aware instant in this machine's time zone, to the second, with its offset."""
    return at.astimezone().isoformat(" ", "seconds")


def _text(value: object) -> str:
    match value:
        case None | "" | []:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)


class Instant(click.ParamType[str]):
    """A date or a date with a time, in this machine's time zone unless it has an offset."""

    name = "when"

    def __init__(self, *, ends: bool = False) -> None:
        """``ends``: a date alone means the end of that day, not its beginning."""
        self._ends = ends

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401
        """Give ISO 8601 with an offset."""
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is neither a date such as 2026-01-31 nor 2026-01-31T18:00", param, ctx)
        if self._ends and len(value) <= len("2026-01-31"):
            at += timedelta(days=1)
        return at.astimezone().isoformat()


def resolve(api: "ApiClient", who: str) -> str:
    """Give the id of a person who is named by id or by exact name. Raises ``Failed``."""
    from accessctl.client import ApiRefused

    try:
        return api.person(who)["id"]
    except ApiRefused as refused:
        if refused.status == 503:  # noqa: PLR2004 - nothing can be looked up
            raise
    found = list(api.people(name=who))
    if not found:
        raise Failed(f"there is nobody with the id or the name {who}")
    if len(found) > 1:
        raise Failed(f"{len(found)} people are named {who}; say which: {', '.join(p['id'] for p in found)}")
    return found[0]["id"]
