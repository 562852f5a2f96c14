"""Alarms: which there are, and taking notice of them."""

from typing import TYPE_CHECKING

import click

from accessctl.cli.talk import (
    Installation,
    as_table,
    installation,
    local,
    print_facts,
    print_json,
    print_list,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import Alarm

STATES = ("open", "acknowledged", "all")


@click.group()
def alarms() -> None:
    """List alarms and acknowledge them."""


@alarms.command("list")
@click.option(
    "--state",
    type=click.Choice(STATES),
    default="open",
    show_default=True,
    help="open: still so, or not acknowledged.",
)
@click.option(
    "--most", type=click.IntRange(1, 100_000), default=100, show_default=True, help="So many at most."
)
@as_table
@installation
def list_(here: Installation, state: str, most: int, *, json_: bool) -> None:
    """List alarms, the newest first.

    \b
    Example: accessctl alarms list --state all
    """
    with here.api() as api:
        found = list(api.alarms(state, most))
    print_list(
        {
            "number": lambda a: a["seq"],
            "since": lambda a: local(a["since"]),
            "type": lambda a: a["type"],
            "door": lambda a: a["door"],
            "person": lambda a: a["person_name"] or a["person"],
            "over": lambda a: local(a["restored_at"]) if a["lasts"] else None,
            "acknowledged": lambda a: a["acknowledged"] and a["acknowledged"]["by"],
        },
        found,
        json_=json_,
    )


@alarms.command()
@click.argument("number", type=click.IntRange(min=1))
@as_table
@installation
def show(here: Installation, number: int, *, json_: bool) -> None:
    """Show the alarm with this NUMBER, and what was noted.

    \b
    Example: accessctl alarms show 4711
    """
    with here.api() as api:
        found = api.alarm(number)
    if json_:
        print_json(found)
    else:
        print_facts(_facts(found))


@alarms.command()
@click.argument("number", type=click.IntRange(min=1))
@click.option("--note", help="Whatever there is to say. It is kept beside the record, not in it.")
@installation
def acknowledge(here: Installation, number: int, note: str | None) -> None:
    """Take notice of the alarm with this NUMBER. Nothing changes at the door.

    \b
    Example: accessctl alarms acknowledge 4711 --note "A crate kept the gate open."
    """
    with here.api() as api:
        found = api.acknowledge(number, note)
    by = found["acknowledged"]["by"] if found["acknowledged"] else "nobody"
    say(f"alarm {number} ({found['type']}) is acknowledged by {by}{', and is so still' * found['open']}")


def _facts(alarm: "Alarm") -> dict[str, object]:
    facts: dict[str, object] = {
        "number": alarm["seq"],
        "type": alarm["type"],
        "open": alarm["open"],
        "since": local(alarm["since"]),
        "over": local(alarm["restored_at"]),
        "ended by": alarm["restored_by"],
        "door": alarm["door"],
        "access point": alarm["access_point"],
        "person": alarm["person"],
        "name": alarm["person_name"],
        "reason": alarm["reason"],
    }
    facts |= alarm["detail"]
    if alarm["acknowledged"] is not None:
        facts["acknowledged by"] = alarm["acknowledged"]["by"]
        facts["acknowledged"] = local(alarm["acknowledged"]["at"])
        facts["note"] = alarm["acknowledged"]["note"]
    return facts
