"""What commands share: the installation they work on, how they print, how they fail."""

import functools
import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

import click
from click.core import ParameterSource

from accessctl import sessions
from accessctl.cli import plain
from accessctl.cli.homes import chosen, operators_socket
from accessctl.home import Home

if TYPE_CHECKING:
    from accessctl.client import ApiClient

GOOD, FINDING, WRONG_USE = 0, 1, 2
LEFT: Final = 141
"""What a shell says of a program that a closed pipe has ended: 128 and SIGPIPE."""
NOTHING: Final = "–"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    rf"{_DAY.pattern}T[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})"
)
_PSEUDONYM: Final = re.compile(r"p-[a-z2-7]{8}")
"""Those that are made up; an id that somebody was given may be any word."""

P = ParamSpec("P")
R = TypeVar("R")


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
    token_file: Path | None = None
    socket: Path | None = None
    """Where the API is to be asked, if not at the socket in the folder."""
    found: Home | None = None

    @property
    def home(self) -> Home:
        """Give its folder. Raises ``UsageError`` when there is none."""
        if self.found is None:
            self.found = chosen(self.given)
        return self.found

    @property
    def api_socket(self) -> Path:
        """Give where its API is asked. Raises ``UsageError`` when there is none."""
        return self._outside or self.home.api_socket

    @property
    def session_with(self) -> Path:
        """Give with what a session is: the folder, or the socket where we do not go by a folder."""
        return self._outside or self.home.path

    @property
    def _outside(self) -> Path | None:
        if self.socket is not None:
            return self.socket.absolute()
        return operators_socket() if self.given is None else None

    def client(self, answer_s: float | None = None) -> "ApiClient":
        """Give the API's client, in the name of whoever is logged in. Raises ``Failed``."""
        from accessctl.client import ANSWER_S, ApiClient

        try:
            token = sessions.token_for(self.session_with, self.token_file)
        except sessions.TokenUnusable as error:
            raise Failed(str(error)) from error
        return ApiClient(self.api_socket, token, answer_s=answer_s or ANSWER_S)

    @contextmanager
    def api(self, client: "ApiClient | None" = None) -> Iterator["ApiClient"]:
        """Give the API's client, or this one; what the API refuses ends the command in words.

        So does what waits for a second operator; with ``--json`` its approval is what there is to print.
        """
        from accessctl.client import ApiError, ApiWaits

        try:
            with client or self.client() as asking:
                yield asking
        except ApiWaits as waits:
            if click.get_current_context().params.get("json_"):
                print_json(waits.approval)
            raise Failed(str(waits)) from waits
        except ApiError as error:
            raise Failed(str(error)) from error


def installation_of(root: click.Context) -> Installation:
    """Give the installation that the command's own options mean.

    A folder that was typed comes before a socket that only the environment names.
    """
    given, said = root.params, root.get_parameter_source
    typed = said("home") is ParameterSource.COMMANDLINE and said("socket") is ParameterSource.ENVIRONMENT
    return Installation(
        given.get("home"), given.get("token_file"), socket=None if typed else given.get("socket")
    )


_with_installation = click.make_pass_decorator(Installation, ensure=True)


def installation(command: Callable[Concatenate[Installation, P], R]) -> Callable[P, R]:
    """Give a command the installation. Words that are no text are wrong use; paths may be any bytes."""

    @_with_installation
    @functools.wraps(command)
    def checked(here: Installation, /, *args: P.args, **kwargs: P.kwargs) -> R:
        for name, given in click.get_current_context().params.items():
            for word in given if isinstance(given, tuple) else (given,):
                if isinstance(word, str) and not is_text(word):
                    raise click.UsageError(f"{name.strip('_').replace('_', '-')}: this is not text in UTF-8")
        return command(here, *args, **kwargs)

    return checked


as_json = plain.as_json
as_table = plain.as_table
is_plain = plain.is_plain


def print_json(data: object) -> None:
    """Print data for programs: in UTF-8, whatever the terminal has."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str).encode(errors="replace"))


def print_json_line(data: object) -> None:
    """Print one of many, on a line of its own."""
    click.echo(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(errors="replace"))


def is_text(word: str) -> bool:
    """Tell text from bytes that Python could not decode."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def first_line() -> str:
    """Read the first line of stdin. Raises ``UsageError`` when it is no text."""
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        line = "\udcff"
    if not is_text(line):
        raise click.UsageError("what comes on stdin is not text in UTF-8")
    return line


def say(words: str) -> None:
    """Talk, on stderr."""
    click.echo(f"accessctl: {safe(words)}", err=True)


