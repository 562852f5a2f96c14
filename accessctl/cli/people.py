"""People and their PINs."""

import re
from typing import TYPE_CHECKING, Any, Final

import click

from accessctl.cli.talk import (
    Failed,
    Installation,
    Instant,
    as_json,
    first_line,
    installation,
    local,
    print_facts,
    print_json,
    print_table,
    resolve,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import ApiClient, Person

_FROM = click.option("--from", "valid_from", type=Instant(), help="From this date or instant on.")
_UNTIL = click.option(
    "--until", "valid_until", type=Instant(ends=True), help="Through this date, or until this instant."
)
_PIN_STDIN = click.option("--pin-stdin", is_flag=True, help="Read the PIN from the first line of stdin.")
_PIN: Final = re.compile(r"[0-9]{4,12}")


@click.group()
def people() -> None:
    """Add, list and change people.

    PERSON is an id (p-3kx7qz2a) or an exact name that only one person has.
    """


@people.command()
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, required=True, help="A role of the site file; may be repeated."
)
@click.option("--id", "id_", help="The pseudonym for the record; made up when left out. Not the name!")
@_FROM
@_UNTIL
@click.option("--pin", "ask_pin", is_flag=True, help="Ask for a PIN, hidden, twice.")
@_PIN_STDIN
@as_json
@installation
def add(
    here: Installation,
    name: str,
    roles: tuple[str, ...],
    id_: str | None,
    valid_from: str | None,
    valid_until: str | None,
    *,
    ask_pin: bool,
    pin_stdin: bool,
    json_: bool,
) -> None:
    """Add a person; prints the id.

    \b
    Example: accessctl people add "Ana Marsh" --role staff --until 2026-03-31
    """
    pin = _pin(ask_pin=ask_pin, from_stdin=pin_stdin)
    with here.api() as api:
        person = api.add_person(name, list(roles), id_=id_, valid_from=valid_from, valid_until=valid_until)
        say(f"added {person['name']} as {person['id']}")
        if pin is not None:
            _set_first_pin(api, person, pin)
            say("the PIN is set")
            person = api.person(person["id"])
    if json_:
        print_json(person)
    else:
        click.echo(person["id"])


@people.command("list")
@as_json
@installation
def list_(here: Installation, *, json_: bool) -> None:
    """List people.

    \b
    Example: accessctl people list --json
    """
    with here.api() as api:
        found = list(api.people())
    if json_:
        print_json(found)
        return
    print_table(
        {
            "id": lambda p: p["id"],
            "name": lambda p: p["name"],
            "roles": lambda p: p["roles"],
            "from": lambda p: local(p["valid_from"]),
            "until": lambda p: local(p["valid_until"]),
            "cards": lambda p: p["active_cards"],
            "pin": lambda p: p["has_pin"],
            "disabled": lambda p: p["disabled"],
        },
        found,
    )


@people.command()
@click.argument("person")
@as_json
@installation
def show(here: Installation, person: str, *, json_: bool) -> None:
    """Show a PERSON with their cards.

    \b
    Example: accessctl people show "Ana Marsh"
    """
    with here.api() as api:
        id_ = resolve(api, person)
        found, cards = api.person(id_), list(api.cards(id_))
    if json_:
        print_json({**found, "cards": cards})
        return
    facts: dict[str, Any] = {
        "id": found["id"],
        "name": found["name"],
        "roles": found["roles"],
        "from": local(found["valid_from"]),
        "until": local(found["valid_until"]),
        "disabled": found["disabled"],
        "PIN": found["has_pin"],
        "added": local(found["added_at"]),
    }
    facts |= {f"card {card['id']}": f"…{card['hint']}, {card['status']}" for card in cards}
    print_facts(facts)


@people.command()
@click.argument("person")
@installation
def disable(here: Installation, person: str) -> None:
    """Refuse a PERSON at every door from the next badge on.

    \b
    Example: accessctl people disable "Ana Marsh"
    """
    _set_disabled(here, person, disabled=True)


@people.command()
@click.argument("person")
@installation
def enable(here: Installation, person: str) -> None:
    """Let a disabled PERSON pass again.

    \b
    Example: accessctl people enable "Ana Marsh"
    """
    _set_disabled(here, person, disabled=False)


@people.command("pin")
@click.argument("person")
@_PIN_STDIN
@click.option("--remove", is_flag=True, help="Take the PIN away instead.")
@installation
def set_pin(here: Installation, person: str, *, pin_stdin: bool, remove: bool) -> None:
    """Set a PERSON's PIN: asked for twice, hidden, unless it comes from stdin.

    Wrong tries stay counted; `accessctl people forgive` clears them.

    \b
    Example: accessctl people pin "Ana Marsh"
    """
    pin = None if remove else _pin(ask_pin=True, from_stdin=pin_stdin)
    with here.api() as api:
        id_ = resolve(api, person)
        if pin is None:
            api.remove_pin(id_)
        else:
            api.set_pin(id_, pin)
    say(f"the PIN of {id_} is {'removed' if pin is None else 'set'}")


@people.command()
@click.argument("person")
@installation
def forgive(here: Installation, person: str) -> None:
    """Forget a PERSON's wrong PINs, so that the right one works again at once.

    \b
    Example: accessctl people forgive "Ana Marsh"
    """
    with here.api() as api:
        id_ = resolve(api, person)
        api.forgive_wrong_pins(id_)
    say(f"the wrong PINs of {id_} are forgiven")


def _set_disabled(here: Installation, person: str, *, disabled: bool) -> None:
    with here.api() as api:
        changed = api.change_person(resolve(api, person), disabled=disabled)
    say(f"{changed['name']} ({changed['id']}) is {'disabled' if disabled else 'enabled'}")


def _set_first_pin(api: "ApiClient", person: "Person", pin: str) -> None:
    """Give somebody who has just been added a PIN. Raises ``Failed``, which says that they are added."""
    from accessctl.client import ApiError

    id_ = person["id"]
    try:
        api.set_pin(id_, pin)
    except ApiError as error:
        raise Failed(
            f"the PIN was not set ({error}), but {person['name']} WAS added, as {id_}. "
            f"Set the PIN with `accessctl people pin {id_}`"
        ) from error


def _pin(*, ask_pin: bool, from_stdin: bool) -> str | None:
    """Get a PIN in a way that leaves it in no list of processes and no history. Raises ``Failed``."""
    if from_stdin:
        pin = first_line().rstrip("\r\n")
    elif ask_pin:
        words = "PIN (4 to 12 digits)"
        pin = click.prompt(words, hide_input=True, confirmation_prompt="PIN again", err=True)
    else:
        return None
    if not _PIN.fullmatch(pin):
        raise Failed("pin: must be 4 to 12 digits")
    return pin
