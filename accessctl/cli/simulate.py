"""Playing a trace: what would happen."""

import difflib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import click

from accessctl.cli.talk import Failed, Installation, installation, say

if TYPE_CHECKING:
    from io import BufferedReader

    from accessctl.simulate.run import Source

_MOST_NAMED: Final = 5


@click.command()
@click.argument("site", metavar="SITE", type=click.Path(path_type=Path))
@click.argument("trace", metavar="TRACE.jsonl", type=click.Path(allow_dash=True, path_type=Path))
@click.option(
    "--people",
    metavar="FILE.jsonl",
    type=click.Path(path_type=Path),
    help="People who are known from the start, one a line.",
)
@click.option(
    "--until",
    metavar="INSTANT",
    help="Let time pass until then after the last line. [else until only schedules are left to wait for]",
)
@click.option("--only", multiple=True, metavar="NAME", help="Print only lines with this type or effect.")
@installation
def simulate(
    _here: Installation,
    site: Path,
    trace: Path,
    people: Path | None,
    until: str | None,
    only: tuple[str, ...],
) -> None:
    """Play a TRACE.jsonl by the rules of SITE and print what comes of it, one JSON object a line.

    SITE is a site file, or a folder with a site.toml in it; where the trace is `-`, it is read from stdin.
    No device, no store and no clock is touched: time is what the trace says, and the same input gives the
    same output, byte for byte. docs/trace.md says what a line can be.

    \b
    Examples: accessctl simulate site.toml trace.jsonl
              accessctl simulate site.toml trace.jsonl --only access_granted --only duress
    """
    from accessctl.simulate import run

    for name in only:
        if name not in run.PRINTABLE:
            near = difflib.get_close_matches(name, run.PRINTABLE, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"--only: no line has the type or effect {name}{meant}")
    try:
        end = None if until is None else run.instant_of(until)
    except run.Wrong as wrong:
        raise click.UsageError(f"--until: {wrong.what}") from wrong
    name = "stdin" if str(trace) == "-" else str(trace)
    try:
        with _opened(trace) as source:
            played = run.play(site, source, name, _print, people=people, until=end, only=only)
    except run.SiteInvalid as invalid:
        raise Failed(str(invalid)) from invalid
    except run.TraceWrong as wrong:
        raise Failed(str(wrong)) from wrong
    if played.strangers:
        say(f"badged and never declared, so taken for unknown cards: {_named(played.strangers)}")
    if played.unwatched:
        say(f"no position switch tells the controller of these leaves: {_named(played.unwatched)}")


@contextmanager
def _opened(trace: Path) -> Iterator["Source"]:
    if str(trace) == "-":
        if sys.stdin is None:
            raise Failed("stdin is closed")
        yield cast("BufferedReader", sys.stdin.buffer)
        return
    with trace.open("rb") as file:
        yield file


def _print(text: str) -> None:
    """Print at once: whoever feeds the trace may wait for what comes of it."""
    if sys.stdout is None:
        raise Failed("stdout is closed")
    sys.stdout.write(text)
    sys.stdout.flush()


def _named(ids: Sequence[str]) -> str:
    more = len(ids) - _MOST_NAMED
    return ", ".join(ids[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
