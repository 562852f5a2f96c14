"""Enrolling people, cards and PINs."""

from typing import Final

from accessctl.client import ApiClient, ApiRefused
from accessctl.tui.plain.doors import chosen_point
from accessctl.tui.plain.people import find
from accessctl.tui.plain.talk import Left, Option, Talk
from accessctl.tui.words import _

SHOWN_WITHIN_S: Final = 30.0


def new_person(talk: Talk, api: ApiClient) -> None:
    """Add a person, then their card and their PIN."""
    name = talk.ask(_("Name"))
    role = talk.choose(_("Role"), [Option(role["id"], role["name"]) for role in api.roles()])
    person = api.add_person(name, [role])
    talk.say(_("{name} is {id}.").format(name=name, id=person["id"]))
    try:
        show_card(talk, api, person["id"])
    except Left:
        talk.say(_("Without a card."))
    give_pin(talk, api, person["id"])


def card(talk: Talk, api: ApiClient) -> None:
    """Enrol a card of somebody, in place of a lost one where there is one."""
    person = find(talk, api)
    held = [each for each in api.cards(person["id"]) if each["status"] == "active"]
    if held:
        options = [Option("", _("None: this is one more"))]
        options += [
            Option(each["id"], _("Lost: the one that ends in {hint}").format(hint=each["hint"]))
            for each in held
        ]
        lost = talk.choose(_("Was a card lost"), options)
        if lost:
            api.revoke_card(lost, "lost")
            talk.say(_("It counts no more."))
    show_card(talk, api, person["id"])


def show_card(talk: Talk, api: ApiClient, person: str) -> None:
    """Ask for a card to be shown until one is enrolled. Raises ``Left``."""
    point = chosen_point(talk, api, _("At which reader is the card shown"))
    while True:
        talk.say(_("Show the card at {point} now, within {seconds} seconds.").format(point=point, seconds=30))
        try:
            enrolled = api.enrol_shown(person, point, SHOWN_WITHIN_S)
        except ApiRefused as refused:
            talk.say(_("Not enrolled: {why}").format(why=refused))
            talk.sure(_("Once more?"))
            continue
        talk.say(_("Enrolled: the card that ends in {hint}.").format(hint=enrolled["hint"]))
        if enrolled["clonable"]:
            talk.say(_("Warning: anyone who holds this card for a moment can copy it; it proves no key."))
        if enrolled["like_pin"]:
            talk.say(_("Warning: its number is the same as somebody's PIN would be."))
        return


def pin(talk: Talk, api: ApiClient) -> None:
    """Set somebody's PIN."""
    give_pin(talk, api, find(talk, api)["id"])


def give_pin(talk: Talk, api: ApiClient, person: str) -> None:
    """Have a PIN made up, or typed twice, or none."""
    options = [
        Option("made", _("Made by the system, and said once")),
        Option("typed", _("Typed twice")),
        Option("none", _("No PIN")),
    ]
    wanted = talk.choose(_("PIN"), options)
    if wanted == "made":
        talk.say(_("The PIN, said this once: {pin}").format(pin=" ".join(api.make_pin(person))))
    elif wanted == "typed":
        first, second = talk.ask_hidden(_("PIN")), talk.ask_hidden(_("The same again"))
        if first != second:
            talk.say(_("These were two PINs; nothing was changed."))
            return
        api.set_pin(person, first)
        talk.say(_("The PIN is set."))
