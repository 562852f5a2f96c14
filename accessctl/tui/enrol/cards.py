"""Cards: enrolled by showing them, and replaced when they are lost."""

from accessctl.client import Card, EnrolledCard, Person
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Choice, Choose, Confirm
from accessctl.tui.enrol.card_words import counting, kind_of
from accessctl.tui.enrol.places import choose_reader
from accessctl.tui.enrol.show_card import ShowCard
from accessctl.tui.times import day_and_minute, instant
from accessctl.tui.words import _


async def show_a_card(
    console: Console, person: Person, *, again: bool = False, until: str | None = None, note: str = ""
) -> EnrolledCard | None:
    """Ask where, and wait for a card. ``again``: at the reader used last, without asking."""
    title = _("A card for {name}").format(name=person["name"])
    place = await choose_reader(console, title, again=again, note=note)
    if place is None:
        return None
    return await console.push_screen_wait(ShowCard(person, place, until=until, note=note))


async def replace_card(console: Console, person: Person) -> bool:
    """Revoke a card as lost at once, then enrol another one."""
    id_, name = person["id"], person["name"]
    cards = await console.attempt(lambda api: counting(list(api.cards(id_))))
    if cards is None:
        return False
    if not cards:
        question = _("{name} has no card that counts. Enrol one?").format(name=name)
        if await console.push_screen_wait(Confirm(_("Lost card"), question, _("Enrol a card"))):
            return await show_a_card(console, person) is not None
        return False
    lost = await _which(console, name, cards)
    if lost is None:
        return False
    card = lost["id"]
    if await console.attempt(lambda api: api.revoke_card(card, "lost")) is None:
        return False
    note = _("The lost card …{hint} counts no more already.").format(hint=lost["hint"])
    await show_a_card(console, person, again=True, until=_end_of(console, lost), note=note)
    return True


async def _which(console: Console, name: str, cards: list[Card]) -> Card | None:
    """Ask which card is lost; of one alone, whether it is."""
    title = _("Lost card of {name}").format(name=name)
    words = _("It counts no more as soon as you say so. Then the new one is shown.")
    if len(cards) > 1:
        card = await console.push_screen_wait(Choose(title, [_choice(each) for each in cards], words))
        return next((each for each in cards if each["id"] == card), None)
    question = "\n\n".join((_described(cards[0]), words))
    return (
        cards[0] if await console.push_screen_wait(Confirm(title, question, _("Lost: revoke it"))) else None
    )


def _choice(card: Card) -> Choice:
    enrolled = _("enrolled {when}").format(when=day_and_minute(card["enrolled_at"]))
    return Choice(card["id"], f"…{card['hint']}", f"{kind_of(card)} · {enrolled} · {card['id']}")


def _described(card: Card) -> str:
    return _("Card …{hint} ({kind}), enrolled {when}.").format(
        hint=card["hint"], kind=kind_of(card), when=day_and_minute(card["enrolled_at"])
    )


def _end_of(console: Console, card: Card) -> str | None:
    """Give the end that the new card takes over; one that has passed is no reason to make a useless card."""
    until = card["valid_until"]
    return until if until is not None and instant(until) > console.now() else None
