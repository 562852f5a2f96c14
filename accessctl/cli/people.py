"""People: who they are, and what is special about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from accessctl.cli.cards import enrol_shown, say_enrolled
from accessctl.cli.completion import access_point_ids, role_ids
from accessctl.cli.people_biometrics import consent, enrol_face, enrol_finger
from accessctl.cli.people_bulk import export, import_, imports
from accessctl.cli.people_copy import copy
from accessctl.cli.people_generator import generator
from accessctl.cli.people_leaving import delete, leave
from accessctl.cli.people_options import (
    given,
    new_from,
    new_until,
    pin_stdin,
    special,
    valid_from,
    valid_until,
)
from accessctl.cli.people_rights import lend, qualify, unlend, unqualify
from accessctl.cli.people_secrets import code, read_pin, set_pin
from accessctl.cli.talk import (
    Failed,
    Installation,
    Seconds,
    as_json,
    as_table,
    installation,
    local,
    print_facts,
    print_json,
    print_list,
    resolve,
    say,
)

if TYPE_CHECKING:
    from accessctl.client import ApiClient, Biometric, Card, Person, PersonDetails


@click.group()
def people() -> None:
    """Add, list and change people.

    PERSON is an id (p-3kx7qz2a) or an exact name that only one person has.
    """


@people.command()
@click.argument("name")
@click.option(
    "--role",
    "roles",
    shell_complete=role_ids,
    multiple=True,
    required=True,
    help="A role of the site file; may be repeated.",
)
@click.option("--group", "groups", multiple=True, help="A group of the site file; may be repeated.")
@click.option("--id", "id_", help="The pseudonym for the record; made up when left out. Not the name!")
@valid_from
@valid_until
@special
@click.option(
    "--card-at",
    shell_complete=access_point_ids,
    metavar="ACCESS_POINT",
    help="Enrol the card that is shown at this reader next.",
)
@click.option(
    "--within",
    "within_s",
    type=Seconds(1, 60),
    default=20.0,
    show_default=True,
    help="For the card: seconds.",
)
@click.option("--pin", "ask_pin", is_flag=True, help="Ask for a PIN, hidden, twice.")
@pin_stdin
@click.option("--make-pin", is_flag=True, help="Have a PIN made up, and print it this once below the id.")
@as_json
@installation
def add(
    here: Installation,
    /,
    name: str,
    roles: tuple[str, ...],
    groups: tuple[str, ...],
    id_: str | None,
    card_at: str | None,
    within_s: float,
    *,
    ask_pin: bool,
    pin_stdin: bool,
    make_pin: bool,
    json_: bool,
    **more: object,
) -> None:
    """Add a person, with a card and a PIN where those are asked for; prints the id.

    \b
    Examples: accessctl people add "Ana Marsh" --role staff --until 2026-03-31
              accessctl people add "Ida Holm" --role picker-early --card-at staff-in --make-pin
    """
    if make_pin and (ask_pin or pin_stdin):
        raise click.UsageError("say one of --pin, --pin-stdin and --make-pin")
    pin, made = read_pin(ask_pin=ask_pin, from_stdin=pin_stdin), None
    with here.api() as api:
        person = api.add_person(name, list(roles), id_=id_, groups=list(groups), **given(more))
        say(f"added {person['name']} as {person['id']}")
        if pin is not None:
            _set_first_pin(api, person, pin)
            say("the PIN is set")
        if card_at is not None:
            _enrol_first_card(api, person, card_at, within_s)
        if make_pin:
            made = _make_first_pin(api, person)
        person["has_pin"] = pin is not None or make_pin
    if json_:
        print_json(person if made is None else {**person, "pin": made})
        return
    click.echo(person["id"])
    if made is not None:
        click.echo(made)


@people.command()
@click.argument("person")
@click.option("--name", help="The name from now on.")
@click.option(
    "--role",
    "roles",
    shell_complete=role_ids,
    multiple=True,
    help="A role instead of those there are; may be repeated.",
)
@click.option("--group", "groups", multiple=True, help="A group instead of those there are; may be repeated.")
@click.option("--no-groups", is_flag=True, help="Take the person out of every group.")
@new_from
@new_until
@special
@installation
def change(
    here: Installation,
    /,
    person: str,
    name: str | None,
    roles: tuple[str, ...],
    groups: tuple[str, ...],
    *,
    no_groups: bool,
    **more: object,
) -> None:
    """Change what is given about a PERSON; the rest stays as it is.

    \b
    Examples: accessctl people change "Ana Marsh" --role driver --until none
              accessctl people change p-3kx7qz2a --group acme --uses-a-day 2
    """
    if no_groups and groups:
        raise click.UsageError("say --group or --no-groups, not both")
    wanted = {"name": name, "roles": list(roles) or None, "groups": list(groups) or None, **more}
    changes = given(wanted) | ({"groups": []} if no_groups else {})
    if not changes:
        raise click.UsageError("say what should change")
    with here.api() as api:
        changed = api.change_person(resolve(api, person), **changes)
    say(f"{changed['name']} ({changed['id']}) is changed: {', '.join(sorted(changes))}")


@people.command("list")
@click.argument("words", nargs=-1)
@as_table
@installation
def list_(here: Installation, words: tuple[str, ...], *, json_: bool) -> None:
    """List people: all, or those whose names have words that begin with these WORDS, or whose id does.

    \b
    Examples: accessctl people list --json
              accessctl people list mar an
    """
    with here.api() as api:
        found = list(api.people(q=" ".join(words) or None))
    print_list(
        {
            "id": lambda p: p["id"],
            "name": lambda p: p["name"],
            "roles": lambda p: p["roles"],
            "groups": lambda p: p["groups"],
            "from": lambda p: local(p["valid_from"]),
            "until": lambda p: local(p["valid_until"]),
            "cards": lambda p: p["active_cards"],
            "pin": lambda p: p["has_pin"],
            "disabled": lambda p: p["disabled"],
        },
        found,
        json_=json_,
    )


@people.command()
@click.argument("person")
@as_table
@installation
def show(here: Installation, person: str, *, json_: bool) -> None:
    """Show a PERSON with their cards, fingers and faces.

    \b
    Example: accessctl people show "Ana Marsh"
    """
    with here.api() as api:
        id_ = resolve(api, person)
        found, cards = api.person(id_), list(api.cards(id_))
        bodies = api.biometrics(id_)["biometrics"]
    if json_:
        print_json({**found, "cards": cards, "biometrics": bodies})
        return
    print_facts(_facts_about(found) | dict(map(_card_fact, cards)) | dict(map(_body_fact, bodies)))


def _facts_about(person: "PersonDetails") -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": person["id"],
        "name": person["name"],
        "roles": person["roles"],
        "groups": person["groups"],
        "from": local(person["valid_from"]),
        "until": local(person["valid_until"]),
        "disabled": person["disabled"],
        "uses in all": person["uses_total"],
        "uses a day": person["uses_a_day"],
        "exempt": person["exempt"],
        "extended": person["extended"],
        "PIN": person["has_pin"],
        "duress PIN": person["has_duress_pin"],
        "code": person["has_code"],
        "code generator": person["code_generator"],
        "added": local(person["added_at"]),
        "seen from": local(person["seen_from"]),
    }
    for held in person["qualifications"]:
        facts[f"holds {held['id']}"] = f"until {local(held['until'])}" if held["until"] else "for good"
    for loan in person["temporary_access"]:
        since = f"from {local(loan['valid_from'])} " if loan["valid_from"] else ""
        facts[f"lent {loan['id']}"] = f"{loan['level']}, {since}until {local(loan['valid_until'])}"
    return facts


def _card_fact(card: "Card") -> tuple[str, str]:
    if card["technology"] == "code":
        return f"code {card['id']}", card["status"]
    return f"card {card['id']}", f"…{card['hint']}, {card['status']}"


def _body_fact(body: "Biometric") -> tuple[str, str]:
    what = "disabled" if body["disabled"] else f"until {local(body['expires_at'])}"
    return f"{body['kind']} {body['id']}", what


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


@people.command()
@click.argument("person")
@installation
def forgive(here: Installation, person: str) -> None:
    """Forget a PERSON's failed tries: the right PIN, code, finger or face works again at once.

    \b
    Example: accessctl people forgive "Ana Marsh"
    """
    with here.api() as api:
        id_ = resolve(api, person)
        api.forgive_wrong_pins(id_)
    say(f"the wrong PINs and codes of {id_} are forgiven, and fingers and faces that did not fit")


def _set_disabled(here: Installation, person: str, *, disabled: bool) -> None:
    with here.api() as api:
        changed = api.change_person(resolve(api, person), disabled=disabled)
    say(f"{changed['name']} ({changed['id']}) is {'disabled' if disabled else 'enabled'}")


def _set_first_pin(api: "ApiClient", person: "Person", pin: str) -> None:
    """Give somebody who has just been added a PIN. Raises ``Failed``, which says that they are added."""
    with _added(person, "the PIN was not set", f"Set the PIN with `accessctl people pin {person['id']}`"):
        api.set_pin(person["id"], pin)


def _make_first_pin(api: "ApiClient", person: "Person") -> str:
    """Have a PIN made up for somebody who has just been added. Raises ``Failed`` in the same way."""
    todo = f"Have one made with `accessctl people pin {person['id']} --make`"
    with _added(person, "no PIN was made", todo):
        return api.make_pin(person["id"])


def _enrol_first_card(api: "ApiClient", person: "Person", access_point: str, within_s: float) -> None:
    """Enrol the card of somebody who has just been added. Raises ``Failed`` in the same way."""
    todo = f"Enrol it with `accessctl cards enrol {person['id']} --at {access_point}`"
    with _added(person, "the card was not enrolled", todo):
        say_enrolled(enrol_shown(api, person["id"], access_point, within_s), person["id"])
    person["active_cards"] = 1


@contextmanager
def _added(person: "Person", what: str, todo: str) -> Iterator[None]:
    """Say of what fails behind the adding that the person is there all the same. Raises ``Failed``."""
    from accessctl.client import ApiError

    try:
        yield
    except ApiError as error:
        words = f"{what} ({error}), but {person['name']} WAS added, as {person['id']}. {todo}"
        raise Failed(words) from error


for command in (
    *(set_pin, code, generator, lend, unlend, qualify, unqualify),
    *(consent, enrol_face, enrol_finger),
    *(leave, copy, delete),
    *(import_, imports, export),
):
    people.add_command(command)
