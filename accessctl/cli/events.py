"""The record."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from accessctl.cli.talk import (
    NOTHING,
    Installation,
    as_json,
    installation,
    local,
    print_json_line,
    print_table,
    resolve,
    safe,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import ApiClient, Event

Command = Callable[..., Any]


def _filters(command: Command) -> Command:
    """Add the options that choose entries."""
    for option in (
        click.option("--person", help="Only entries about this person (id or exact name)."),
        click.option("--access-point", help="Only entries of this access point."),
        click.option("--door", help="Only entries of this door."),
        click.option("--type", "type_", help="Only entries of this type, such as access_granted."),
    ):
        command = option(command)
    return command


@click.group()
def events() -> None:
    """Read the record."""


@events.command("list")
@click.option(
    "--after", type=click.IntRange(0), help="Begin after this number; left out: show the last ones."
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@_filters
@as_json
@installation
def list_(here: Installation, /, after: int | None, limit: int, *, json_: bool, **chosen: str | None) -> None:
    """List entries, the oldest first. --json prints one object on each line.

    \b
    Examples: accessctl events list --door gate --type door_forced_open
              accessctl events list --after 0 --limit 1000000 --json > record.jsonl
    """
    with here.api() as api:
        found = api.events(after=after, most=limit, **_wanted(api, chosen))
        if json_:
            for event in found:
                print_json_line(event)
            return
        rows = list(found)
    print_table(
        {
            "seq": lambda e: e["seq"],
            "at": lambda e: local(e["at"]),
            "type": lambda e: e["type"],
            "where": _where,
            "who": _who,
            "why": _why,
        },
        rows,
    )


@events.command()
@click.option("--after", type=click.IntRange(0), help="Begin after this number; left out: with what comes.")
@_filters
@as_json
@installation
def follow(here: Installation, /, after: int | None, *, json_: bool, **chosen: str | None) -> None:
    """Print entries as they come, until Ctrl-C. Nothing is missed when the connection is lost.

    \b
    Example: accessctl events follow --door gate
    """
    with here.api() as api:
        try:
            for event in api.follow(after, say, **_wanted(api, chosen)):
                if json_:
                    print_json_line(event)
                else:
                    click.echo(line_of(event))
        except KeyboardInterrupt:
            return


def line_of(event: "Event") -> str:
    """Give an entry as a line for people."""
    parts = [
        str(event["seq"]),
        local(event["at"]) or "",
        event["type"],
        _where(event),
        _who(event),
        _why(event),
    ]
    return safe("  ".join(part for part in parts if part != NOTHING))


def _wanted(api: "ApiClient", chosen: dict[str, str | None]) -> dict[str, str | None]:
    person = chosen["person"]
    return {
        "type": chosen["type_"],
        "door": chosen["door"],
        "access_point": chosen["access_point"],
        "person": None if person is None else resolve(api, person),
    }


def _where(event: "Event") -> str:
    return event["access_point"] or event["door"] or NOTHING


def _who(event: "Event") -> str:
    return event["person_name"] or event["person"] or NOTHING


def _why(event: "Event") -> str:
    if event["reason"]:
        return event["reason"]
    return ", ".join(f"{name}={value}" for name, value in event["detail"].items()) or NOTHING
