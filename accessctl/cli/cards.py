"""Cards."""

from typing import TYPE_CHECKING

import click

from accessctl.cli.completion import access_point_ids
from accessctl.cli.talk import (
    Installation,
    Instant,
    Seconds,
    as_json,
    as_table,
    first_line,
    installation,
    local,
    print_json,
    print_list,
    resolve,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import ApiClient, Card, EnrolledCard

_IN_HEX = ("iso14443-uid", "iso15693-uid", "felica-idm")
_KEYS = ("pkoc", "piv")
_CLONES = (
    "warning: what readers read of this card ({kind}) can be cloned by anyone who has held it; where it "
    "matters, ask for a PIN too, or enrol a card that proves a key"
)
_KINDS = {
    "iso14443-uid": "plain UID",
    "iso15693-uid": "plain UID, ISO 15693",
    "felica-idm": "plain id, FeliCa",
    "ndef": "text on a tag",
    "wiegand": "number over a line",
    "typed": "number that is typed",
    "code": "code",
    "pass": "signed pass",
    "pkoc": "PKOC, proves its own key",
    "piv": "PIV, proves its own key",
    "desfire-aes": "DESFire, proves the site's key",
    "ntag424-sun": "NTAG 424 SUN, proves the site's key",
}
"""How a card is read, in words."""


@click.group()
def cards() -> None:
    """Enrol, revoke and list cards.

    A card is known by an id (c-m4t2yx6b) and the last two digits of its number, which is not stored.
    A code (`accessctl people code`) is a card too, of which no digit is shown.
    """


@cards.command()
@click.argument("person")
@click.option(
    "--number",
    metavar="NUMBER",
    help="The card's number. The process list and your shell's history show it; --number-stdin avoids that.",
)
@click.option("--number-stdin", is_flag=True, help="Read the number from the first line of stdin.")
@click.option(
    "--technology",
    type=click.Choice([*_IN_HEX, "wiegand", "ndef", "typed", *_KEYS]),
    default=_IN_HEX[0],
    show_default=True,
    help="How readers read a card whose number is given: a UID in hex, a Wiegand number with its format "
    "(h10301:123:4567), the text of a tag's record, what a USB reader types, a PKOC credential's public key "
    "in hex, or the SHA-256 of a PIV card's.",
)
@click.option(
    "--at",
    "access_point",
    shell_complete=access_point_ids,
    metavar="ACCESS_POINT",
    help="Take the next card shown at this reader.",
)
@click.option("--within", "within_s", type=Seconds(1, 60), default=20.0, show_default=True, help="Seconds.")
@click.option("--from", "valid_from", type=Instant(), help="From this date or instant on.")
@click.option(
    "--until", "valid_until", type=Instant(ends=True), help="Through this date, or until this instant."
)
@as_json
@installation
def enrol(
    here: Installation,
    person: str,
    number: str | None,
    technology: str,
    access_point: str | None,
    within_s: float,
    valid_from: str | None,
    valid_until: str | None,
    *,
    number_stdin: bool,
    json_: bool,
) -> None:
    """Enrol a card to a PERSON; prints the card's id.

    \b
    Examples: accessctl cards enrol "Ana Marsh" --at entrance-in
              accessctl cards enrol p-3kx7qz2a --number-stdin < uid.txt
              accessctl cards enrol p-3kx7qz2a --technology wiegand --number h10301:123:4567
              accessctl cards enrol p-3kx7qz2a --technology pkoc --number-stdin < public-key.txt
    """
    if sum((number is not None, number_stdin, access_point is not None)) != 1:
        raise click.UsageError("say which card: --at ACCESS_POINT, --number NUMBER or --number-stdin")
    if number_stdin:
        number = first_line().strip()
    with here.api() as api:
        id_ = resolve(api, person)
        if access_point is not None:
            card = enrol_shown(
                api, id_, access_point, within_s, valid_from=valid_from, valid_until=valid_until
            )
        else:
            plain = (number or "").strip()
            if technology in {*_IN_HEX, *_KEYS}:
                plain = plain.replace(":", "").replace(" ", "").replace("-", "")
            card = api.enrol_number(id_, plain, technology, valid_from=valid_from, valid_until=valid_until)
    say_enrolled(card, id_)
    if json_:
        print_json(card)
    else:
        click.echo(card["id"])


def enrol_shown(
    api: "ApiClient", person: str, access_point: str, within_s: float, **validity: str | None
) -> "EnrolledCard":
    """Have the next card enrolled that is shown at an access point, and say where to show it."""
    say(f"show the card at {access_point} within {within_s:g} s")
    return api.enrol_shown(person, access_point, within_s, **validity)


def say_enrolled(card: "EnrolledCard", person: str) -> None:
    """Say what was enrolled, and what is doubtful about it."""
    say(f"enrolled card …{card['hint']} to {person} as {card['id']}")
    if card["clonable"]:
        say(_CLONES.format(kind=_kind(card)))
    if card["like_pin"]:
        say(
            f"warning: the PIN of {person} is the beginning or the end of this card's number, which "
            f"everybody can read who holds it: `accessctl people pin {person}` sets another one"
        )


@cards.command()
@click.argument("card")
@click.option(
    "--reason",
    type=click.Choice(["revoked", "lost", "stolen", "damaged"]),
    default="revoked",
    show_default=True,
    help="What became of it; whoever shows it is refused with this reason.",
)
@installation
def revoke(here: Installation, card: str, reason: str) -> None:
    """Let a CARD count no more, from the next badge on.

    \b
    Example: accessctl cards revoke c-m4t2yx6b --reason lost
    """
    with here.api() as api:
        revoked = api.revoke_card(card, reason)
    say(f"card {revoked['id']} ({_number(revoked)}) of {revoked['person']} is {revoked['status']}")


def _kind(card: "Card") -> str:
    return _KINDS.get(card["technology"], card["technology"])


def _number(card: "Card") -> str:
    return "code" if card["technology"] == "code" else f"…{card['hint']}"


@cards.command("list")
@click.option("--person", help="Only cards of this person.")
@as_table
@installation
def list_(here: Installation, person: str | None, *, json_: bool) -> None:
    """List cards.

    \b
    Example: accessctl cards list --person "Ana Marsh"
    """
    with here.api() as api:
        found = list(api.cards(None if person is None else resolve(api, person)))
    print_list(
        {
            "id": lambda c: c["id"],
            "person": lambda c: c["person"],
            "number": _number,
            "kind": _kind,
            "status": lambda c: c["status"],
            "from": lambda c: local(c["valid_from"]),
            "until": lambda c: local(c["valid_until"]),
            "enrolled": lambda c: local(c["enrolled_at"]),
        },
        found,
        json_=json_,
    )
