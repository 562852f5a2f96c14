"""Days that are not like others: what the calendar of a site says, and days from calendar programs."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import click

from accessctl.cli.talk import (
    Failed,
    Installation,
    as_table,
    installation,
    print_json,
    print_table,
    safe,
    say,
)
from policies.calendar import HolidayType

MOST_LINES_LEFT_OUT: Final = 20
"""A calendar may have thousands of meetings, and nobody reads on after a few."""
_LAST_YEAR: Final = 9999

_a_date = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def calendar() -> None:
    """Show a site's holidays, or make some from a calendar file."""


@calendar.command()
@click.argument("file", metavar="SITE.toml", required=False, type=click.Path(path_type=Path))
@click.option(
    "--year", type=click.IntRange(1, _LAST_YEAR), metavar="YYYY", help="The year. [else the one it is now]"
)
@as_table
@installation
def show(here: Installation, file: Path | None, year: int | None, *, json_: bool) -> None:
    """List the holidays of one year, from a site file (or that of the installation).

    Each day stands there once, as the doors take it: the site file's own days outrank public ones. FROM is
    "site file" or the place whose law makes the day.

    \b
    Example: accessctl calendar show site.toml --year 2027
    """
    from accessctl.config.errors import SiteInvalid
    from accessctl.config.listing import year_of

    path = file or here.home.site_file
    try:
        listed = year_of(path, year)
    except SiteInvalid as invalid:
        raise Failed(str(invalid)) from invalid
    if json_:
        print_json(
            [
                {"date": day.date, "type": day.type, "name": day.name, "from": day.origin}
                for day in listed.days
            ]
        )
    else:
        print_table(
            {
                "date": lambda day: day.date,
                "day": lambda day: f"{day.date:%a}",
                "type": lambda day: day.type,
                "from": lambda day: day.origin,
                "name": lambda day: day.name,
            },
            listed.days,
        )
    for place, day in listed.needless:
        say(f"{day} is excepted from the public holidays of {place}, and is none of them anyway")
    if not listed.days:
        say(f"{path} has no holidays in {listed.year}")


@calendar.command("import")
@click.argument("file", metavar="FILE.ics", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--type",
    "kind",
    type=click.Choice([each.value for each in HolidayType]),
    default=HolidayType.FULL.value,
    show_default=True,
    help="What type of holiday the days are.",
)
@click.option("--from", "first", type=_a_date, metavar="DATE", help="The first day. [else today]")
@click.option(
    "--until", "last", type=_a_date, metavar="DATE", help="The last day. [else the end of the year after]"
)
def import_(file: Path, kind: str, first: datetime | None, last: datetime | None) -> None:
    """Make [[holidays]] for a site file from the all-day events of a calendar FILE.ics (iCalendar).

    Prints a block for each day, to be appended to the site file. An event of several days gives a block for
    each; one that repeats gives a block for each time. What has no whole day, or a day that another
    event has, is left out and said. A site file can have a date once: `accessctl check` finds doubles.

    \b
    Example: accessctl calendar import company.ics --type site --until 2027-12-31 >> site.toml
    """
    from accessctl.config.calendar_file import LARGEST_FILE, CalendarUnreadable, Span, days_of

    start = datetime.now(UTC).astimezone().date() if first is None else first.date()
    end = date(min(start.year + 1, _LAST_YEAR), 12, 31) if last is None else last.date()
    if end < start:
        raise click.UsageError(f"--until {end} is before --from {start}")
    with file.open("rb") as opened:
        raw = opened.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise Failed(f"{file}: is larger than {LARGEST_FILE // 1024 // 1024} MiB")
    try:
        found = days_of(raw, Span(start, end))
    except CalendarUnreadable as unreadable:
        raise Failed(f"{file}: {unreadable}") from unreadable
    for day, name in found.days.items():
        click.echo(_block(day, kind, name))
    _say_what_was_left_out(found.left_out)
    say(f"days taken: {len(found.days)}, from {start} to {end}")


def _block(day: date, kind: str, name: str) -> str:
    # A printable text is written in JSON as it is in TOML. The file may lack the end of its last line.
    written = json.dumps(name, ensure_ascii=False)
    return f'\n[[holidays]]\ndate = {day}\ntype = "{kind}"\nname = {written}'


def _say_what_was_left_out(lines: Sequence[str]) -> None:
    for line in lines[:MOST_LINES_LEFT_OUT]:
        click.echo(f"left out  {safe(line)}", err=True)
    if (more := len(lines) - MOST_LINES_LEFT_OUT) > 0:
        click.echo(f"left out  {more} more", err=True)
