"""The record."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from accessctl.cli.completion import access_point_ids, door_ids
from accessctl.cli.talk import (
    NOTHING,
    Installation,
    Instant,
    as_table,
    installation,
    is_plain,
    local,
    print_facts,
    print_json,
    print_json_line,
    print_row,
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
        click.option(
            "--access-point", shell_complete=access_point_ids, help="Only entries of this access point."
        ),
        click.option("--door", shell_complete=door_ids, help="Only entries of this door."),
        click.option("--until", type=Instant(ends=True), help="Through this date, or until this instant."),
        click.option("--since", type=Instant(), help="From this date or instant on."),
        click.option(
            "--outcome", type=click.Choice(["granted", "refused"]), help="Only decisions that came to this."
        ),
        click.option(
            "--type",
            "types",
            multiple=True,
            help="Only entries of this type, such as access_granted; may be given several times.",
        ),
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
@as_table
@installation
def list_(
    here: Installation,
    /,
    after: int | None,
    limit: int,
    types: tuple[str, ...],
    *,
    json_: bool,
    **chosen: str | None,
) -> None:
    """List entries, the oldest first. --json prints one object on each line.

    --since and --until go by the time of what happened, which may be before what was written earlier.

    \b
    Examples: accessctl events list --door gate --type door_forced_open
              accessctl events list --outcome refused --since 2026-03-02 --until 2026-03-02
              accessctl events list --after 0 --limit 1000000 --json > record.jsonl
    """
    with here.api() as api:
        found = api.events(after=after, most=limit, **_wanted(api, types, chosen))
        if json_:
            for event in found:
                print_json_line(event)
            return
        rows = list(found)
    print_table(_COLUMNS, rows)


@events.command()
@click.argument("number", type=click.IntRange(1))
@as_table
@installation
def show(here: Installation, /, number: int, *, json_: bool) -> None:
    """Show the entry with this NUMBER in full.

    \b
    Example: accessctl events show 4711
    """
    with here.api() as api:
        event = api.event(number)
    if json_:
        print_json(event)
        return
    facts = {name.replace("_", " "): value for name, value in event.items() if name != "detail"}
    print_facts(facts | {"at": local(event["at"])} | event["detail"])


@events.command()
@click.option("--after", type=click.IntRange(0), help="Begin after this number; left out: with what comes.")
@_filters
@as_table
@installation
def follow(
    here: Installation, /, after: int | None, types: tuple[str, ...], *, json_: bool, **chosen: str | None
) -> None:
    """Print entries as they come, until Ctrl-C. Nothing is missed when the connection is lost.

    \b
    Example: accessctl events follow --door gate
    """
    with here.api() as api:
        try:
            for event in api.follow(after, say, **_wanted(api, types, chosen)):
                print_event(event, json_=json_)
        except KeyboardInterrupt:
            return


def print_event(event: "Event", *, json_: bool) -> None:
    """Print an entry as it comes, on a line of its own."""
    fields = [of(event) for of in _COLUMNS.values()]
    if json_:
        print_json_line(event)
    elif is_plain():
        print_row(*fields)
    else:
        click.echo(safe("  ".join(str(field) for field in fields if field != NOTHING)))


def _wanted(
    api: "ApiClient", types: tuple[str, ...], chosen: dict[str, str | None]
) -> dict[str, str | Sequence[str] | None]:
    """Give what was chosen in the words of the API."""
    person = chosen["person"]
    return {**chosen, "type": types or None, "person": None if person is None else resolve(api, person)}


def _where(event: "Event") -> str:
    return event["access_point"] or event["door"] or NOTHING


def _who(event: "Event") -> str:
    return event["person_name"] or event["person"] or NOTHING


def _why(event: "Event") -> str:
    if event["reason"]:
        return event["reason"]
    return ", ".join(f"{name}={value}" for name, value in event["detail"].items()) or NOTHING


_COLUMNS: Final[Mapping[str, Callable[["Event"], object]]] = {
    "seq": lambda e: e["seq"],
    "at": lambda e: local(e["at"]),
    "type": lambda e: e["type"],
    "where": _where,
    "who": _who,
    "why": _why,
}
