"""The site's own cards: making their keys, and encoding cards with them."""

import json
import sys
from typing import TYPE_CHECKING

import click

from accessctl.cli.completion import access_point_ids
from accessctl.cli.talk import (
    Failed,
    Installation,
    Instant,
    Seconds,
    as_json,
    as_table,
    installation,
    local,
    print_json,
    print_table,
    resolve,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import CardKeys

_KINDS = {"desfire": "desfire", "ntag": "sun", "sun": "sun"}
_CARDS = {"desfire": "DESFire cards", "sun": "NTAG 424 DNA tags"}
_LONGEST_INPUT = 4096


@click.group()
def keys() -> None:
    """Make the keys that the site's own cards carry, once, and list them.

    They are sealed with the root key in card-keys.json of the home. No command shows them.
    """


@keys.command()
@click.argument("kind", type=click.Choice(["desfire", "sun"]))
@click.option(
    "--import",
    "import_",
    is_flag=True,
    help="Take keys that were made elsewhere, a JSON object in hex from stdin: application, master and "
    "perhaps transport for desfire; reading and master for sun.",
)
@as_json
@installation
def make(here: Installation, kind: str, *, import_: bool, json_: bool) -> None:
    """Make the keys of a KIND of cards by chance, or import them. Keys that are there are never replaced.

    Readers take them when the door process starts next.

    \b
    Examples: accessctl cards keys make desfire
              accessctl cards keys make sun --import < site-keys.json
    """
    given = _given() if import_ else None
    with here.api() as api:
        held = api.make_card_keys(kind, given)
    made = next(each for each in held if each["kind"] == kind)
    say(f"the keys for {_CARDS[kind]} are made; restart the door process, so that its readers learn of them")
    say("keep a copy of card-keys.json and, apart from it, of root.key: without both no such card counts")
    if json_:
        print_json(made)
    else:
        click.echo(made["check"])


@keys.command("list")
@as_table
@installation
def list_(here: Installation, *, json_: bool) -> None:
    """List the keys of the site's own cards, without the keys.

    Two controllers that have the same keys show the same check.

    \b
    Example: accessctl cards keys list
    """
    with here.api() as api:
        held = api.card_keys()
    if json_:
        print_json(held)
        return
    print_table(
        {
            "kind": lambda k: k["kind"],
            "check": lambda k: k["check"],
            "application": lambda k: k["application"],
            "made": lambda k: local(k["made_at"]),
            "imported": lambda k: k["imported"],
            "in use": _in_use,
        },
        held,
    )


@click.command()
@click.argument("kind", type=click.Choice(list(_KINDS)))
@click.option(
    "--at",
    "access_point",
    shell_complete=access_point_ids,
    metavar="ACCESS_POINT",
    required=True,
    help="Encode at this access point's reader.",
)
@click.option("--person", help="Enrol the card to this person as well; prints the card's id.")
@click.option("--within", "within_s", type=Seconds(1, 60), default=30.0, show_default=True, help="Seconds.")
@click.option("--from", "valid_from", type=Instant(), help="From this date or instant on.")
@click.option(
    "--until", "valid_until", type=Instant(ends=True), help="Through this date, or until this instant."
)
@as_json
@installation
def encode(
    here: Installation,
    kind: str,
    access_point: str,
    person: str | None,
    within_s: float,
    valid_from: str | None,
    valid_until: str | None,
    *,
    json_: bool,
) -> None:
    """Give the next card that is shown at a reader the site's keys, so that it cannot be copied.

    KIND is desfire (DESFire EV1, EV2 or EV3) or ntag (NTAG 424 DNA; sun is the same). Do it with new cards,
    at a place where nobody listens in. A card that was taken away too early can be encoded again.

    \b
    Examples: accessctl cards encode desfire --at office-in --person "Ana Marsh"
              accessctl cards encode ntag --at office-in
    """
    if person is None and (valid_from is not None or valid_until is not None):
        raise click.UsageError("--from and --until are of the enrolment: say --person as well")
    with here.api() as api:
        id_ = None if person is None else resolve(api, person)
        say(f"hold a card to the reader at {access_point} within {within_s:g} s, and leave it there")
        encoded = api.encode_card(
            access_point, _KINDS[kind], within_s, id_, valid_from=valid_from, valid_until=valid_until
        )
    card = encoded["card"]
    say(f"encoded card …{encoded['hint']} ({encoded['technology']})")
    if encoded["like_pin"]:
        say("warning: the person's PIN is a part of the card's number; have it changed")
    if card is not None:
        say(f"enrolled it to {id_} as {card['id']}")
    else:
        say(f'it opens nothing yet: accessctl cards enrol "NAME" --at {access_point}')
    if json_:
        print_json(encoded)
    elif card is not None:
        click.echo(card["id"])


def _in_use(held: "CardKeys") -> str:
    return "yes" if held["in_use"] else "not before the next start"


def _given() -> dict[str, str]:
    """Read the keys from stdin. What is wrong with them is never quoted."""
    try:
        given = json.loads(sys.stdin.read(_LONGEST_INPUT))
    except (ValueError, RecursionError):
        raise Failed('stdin holds no JSON object, such as {"master": "…32 hex digits…", …}') from None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise Failed("stdin has to hold one JSON object with the keys in hex, each a text")
    return given
