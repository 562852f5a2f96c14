"""OSDP readers and their keys."""

from operator import itemgetter

import click

from accessctl.cli.completion import access_point_ids
from accessctl.cli.talk import Installation, Seconds, as_table, installation, print_json, print_table, say


@click.group()
def osdp() -> None:
    """Give OSDP readers their keys."""


@osdp.command()
@click.argument("access_point", shell_complete=access_point_ids)
@click.option(
    "--window",
    "window_s",
    type=Seconds(10, 600),
    default=120.0,
    show_default=True,
    help="Seconds until the reader must have its key.",
)
@installation
def pair(here: Installation, access_point: str, window_s: float) -> None:
    """Give the reader of an ACCESS_POINT a key of its own, made by chance and shown to nobody.

    Do it at a bench, with the reader in install mode: while its window is open the reader is told the key
    under the install key that everybody knows. A reader that has a key already is told the new one under
    the old one. The window ends by itself, also when this command is interrupted.

    \b
    Example: accessctl osdp pair gate-in --window 60
    """
    with here.api() as api:
        say(f"asking for a window of {window_s:g} s at {access_point}: put its reader into install mode")
        paired = api.pair(access_point, window_s)
    say(f"{paired['reader']}: {paired['words']}")


@osdp.command()
@as_table
@installation
def status(here: Installation, *, json_: bool) -> None:
    """List OSDP readers with what is known of their keys.

    \b
    Example: accessctl osdp status
    """
    with here.api() as api:
        found = [reader for reader in api.readers() if reader["driver"] == "osdp"]
    if json_:
        print_json(found)
        return
    print_table(
        {
            **{name: itemgetter(name) for name in ("id", "state", "key", "pairing")},
            "firmware": lambda r: r["about"].get("firmware"),
            "why": lambda r: r["insecure"] or r["why"],
        },
        found,
    )
