"""The hand in the simulated warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

import click

from accessctl.cli.completion import access_point_ids, door_ids
from accessctl.cli.talk import (
    Failed,
    Installation,
    as_table,
    installation,
    is_plain,
    print_json,
    print_row,
    print_table,
    say,
)

if TYPE_CHECKING:
    from accessctl.simulation import Simulation

_TECHNOLOGIES: Final = ("iso14443-uid", "pkoc", "piv", "desfire-aes", "ntag424-sun")
_WORDS: Final = {"reader": "reader", "finger": "fingerprint sensor", "camera": "camera"}
DEVICE = click.option(
    "--what", type=click.Choice(list(_WORDS)), default="reader", show_default=True, help="Which device of it."
)


@contextmanager
def _warehouse(here: Installation) -> Iterator["Simulation"]:
    from accessctl.simulation import SimulationError, warehouse_at

    try:
        with warehouse_at(here.home.warehouse_socket) as warehouse:
            yield warehouse
    except SimulationError as error:
        raise Failed(str(error)) from error


@click.group()
def sim() -> None:
    """Do what people do at the doors of a simulated warehouse.

    Works on a running installation whose site file says board kind "simulated", such as the demo.
    """


@sim.command()
@click.argument("who", metavar="PERSON_OR_NUMBER")
@click.argument("access_point", shell_complete=access_point_ids)
@click.option(
    "--technology",
    type=click.Choice(_TECHNOLOGIES),
    default=_TECHNOLOGIES[0],
    show_default=True,
    help="What the card proves, if anything: the reader says so with its number.",
)
@click.option("--counter", type=click.IntRange(0, 0xFFFFFF), help="How often it was read, as a SUN tag says.")
@click.option("--forged", is_flag=True, help="Let it claim to be such a card, and prove nothing.")
@installation
def badge(
    here: Installation, who: str, access_point: str, technology: str, counter: int | None, *, forged: bool
) -> None:
    """Show the card of a person of the demo, or a card with this number in hex.

    \b
    Examples: accessctl sim badge marta-quill staff-in
              accessctl sim badge 0412AB34CD56EF entrance-in
              accessctl sim badge 0412AB34CD56EF cage-in --technology ntag424-sun --counter 7
              accessctl sim badge 0412AB34CD56EF cage-in --technology desfire-aes --forged
    """
    from accessctl.simulation import card_of

    if forged and technology == _TECHNOLOGIES[0]:
        raise click.UsageError("a plain UID claims no key; say which with --technology")
    with _warehouse(here) as warehouse:
        if forged:
            warehouse.forged(access_point, technology)
        else:
            warehouse.badge(access_point, card_of(who), technology, counter)
    say(f"a card was shown at {access_point}; `accessctl events list --limit 5` says what came of it")


@sim.command("pass")
@click.argument("access_point", shell_complete=access_point_ids)
@click.argument("text")
@installation
def pass_(here: Installation, access_point: str, text: str) -> None:
    """Show a code with this TEXT to the reader of an ACCESS_POINT, as a visitor shows a pass.

    \b
    Example: accessctl sim pass gate-in "$(accessctl passes make --person "Ana Marsh" --text)"
    """
    with _warehouse(here) as warehouse:
        warehouse.show_pass(access_point, text)
    say(f"a code was shown at {access_point}; `accessctl events list --limit 5` says what came of it")


@sim.command()
@click.argument("access_point", shell_complete=access_point_ids)
@click.argument("keys")
@installation
def key(here: Installation, access_point: str, keys: str) -> None:
    """Press KEYS at a keypad, one after the other: digits, * (clear), # (enter).

    \b
    Example: accessctl sim key cage-in "4539#"
    """
    with _warehouse(here) as warehouse:
        warehouse.press(access_point, keys)
    say(f"{len(keys)} keys were pressed at {access_point}")


@sim.command()
@click.argument("access_point", shell_complete=access_point_ids)
@click.argument("what")
@installation
def wiegand(here: Installation, access_point: str, what: str) -> None:
    """Send a card's number, or bits as they are, down the wires of a Wiegand reader.

    \b
    Examples: accessctl sim wiegand gate-in h10301:123:4567
              accessctl sim wiegand gate-in 00000000000000000000000001
    """
    with _warehouse(here) as warehouse:
        warehouse.wiegand(access_point, what, here.home.site_file)
    say(f"a burst was sent at {access_point}; `accessctl events list --limit 5` says what came of it")


@sim.command()
@click.argument("door", shell_complete=door_ids)
@click.argument("way", type=click.Choice(["open", "close"]))
@click.option("--force", is_flag=True, help="Open it although its strike holds it.")
@installation
def leaf(here: Installation, door: str, way: str, *, force: bool) -> None:
    """Open or close the leaf of a DOOR.

    \b
    Example: accessctl sim leaf gate open --force
    """
    with _warehouse(here) as warehouse:
        warehouse.leaf(door, opened=way == "open", force=force)
    say(f"the leaf of {door} is {'open' if way == 'open' else 'closed'}")


@sim.command()
@click.argument("door", shell_complete=door_ids)
@installation
def rex(here: Installation, door: str) -> None:
    """Press the exit button of a DOOR for a moment.

    \b
    Example: accessctl sim rex dock-1
    """
    with _warehouse(here) as warehouse:
        warehouse.exit_request(door)
    say(f"the exit button of {door} was pressed")


@sim.command("input")
@click.argument("device")
@click.argument("state", type=click.Choice(["active", "rest"]))
@installation
def input_(here: Installation, device: str, state: str) -> None:
    """Let an input be active or at rest: one of the site's inputs, DOOR.tamper, or ACCESS_POINT.button.

    \b
    Example: accessctl sim input fire active
    """
    with _warehouse(here) as warehouse:
        warehouse.contact(device, active=state == "active")
    say(f"{device} is {'active' if state == 'active' else 'at rest'}")


@sim.command()
@click.argument("access_point", shell_complete=access_point_ids)
@click.argument("name")
@click.option("--bad", is_flag=True, help="Place it so badly that the sensor cannot read it.")
@installation
def finger(here: Installation, access_point: str, name: str, *, bad: bool) -> None:
    """Touch the fingerprint sensor of an ACCESS_POINT with the finger called NAME.

    A sensor that is enrolling learns it under this name; one that is asked whose finger it is compares.

    \b
    Example: accessctl sim finger cage-in marta-thumb
    """
    with _warehouse(here) as warehouse:
        warehouse.finger(access_point, name, bad=bad)
    say(f"a finger {'slid off' if bad else 'touched'} the sensor of {access_point}")


@sim.command()
@click.argument("access_point", shell_complete=access_point_ids)
@click.argument("name", required=False)
@click.option("--photo", is_flag=True, help="It is a picture of them that somebody holds up.")
@click.option("--no-turn", is_flag=True, help="They do not turn their head when they are asked to.")
@click.option("--leave", is_flag=True, help="Whoever stands there leaves; without NAME.")
@installation
def face(
    here: Installation, access_point: str, name: str | None, *, photo: bool, no_turn: bool, leave: bool
) -> None:
    """Have somebody called NAME stand before the camera of an ACCESS_POINT, until they leave.

    \b
    Examples: accessctl sim face cage-in marta
              accessctl sim face cage-in --leave
    """
    if leave is (name is not None):
        raise click.UsageError("say who stands there, or --leave")
    with _warehouse(here) as warehouse:
        warehouse.face(access_point, name, photo=photo, turns=not no_turn)
    if name is None:
        say(f"nobody stands before the camera of {access_point}")
    else:
        say(f"{'a picture of ' if photo else ''}{name} is before the camera of {access_point}")


@sim.command()
@click.argument("access_point", shell_complete=access_point_ids)
@DEVICE
@installation
def lose(here: Installation, access_point: str, what: str) -> None:
    """Unplug the reader of an ACCESS_POINT, its fingerprint sensor or its camera."""
    with _warehouse(here) as warehouse:
        warehouse.lose(access_point, what)
    say(f"the {_WORDS[what]} of {access_point} is unplugged")


@sim.command()
@click.argument("access_point", shell_complete=access_point_ids)
@click.argument("state", type=click.Choice(["open", "shut"]))
@installation
def tamper(here: Installation, access_point: str, state: str) -> None:
    """Open the housing of the reader of an ACCESS_POINT, or shut it again.

    \b
    Example: accessctl sim tamper staff-in open
    """
    with _warehouse(here) as warehouse:
        warehouse.tamper(access_point, active=state == "open")
    say(f"the housing of the reader of {access_point} is {state}")


@sim.command()
@click.argument("access_point", shell_complete=access_point_ids)
@click.argument("state", type=click.Choice(["fails", "good"]))
@installation
def power(here: Installation, access_point: str, state: str) -> None:
    """Let the own supply of the reader of an ACCESS_POINT fail, or be good again.

    \b
    Example: accessctl sim power staff-in fails
    """
    with _warehouse(here) as warehouse:
        warehouse.power(access_point, failed=state == "fails")
    say(f"the supply of the reader of {access_point} {'fails' if state == 'fails' else 'is good'}")


@sim.command()
@click.argument("access_point", shell_complete=access_point_ids)
@click.option("--why", default="the key is not the one of this reader", help="What is wrong with it.")
@installation
def insecure(here: Installation, access_point: str, why: str) -> None:
    """Put something on the line of an ACCESS_POINT that is not its reader; `sim return` ends that.

    \b
    Example: accessctl sim insecure staff-in
    """
    with _warehouse(here) as warehouse:
        warehouse.insecure(access_point, why)
    say(f"what is at {access_point} is not its reader any more")


@sim.command()
@click.argument("device")
@click.argument("fault_", metavar="FAULT", type=click.Choice(["cut", "shorted", "mended"]))
@installation
def wires(here: Installation, device: str, fault_: str) -> None:
    """Cut or short the wires of an input, or mend them: DOOR.position, DOOR.exit_request, fire and so on.

    An input that is supervised is then known to be at fault. Any other reads as open or closed.

    \b
    Example: accessctl sim wires gate.position cut
    """
    fault: Literal["cut", "shorted"] | None = None
    if fault_ != "mended":
        fault = "cut" if fault_ == "cut" else "shorted"
    with _warehouse(here) as warehouse:
        warehouse.fault(device, fault)
    say(f"the wires of {device} are {fault_}")


@sim.command("return")
@click.argument("access_point", shell_complete=access_point_ids)
@DEVICE
@installation
def give_back(here: Installation, access_point: str, what: str) -> None:
    """Plug the reader of an ACCESS_POINT in again, its fingerprint sensor or its camera."""
    with _warehouse(here) as warehouse:
        warehouse.give_back(access_point, what)
    say(f"the {_WORDS[what]} of {access_point} is plugged in")


@sim.command()
@click.argument("access_point", shell_complete=access_point_ids)
@installation
def unreadable(here: Installation, access_point: str) -> None:
    """Pull a card away from the reader of an ACCESS_POINT too soon."""
    with _warehouse(here) as warehouse:
        warehouse.unreadable(access_point)
    say(f"an unreadable card was shown at {access_point}")


@sim.command()
@as_table
@installation
def show(here: Installation, *, json_: bool) -> None:
    """Show how everything stands in the warehouse.

    \b
    Example: accessctl sim show
    """
    with _warehouse(here) as warehouse:
        state = warehouse.state()
    if json_:
        print_json(state)
        return
    say("a door process is attached" if state["attached"] else "no door process is attached")
    doors = [{"id": name, **door} for name, door in state["doors"].items()]
    if is_plain():
        for door in doors:
            for name, value in door.items():
                print_row(door["id"], name, value)
        return
    columns = list(dict.fromkeys(name for door in doors for name in door))
    print_table({name: partial(_fact, name) for name in columns or ["id"]}, doors)


def _fact(name: str, row: dict[str, object]) -> object:
    return row.get(name)