def print_table(
    columns: Mapping[str, Callable[[Any], object]], rows: Sequence[Any], *, kind: str | None = None
) -> None:
    """Print rows under headings, each column as wide as it needs to be.

    ``kind`` is what a row is, where a command prints rows of several kinds: the first field of a plain line.
    """
    if is_plain():
        for row in rows:
            print_row(*(() if kind is None else (kind,)), *(value(row) for value in columns.values()))
        return
    cells = [[_cell(value(row)) for value in columns.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(list(columns), *cells, strict=True)]
    for line in ([name.upper() for name in columns], *cells):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_list(columns: Mapping[str, Callable[[Any], object]], found: Sequence[Any], *, json_: bool) -> None:
    """Print what was found as a table, or as JSON where that is wanted."""
    if json_:
        print_json(found)
    else:
        print_table(columns, found)


def print_facts(facts: Mapping[str, object]) -> None:
    """Print one thing, a fact on each line."""
    if is_plain():
        for name, value in facts.items():
            print_row(name, value)
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        click.echo(f"{name.ljust(width)}  {safe(_text(value))}")


def print_row(*fields: object) -> None:
    """Print one plain line."""
    click.echo(plain.plain_line(map(_plain_cell, fields)))


def _cell(value: object) -> str:
    """Show a value in one line: a line break in it must not look like a row of its own."""
    return safe(_text(value)).replace("\n", "\\n")


def _plain_cell(value: object) -> str:
    """Show a value as a field, from which what it was can be told."""
    text = _text(value)
    return plain.PLAIN_NOTHING if text == NOTHING else safe(text.replace("\\", "\\\\"))


def safe(text: str) -> str:
    """Show what would otherwise command the terminal. Line breaks stay."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def local(at: str | None) -> str | None:
    """Give an instant of the API in this machine's time zone, with its offset."""
    return None if at is None else local_text(datetime.fromisoformat(at))


def local_text(at: datetime) -> str:
    """Give an aware instant in this machine's time zone, to the second, with its offset."""
    with suppress(OverflowError, ValueError):  # in the first or last hours that there are: stays as it is
        at = at.astimezone()
    return at.isoformat(" ", "seconds")


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


class Seconds(click.FloatRange):
    """A number of seconds between two bounds. NaN, which is in no order with them, is refused too."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401
        """Give the number."""
        seconds: float = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a number of seconds", param, ctx)
        return seconds


class Instant(click.ParamType[str]):
    """A date, which is a day in this machine's time zone, or an instant with its offset."""

    name = "when"

    def __init__(self, *, ends: bool = False, needed: bool = False) -> None:
        """``ends``: a date alone means the end of that day. ``needed``: without it there is a limit too."""
        self._ends, self._needed = ends, needed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401
        """Give ISO 8601 with an offset."""
        # fromisoformat also takes weeks and dates without hyphens, and what has no offset is not one instant.
        day = _DAY.fullmatch(value)
        try:
            at = datetime.fromisoformat(value if day or _INSTANT.fullmatch(value) else "")
        except ValueError:
            wanted = "neither a date such as 2026-01-31 nor an instant such as 2026-01-31T18:00+01:00"
            self.fail(f"{value!r} is {wanted}", param, ctx)
        try:
            at = (at + timedelta(days=1) if day and self._ends else at).astimezone()
            at.astimezone(UTC)
        except (OverflowError, ValueError):
            other = "an earlier" if self._ends else "another"
            instead = f"name {other} one" if self._needed else "leave it out for no limit"
            self.fail(f"{value} is too far away; {instead}", param, ctx)
        return at.isoformat()


def resolve(api: "ApiClient", who: str) -> str:
    """Give the id of a person who is named by id or by exact name. Raises ``Failed``.

    A word that is no pseudonym by its form is looked for as a name first: where an id is wanted, it would be
    a name in a path.
    """
    if _PSEUDONYM.fullmatch(who):
        found = _with_id(api, who) or _named(api, who)
    else:
        found = _named(api, who) or _with_id(api, who)
    if not found:
        raise Failed(f"there is nobody with the id or the name {who}")
    if len(found) > 1:
        raise Failed(f"{len(found)} people are named {who}; say which: {', '.join(found)}")
    return found[0]


def _with_id(api: "ApiClient", who: str) -> list[str]:
    from accessctl.client import ApiRefused

    try:
        return [api.person(who)["id"]]
    except ApiRefused as refused:
        if refused.status == 503:  # noqa: PLR2004 - nothing can be looked up
            raise
    return []


def _named(api: "ApiClient", who: str) -> list[str]:
    return [person["id"] for person in api.people(name=who)]
