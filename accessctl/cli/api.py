"""Raw calls: what no other command does, and what a script would rather say itself."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from accessctl.cli.talk import (
    FINDING,
    Failed,
    Installation,
    as_table,
    installation,
    print_json,
    print_list,
    safe,
)

if TYPE_CHECKING:
    from accessctl.client import RawAnswer

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PREFIX: Final = "/v1"
_JSON: Final = "application/json"
_STREAM: Final = "text/event-stream"
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""What a header may be called (RFC 9110)."""
_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})
"""How long a body is, the connection says for itself."""


def _pair(sign: str) -> Any:  # noqa: ANN401 - as click declares callbacks
    """Give the callback that cuts each NAME and VALUE apart where the sign stands."""

    def cut(
        _context: click.Context, _parameter: click.Parameter, words: tuple[str, ...]
    ) -> list[tuple[str, str]]:
        pairs = [word.partition(sign) for word in words]
        if any(not name.strip() or not found for name, found, _ in pairs):
            raise click.BadParameter(f"has to be NAME{sign}VALUE")
        return [(name.strip(), value.strip()) for name, _, value in pairs]

    return cut


@click.command()
@click.argument("method", required=False, type=click.Choice(_METHODS, case_sensitive=False))
@click.argument("path", required=False)
@click.option("--data", metavar="JSON|@FILE|-", help="The body: JSON, the content of a file, or stdin.")
@click.option(
    "--query", metavar="NAME=VALUE", multiple=True, callback=_pair("="), help="A part of the query; repeated."
)
@click.option(
    "--header", metavar="NAME:VALUE", multiple=True, callback=_pair(":"), help="A header; may be repeated."
)
@click.option("--include", is_flag=True, help="Print the status and the headers of the answer first.")
@click.option("--list", "list_", is_flag=True, help="List every call there is, with the right that it needs.")
@as_table
@installation
def api(
    here: Installation,
    method: str | None,
    path: str | None,
    data: str | None,
    query: list[tuple[str, str]],
    header: list[tuple[str, str]],
    *,
    include: bool,
    list_: bool,
    json_: bool,
) -> None:
    """Make a call of the API with METHOD and PATH, and print the body of the answer.

    PATH may leave /v1 out. A body is taken for JSON unless --header names another Content-Type. What is
    refused goes to stderr, with the problem as the API gives it, and ends with status 1. A stream is printed
    line by line as it comes, until Ctrl-C. What waits for a second operator ends with status 1 as well.

    \b
    Examples: accessctl api --list
              accessctl api GET /events --query type=access_granted --query limit=10
              accessctl api POST /doors/gate/release --header Idempotency-Key:rounds-17
              accessctl api PATCH /people/p-3kx7qz2a --data '{"disabled": true}'
              accessctl api GET /events/stream
    """
    if list_:
        if method is not None:
            raise click.UsageError("--list makes no call: leave METHOD and PATH out")
        _list(here, json_=json_)
        return
    if method is None or path is None:
        raise click.UsageError("say METHOD and PATH, or --list")
    if query and "?" in path:
        raise click.UsageError("say the query in PATH or with --query, not both")
    _check(header)
    named = {name.lower(): value for name, value in header}
    content = None if data is None else _body(data, named.get("content-type", _JSON))
    if content is not None and "content-type" not in named:
        header = [*header, ("Content-Type", _JSON)]
    path = "/" + path.removeprefix(_PREFIX + "/").lstrip("/")
    with (
        here.api() as asking,
        _made(asking.call(method.upper(), path, content, query=query, headers=header)) as answer,
    ):
        if include:
            _print_head(answer)
        if answer.good:
            _print_body(answer)
            _say_what_waits(answer)
        else:
            _print_problem(answer)
            raise SystemExit(FINDING)


def _check(header: list[tuple[str, str]]) -> None:
    """Raise ``BadParameter`` for a header that nobody can send."""
    for name, value in header:
        if not _TOKEN.fullmatch(name):
            what = "the name of a header has letters, digits and hyphens"
        elif name.lower() in _FRAMING:
            what = f"{name} follows from the body, and is not said"
        elif not (value.isascii() and value.isprintable()):
            what = "a header is printable ASCII"
        else:
            continue
        raise click.BadParameter(what, param_hint="--header")


@contextmanager
def _made(call: AbstractContextManager["RawAnswer"]) -> Iterator["RawAnswer"]:
    """Make a call. Raises ``UsageError`` for a path or a query that cannot be sent."""
    import httpx

    with ExitStack() as made:
        try:
            answer = made.enter_context(call)
        except httpx.InvalidURL as error:
            raise click.UsageError(f"PATH or --query cannot be sent: {error}") from error
        yield answer


def _body(data: str, kind: str) -> bytes:
    """Give what is to be sent. Raises ``UsageError`` for what is to be JSON and is none."""
    if data == "-":
        content, where = sys.stdin.buffer.read(), "stdin"
    elif data.startswith("@"):
        content, where = Path(data[1:]).read_bytes(), data[1:]
    else:
        content, where = data.encode(), "--data"
    if kind.partition(";")[0].strip().lower() == _JSON:
        try:
            json.loads(content)
        except (ValueError, RecursionError) as error:
            raise click.UsageError(f"{where} is no JSON: {error}") from error
    return content


def _print_head(answer: "RawAnswer") -> None:
    click.echo(answer.status_line)
    for name, value in answer.headers.items():
        click.echo(safe(f"{name}: {value}"))
    click.echo()


def _print_body(answer: "RawAnswer") -> None:
    """Print JSON as every command does, a stream line by line, and anything else as it is."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind == _STREAM:
        _print_stream(answer)
        return
    content = answer.read()
    if kind == _JSON:
        print_json(json.loads(content))
    elif content and sys.stdout.isatty():
        click.echo(safe(content.decode(errors="replace")))
    elif content:
        click.echo(content, nl=False)


def _say_what_waits(answer: "RawAnswer") -> None:
    """Raise ``Failed`` where the body that was printed is an approval."""
    from accessctl.client import ApiWaits

    if answer.waits:
        raise Failed(str(ApiWaits(json.loads(answer.read()))))


def _print_stream(answer: "RawAnswer") -> None:
    """Print what comes until Ctrl-C. Raises ``Failed`` when it ends otherwise."""
    try:
        for line in answer.lines():
            click.echo(safe(line))
    except KeyboardInterrupt:
        return
    raise Failed("the stream has ended")


def _print_problem(answer: "RawAnswer") -> None:
    content = answer.read()
    try:
        words = json.dumps(json.loads(content), indent=2, ensure_ascii=False)
    except ValueError:
        words = content.decode(errors="replace") or answer.status_line
    click.echo(safe(words), err=True)


def _list(here: Installation, *, json_: bool) -> None:
    with here.api() as asking:
        found = list(_calls(asking.openapi()))
    columns = ("method", "path", "right", "about")
    print_list({name: itemgetter(name) for name in columns}, found, json_=json_)


def _calls(description: dict[str, Any]) -> Iterator[dict[str, str | None]]:
    """Give every call of the description."""
    for path, calls in description["paths"].items():
        for method in (each for each in _METHODS if each.lower() in calls):
            call = calls[method.lower()]
            yield {
                "method": method,
                "path": path,
                "right": call.get("x-right"),
                "about": call.get("summary"),
            }
