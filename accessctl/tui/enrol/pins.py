"""PINs and duress PINs: made up and shown once, typed twice, or taken away."""

from typing import Final

from accessctl.client import ApiClient, Person, PersonDetails
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Choice, Choose, Confirm
from accessctl.tui.enrol.shown_once import ShownOnce
from accessctl.tui.enrol.type_pin import TypePin
from accessctl.tui.words import _

MADE: Final = "made"
TYPED: Final = "typed"
_DURESS_MADE: Final = "duress-made"
_DURESS_TYPED: Final = "duress-typed"
_REMOVE: Final = "remove"
_REMOVE_DURESS: Final = "remove-duress"
LAST_WAY: Final = "enrol.pin"
"""What the way in which a PIN was given last is remembered as."""


def ways(person: PersonDetails) -> list[Choice]:
    """Give what can be done about somebody's PIN, as it stands."""
    found = [
        Choice(MADE, _("Made up by the system"), _("shown once")),
        Choice(TYPED, _("Typed"), _("twice, hidden")),
    ]
    if person["has_pin"]:
        silent = _("opens, and raises a silent alarm")
        found += [
            Choice(_DURESS_MADE, _("Duress PIN, made up"), silent),
            Choice(_DURESS_TYPED, _("Duress PIN, typed"), silent),
            Choice(_REMOVE, _("Take the PIN away"), _("the duress PIN goes with it")),
        ]
    if person["has_duress_pin"]:
        found.append(Choice(_REMOVE_DURESS, _("Take the duress PIN away")))
    return found


async def change_pin(console: Console, person: Person) -> bool:
    """Ask what is to become of somebody's PIN, and do it."""
    id_, name = person["id"], person["name"]
    details = await console.attempt(lambda api: api.person(id_))
    if details is None:
        return False
    words = _("{name} has a PIN already; it counts no more as soon as another is set.").format(name=name)
    way = await console.push_screen_wait(
        Choose(
            _("PIN of {name}").format(name=name),
            ways(details),
            words if details["has_pin"] else "",
            value=console.remembered.get(LAST_WAY),
        )
    )
    match way:
        case "made" | "typed":
            console.remembered.put(LAST_WAY, way)
            return await give_pin(console, person, way)
        case "duress-made" | "duress-typed":
            return await give_pin(console, person, way.removeprefix("duress-"), duress=True)
        case "remove" | "remove-duress":
            return await _take_away(console, person, duress=way == _REMOVE_DURESS)
        case _:
            return False


async def give_pin(console: Console, person: Person, way: str, *, duress: bool = False) -> bool:
    """Give somebody a PIN: made up and shown once, or typed."""
    if way == MADE:
        return await _make(console, person, duress=duress)
    id_ = person["id"]
    title, words = _titles(person, duress=duress)

    def set_pin(api: ApiClient, pin: str) -> None:
        (api.set_duress_pin if duress else api.set_pin)(id_, pin)

    if not await console.push_screen_wait(TypePin(title, words, set_pin)):
        return False
    console.notify(_("It counts from now on."), title=title, markup=False)
    return True


async def _make(console: Console, person: Person, *, duress: bool) -> bool:
    id_ = person["id"]
    made = await console.attempt(lambda api: api.make_pin(id_, duress=duress))
    if made is None:
        return False
    title, words = _titles(person, duress=duress)
    await console.push_screen_wait(ShownOnce(title, made, words))
    return True


async def _take_away(console: Console, person: Person, *, duress: bool) -> bool:
    id_, name = person["id"], person["name"]
    question = (
        _("Take the duress PIN of {name} away? The PIN stays.")
        if duress
        else _("Take the PIN of {name} away? Where one is asked for, they are refused.")
    ).format(name=name)
    title, _words = _titles(person, duress=duress)
    if not await console.push_screen_wait(Confirm(title, question, _("Take it away"), dangerous=True)):
        return False

    def remove(api: ApiClient) -> bool:
        (api.remove_duress_pin if duress else api.remove_pin)(id_)
        return True

    return bool(await console.attempt(remove, _("It is taken away.")))


def _titles(person: Person, *, duress: bool) -> tuple[str, str]:
    name = person["name"]
    if duress:
        return (
            _("Duress PIN of {name}").format(name=name),
            _("Typed under threat, it opens as the PIN does and raises a silent alarm."),
        )
    return _("PIN of {name}").format(name=name), ""
