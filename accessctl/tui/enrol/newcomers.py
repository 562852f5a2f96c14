"""Somebody new, from the form to the card and the PIN; what fails on the way undoes nothing before it."""

from accessctl.client import ApiClient, Card, Person
from accessctl.operators.rights import Right
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Choice, Confirm
from accessctl.tui.enrol.person_form import Added, Offered, PersonForm
from accessctl.tui.enrol.pins import TYPED, give_pin
from accessctl.tui.enrol.places import Place, card_places
from accessctl.tui.enrol.show_card import ShowCard
from accessctl.tui.words import _


async def add_somebody(console: Console) -> str | None:
    """Ask who it is, and give them what they need; gives their id."""
    offered = await console.attempt(lambda api: _offered(console, api))
    if offered is None:
        return None
    added = await console.push_screen_wait(PersonForm(offered))
    if added is None:
        return None
    # A PIN that is typed comes first: whether the card has it printed on it can be told afterwards only.
    pin = added.pin == TYPED and await give_pin(console, added.person, TYPED)
    card = None if added.place is None else await _card(console, added.person, added.place)
    if added.pin not in {None, TYPED}:
        pin = await give_pin(console, added.person, str(added.pin))
    _sum_up(console, added, card, pin=pin)
    return added.person["id"]


def _offered(console: Console, api: ApiClient) -> Offered:
    return Offered(
        [Choice(role["id"], role["name"], role["id"]) for role in api.roles()],
        [Choice(group["id"], group["name"], group["id"]) for group in api.groups()],
        card_places(console.standing),
        Right.CREDENTIALS_WRITE in console.rights,
    )


async def _card(console: Console, person: Person, place: Place) -> Card | None:
    """Wait for the card until there is one, or nobody wants one any more."""
    name = person["name"]
    note = _("{name} is added.").format(name=name)
    while True:
        card = await console.push_screen_wait(ShowCard(person, place, note=note))
        if card is not None:
            return card
        question = _("{name} is added already, without a card. Try the card again?").format(name=name)
        if not await console.push_screen_wait(Confirm(_("No card"), question, _("Try again"))):
            return None


def _sum_up(console: Console, added: Added, card: Card | None, *, pin: bool) -> None:
    """Say what somebody has now, and what they were to have and have not."""
    has = [_("card …{hint}").format(hint=card["hint"])] if card else []
    has += [_("a PIN")] if pin else []
    lacks = [_("no card")] if added.place is not None and card is None else []
    lacks += [_("no PIN")] if added.pin is not None and not pin else []
    console.notify(
        ", ".join([*has, *lacks]) or _("Neither card nor PIN was wanted."),
        title=_("{name} is added").format(name=added.person["name"]),
        severity="warning" if lacks else "information",
        markup=False,
    )
