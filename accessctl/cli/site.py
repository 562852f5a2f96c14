"""The site as a whole, and its areas."""

import secrets
from operator import itemgetter

import click

from accessctl.cli.completion import area_ids
from accessctl.cli.talk import (
    Installation,
    as_table,
    installation,
    print_facts,
    print_json,
    print_table,
    resolve,
    say,
)

_SITE = "the whole site"
_AREA_SHOWN = ("id", "name", "people", "armed", "locked_down", "outside", "within")


@click.group()
def site() -> None:
    """Show how the site stands, and give orders that concern more than one door."""


@site.command()
@as_table
@installation
def show(here: Installation, *, json_: bool) -> None:
    """Show threat level, lockdowns, emergency, and what is out of order.

    \b
    Example: accessctl site show
    """
    with here.api() as api:
        found = api.site()
    if json_:
        print_json(found)
        return
    muster = found["muster"]
    print_facts(
        {
            "threat level": found["threat_level"],
            "locked down": ", ".join(f"{scope} (by {by})" for scope, by in found["lockdowns"].items()),
            "emergency release": ", ".join(found["emergency"]),
            "out of order": ", ".join(found["conditions"]),
            "muster": None if muster is None else f"{len(muster['missing'])} of {muster['expected']} missing",
        }
    )


@site.command()
@click.option(
    "--area",
    shell_complete=area_ids,
    help="Lock this area down, and what is within it; without this the whole site.",
)
@installation
def lockdown(here: Installation, area: str | None) -> None:
    """Let nobody in but those whose role passes a lockdown. Leaving stays free.

    \b
    Example: accessctl site lockdown --area docks
    """
    with here.api() as api:
        api.give("lockdown", secrets.token_hex(8), area=area)
    say(f"{area or _SITE} is locked down")


@site.command()
@click.option(
    "--area",
    shell_complete=area_ids,
    help="Lift the lockdown of this area; without this that of the whole site.",
)
@installation
def lift(here: Installation, area: str | None) -> None:
    """End a lockdown.

    \b
    Example: accessctl site lift
    """
    with here.api() as api:
        api.give("lift", secrets.token_hex(8), area=area)
    say(f"the lockdown of {area or _SITE} is lifted")


@site.command("threat-level")
@click.argument("level", type=click.IntRange(0, 9))
@installation
def threat_level(here: Installation, level: int) -> None:
    """Set the threat LEVEL, 0 to 9. Who may not pass at that level is refused.

    \b
    Example: accessctl site threat-level 2
    """
    with here.api() as api:
        api.give("threat_level", secrets.token_hex(8), level=level)
    say(f"the threat level is {level}")


@site.command("end-emergency")
@installation
def end_emergency(here: Installation) -> None:
    """Secure the doors again that a fire input has released. Nothing else does.

    \b
    Example: accessctl site end-emergency
    """
    with here.api() as api:
        api.give("end_emergency", secrets.token_hex(8))
    say("the doors are secured again")


@site.command()
@click.argument("person", required=False)
@installation
def forgive(here: Installation, person: str | None) -> None:
    """Let the next entry of a PERSON pass whatever passback says; without PERSON, of everybody.

    \b
    Example: accessctl site forgive p-3kx7qz2a
    """
    with here.api() as api:
        api.give("forgive", secrets.token_hex(8), person=person and resolve(api, person))
    say(f"passback is forgiven for {person or 'everybody'}")


@site.command()
@click.argument("person")
@installation
def renew(here: Installation, person: str) -> None:
    """Set the uses and the days not seen of a PERSON back to nothing.

    \b
    Example: accessctl site renew p-3kx7qz2a
    """
    with here.api() as api:
        api.give("renew", secrets.token_hex(8), person=resolve(api, person))
    say(f"the access of {person} is renewed")


@click.group()
def areas() -> None:
    """List areas, arm and disarm them."""


@areas.command("list")
@as_table
@installation
def list_(here: Installation, *, json_: bool) -> None:
    """List areas, and how many people are in each.

    \b
    Example: accessctl areas list
    """
    with here.api() as api:
        found = api.site()["areas"]
    if json_:
        print_json(found)
        return
    print_table({name: itemgetter(name) for name in _AREA_SHOWN}, found)


@areas.command()
@click.argument("area", shell_complete=area_ids)
@installation
def arm(here: Installation, area: str) -> None:
    """Arm an AREA: its access points ask for what the site file says they ask for then.

    \b
    Example: accessctl areas arm cage
    """
    with here.api() as api:
        api.give("arm", secrets.token_hex(8), area=area)
    say(f"{area} is armed")


@areas.command()
@click.argument("area", shell_complete=area_ids)
@installation
def disarm(here: Installation, area: str) -> None:
    """Disarm an AREA.

    \b
    Example: accessctl areas disarm cage
    """
    with here.api() as api:
        api.give("disarm", secrets.token_hex(8), area=area)
    say(f"{area} is disarmed")
