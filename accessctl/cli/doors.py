"""Doors."""

import secrets
from operator import itemgetter
from typing import TYPE_CHECKING

import click

from accessctl.cli.completion import door_ids
from accessctl.cli.talk import (
    Installation,
    Instant,
    as_table,
    installation,
    local,
    print_json,
    print_table,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import OrderName

_MODES = ("locked", "unlocked", "blocked", "locked_down", "held_open")
_SHOWN = ("id", "name", "mode", "strike", "leaf", "alarm", "fault")
_WARNINGS = {
    "record_ok": "the record cannot be written; until it can, no door is released for a card or an order",
    "keys_ok": "cards and PINs cannot be checked (root key or people's store); until then none counts",
}
"""By the fact of the status that is false then."""


@click.group()
def doors() -> None:
    """List doors and give them orders."""


@doors.command("list")
@as_table
@installation
def list_(here: Installation, *, json_: bool) -> None:
    """List doors as they stand now.

    \b
    Example: accessctl doors list
    """
    with here.api() as api:
        status = api.status()
    found = status["doors"]
    for name, warning in _WARNINGS.items():
        if not status[name]:
            say(f"WARNING: {warning}")
    if json_:
        print_json(found)
        return
    print_table({name: itemgetter(name) for name in _SHOWN}, found)


@doors.command()
@click.argument("door", shell_complete=door_ids)
@installation
def release(here: Installation, door: str) -> None:
    """Release a DOOR once, as if a valid badge had been shown.

    \b
    Example: accessctl doors release entrance
    """
    _order(here, door, "release", "is released once")


@doors.command()
@click.argument("door", shell_complete=door_ids)
@installation
def unlock(here: Installation, door: str) -> None:
    """Keep a DOOR released until it is locked again.

    A restart of the door process ends it too: a controller that starts never releases a door.

    \b
    Example: accessctl doors unlock entrance
    """
    _order(here, door, "unlock", "is unlocked until it is locked again")


@doors.command()
@click.argument("door", shell_complete=door_ids)
@installation
def lock(here: Installation, door: str) -> None:
    """Lock a DOOR and end its being unlocked.

    \b
    Example: accessctl doors lock entrance
    """
    _order(here, door, "lock", "is locked")


@doors.command()
@click.argument("door", shell_complete=door_ids)
@click.argument("mode", type=click.Choice(_MODES))
@click.option("--until", type=Instant(), help="When it ends; without this it lasts until `doors normal`.")
@installation
def mode(here: Installation, door: str, mode: str, until: str | None) -> None:
    """Put a DOOR into a MODE.

    Blocked: no credential counts. Locked down: only those pass who may in a lockdown. Held open: released
    until it is lifted. Leaving stays free in each of them.

    \b
    Example: accessctl doors mode entrance unlocked --until 2026-12-01T18:00+00:00
    """
    with here.api() as api:
        api.give("mode", secrets.token_hex(8), door=door, mode=mode, until=until)
    say(f"{door} is {mode.replace('_', ' ')}" + (f" until {local(until)}" if until else ""))


@doors.command()
@click.argument("door", shell_complete=door_ids)
@installation
def normal(here: Installation, door: str) -> None:
    """Give a DOOR back to its schedule, whatever mode was ordered.

    \b
    Example: accessctl doors normal entrance
    """
    with here.api() as api:
        api.give("normal", secrets.token_hex(8), door=door)
    say(f"{door} follows its schedule again")


@doors.command()
@click.argument("door", shell_complete=door_ids)
@click.option(
    "--minutes", type=click.IntRange(1, 24 * 60), required=True, help="How long the leaf may stand open."
)
@installation
def prop(here: Installation, door: str, minutes: int) -> None:
    """Release a DOOR once, and let its leaf stand open for a while without an alarm.

    \b
    Example: accessctl doors prop dock-1 --minutes 15
    """
    with here.api() as api:
        api.prop(door, minutes * 60, secrets.token_hex(8))
    say(f"{door} may stand open for {minutes} min")


def _order(here: Installation, door: str, order: "OrderName", done: str) -> None:
    with here.api() as api:
        api.order(door, order, secrets.token_hex(8))
    say(f"{door} {done}")
