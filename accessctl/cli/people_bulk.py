"""Many people at once: import, how far its cards are, export."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from accessctl.cli.progress import Step, progress
from accessctl.cli.talk import (
    Failed,
    Installation,
    as_table,
    installation,
    local,
    print_facts,
    print_json,
    print_table,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import ApiClient, Import, Imported

FORMATS: Final = ("csv", "json", "ndjson")
LOOKS_EVERY_S: Final = 1.0
_CHUNK: Final = 256 * 1024
_BY_SUFFIX: Final = {".csv": "csv", ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson"}
_STDIN: Final = "-"

_format = click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    help="How they are written; else as the file is called.",
)


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would change.")
@_format
@click.option(
    "--wait/--no-wait",
    default=True,
    help="Wait until the cards are enrolled, or do not.",
)
@as_table
@installation
def import_(
    here: Installation, file: str, *, dry_run: bool, kind: str | None, wait: bool, json_: bool
) -> None:
    """Add and change many people from a FILE, or from stdin with `-`: all of them, or none.

    A row with the id of somebody who is there changes what it has a column for; any other adds a person.
    Every bad row is told. Cards are enrolled behind it; whoever does not wait for them asks
    `accessctl people imports`.

    \b
    Examples: accessctl people import leavers.csv --dry-run
              accessctl people import staff.csv
    """
    wanted = _kind_of(file, kind)
    with here.api() as api:
        with _opened(file) as (body, size), progress("sending, bytes", size, quiet=json_) as step:
            done = _imported(api, _chunks(body, step), wanted, dry_run=dry_run)
        _say_what(done)
        if wait and done["id"] is not None and done["cards"]:
            _wait(api, done["id"], quiet=json_)
    if json_:
        print_json(done)
    elif dry_run:
        _print_changes(done)
    else:
        click.echo(done["id"])


@click.command("imports")
@click.argument("import_", metavar="[IMPORT]", required=False)
@as_table
@installation
def imports(here: Installation, import_: str | None, *, json_: bool) -> None:
    """List imports, or show one IMPORT with the cards that could not be enrolled.

    \b
    Examples: accessctl people imports
              accessctl people imports i-5q2mz7ha
    """
    with here.api() as api:
        if import_ is None:
            found = list(api.imports())
            print_json(found) if json_ else print_table(_COLUMNS, found)
            return
        seen = api.import_(import_)
        failures = list(api.import_failures(import_))
    if json_:
        print_json({**seen, "failures": failures})
        return
    print_facts(_facts(seen))
    if failures:
        print_table(_FAILURES, failures, kind="failure")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), default=_STDIN)
@_format
@installation
def export(here: Installation, file: str, *, kind: str | None) -> None:
    """Write everybody into a FILE, or to stdout: as `people import` takes them, without card numbers.

    A file can be read by its owner alone; one that is there is written anew.

    \b
    Examples: accessctl people export people.csv
              accessctl people export --format ndjson | wc -l
    """
    wanted = kind or (None if file == _STDIN else _BY_SUFFIX.get(Path(file).suffix.lower())) or "csv"
    quiet = file == _STDIN
    with here.api() as api, _created(file) as out, progress("exporting, bytes", None, quiet=quiet) as step:
        for chunk in api.export_people(wanted):
            out.write(chunk)
            step(len(chunk))


def _kind_of(file: str, kind: str | None) -> str:
    found = kind or _BY_SUFFIX.get(Path(file).suffix.lower())
    if found is None:
        raise click.UsageError("what is in it? Say --format csv, json or ndjson")
    return found


def _imported(api: "ApiClient", body: Iterator[bytes], kind: str, *, dry_run: bool) -> "Imported":
    """Send it; what is wrong with rows is said row by row. Raises ``Failed``."""
    from accessctl.client import ApiRefused

    try:
        return api.import_people(body, kind, dry_run=dry_run)
    except ApiRefused as refused:
        if not refused.problem.get("problems"):
            raise
        for each in refused.problem["problems"]:
            say(_words_of(each))
        raise Failed(str(refused.problem["detail"])) from refused


def _words_of(problem: dict[str, str]) -> str:
    """Say where and what: `rows.17.roles.0` is what a program wants to read."""
    _rows, _, place = problem["path"].partition(".")
    row, _, field = place.partition(".")
    return f"row {row}{f', {field}' if field else ''}: {problem['what']}"


def _say_what(done: "Imported") -> None:
    would = "would be " if done["dry_run"] else ""
    words = f"{done['added']:,} {would}added, {done['changed']:,} {would}changed"
    cards = f"; {done['cards']:,} cards {would or 'are '}enrolled behind it" if done["cards"] else ""
    say(f"{words}, {done['unchanged']:,} as they were{cards}")


def _wait(api: "ApiClient", import_: str, *, quiet: bool) -> None:
    """Wait for the cards of an import; who stops waiting stops nothing. Raises ``Failed``."""
    seen = api.import_(import_)
    settled, stalled = 0, None
    try:
        with progress("enrolling cards", seen["cards"], quiet=quiet) as step:
            while True:
                now = seen["cards"] - seen["waiting"]
                step(now - settled)
                settled = now
                if not seen["waiting"]:
                    break
                if seen["stalled"] != stalled and (stalled := seen["stalled"]) is not None:
                    say(f"cards wait: {stalled}")
                time.sleep(LOOKS_EVERY_S)
                seen = api.import_(import_)
    except KeyboardInterrupt:
        say(f"the cards go on being enrolled; `accessctl people imports {import_}` tells how far they are")
        return
    if seen["failed"]:
        raise Failed(f"{seen['failed']} cards could not be enrolled: accessctl people imports {import_}")


def _print_changes(done: "Imported") -> None:
    print_table(_CHANGES, done["changes"])
    more = done["added"] + done["changed"] - len(done["changes"])
    if more > 0:
        say(f"and {more:,} more")


def _changes_of(each: dict[str, Any]) -> str:
    return ", ".join(_change(name, *ends) for name, ends in each["changes"].items())


def _change(name: str, before: object, after: object) -> str:
    return f"{name}: {_shown(after)}" if before is None else f"{name}: {_shown(before)} → {_shown(after)}"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _facts(seen: "Import") -> dict[str, Any]:
    estimate = seen["estimate_s"]
    return {
        "id": seen["id"],
        "operator": seen["operator"],
        "at": local(seen["at"]),
        **{name: seen[name] for name in _NUMBERS},
        "cards a second": seen["rate"],
        "minutes left": None if estimate is None else round(estimate / 60, 1),
        "waits for": seen["stalled"],
    }


_NUMBERS: Final = ("rows", "added", "changed", "unchanged", "cards", "tagged", "failed", "waiting")
_COLUMNS: Final[dict[str, Callable[[Any], object]]] = {
    "id": lambda each: each["id"],
    "at": lambda each: local(each["at"]),
    "operator": lambda each: each["operator"],
    "rows": lambda each: each["rows"],
    "added": lambda each: each["added"],
    "changed": lambda each: each["changed"],
    "cards": lambda each: each["cards"],
    "tagged": lambda each: each["tagged"],
    "failed": lambda each: each["failed"],
    "waiting": lambda each: each["waiting"],
}
_CHANGES: Final[dict[str, Callable[[Any], object]]] = {
    "row": lambda each: each["row"],
    "person": lambda each: each["person"],
    "action": lambda each: each["action"],
    "what": _changes_of,
}
_FAILURES: Final[dict[str, Callable[[Any], object]]] = {
    "row": lambda each: each["row"],
    "person": lambda each: each["person"],
    "technology": lambda each: each["technology"],
    "why": lambda each: each["why"],
}


@contextmanager
def _opened(file: str) -> Iterator[tuple[BinaryIO, int | None]]:
    """Give what is to be read and, where it is known, how many bytes that is."""
    if file == _STDIN:
        yield sys.stdin.buffer, None
        return
    try:
        with Path(file).open("rb") as body:
            yield body, os.fstat(body.fileno()).st_size
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}") from error


@contextmanager
def _created(file: str) -> Iterator[BinaryIO]:
    """Give where to write: a new file is for its owner alone, since it is full of names."""
    if file == _STDIN:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            yield out
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}") from error


def _chunks(body: BinaryIO, step: Step) -> Iterator[bytes]:
    while chunk := body.read(_CHUNK):
        yield chunk
        step(len(chunk))
