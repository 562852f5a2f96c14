"""Generators of one-time codes: made and confirmed, confirmed later, or taken away."""

from typing import Final

from accessctl.client import ApiClient, CodeGenerator, Person
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Choice, Choose, Confirm
from accessctl.tui.enrol.show_generator import ShowGenerator
from accessctl.tui.words import _

_CONFIRM: Final = "confirm"
_ANOTHER: Final = "another"
_REMOVE: Final = "remove"


def what_to_do(state: str) -> list[Choice]:
    """Give what can be done about a generator that is there (``Person.code_generator``)."""
    found = [
        Choice(_ANOTHER, _("Make another"), _("the one that is there counts no more")),
        Choice(_REMOVE, _("Take it away"), _("one-time codes count no more")),
    ]
    if state == "unconfirmed":
        found.insert(0, Choice(_CONFIRM, _("Confirm it"), _("by a code that it shows")))
    return found


async def change_generator(console: Console, person: Person) -> bool:
    """Make a generator; where there is one, ask what is to become of it."""
    id_, name = person["id"], person["name"]
    now = await console.attempt(lambda api: api.person(id_))
    if now is None:
        return False
    way: str | None = _ANOTHER
    if now["code_generator"] != "none":
        way = await console.push_screen_wait(
            Choose(_("Code generator of {name}").format(name=name), what_to_do(now["code_generator"]))
        )
    match way:
        case "another":
            made = await console.attempt(lambda api: api.make_generator(id_))
            return False if made is None else await _shown(console, person, made)
        case "confirm":
            return await _shown(console, person, None)
        case "remove":
            return await _take_away(console, person)
        case _:
            return False


async def _shown(console: Console, person: Person, made: CodeGenerator | None) -> bool:
    """Show it until it is confirmed. What was made is there, confirmed or not."""
    name = person["name"]
    confirmed = await console.push_screen_wait(ShowGenerator(person, made))
    if confirmed:
        console.notify(_("The code generator of {name} counts from now on.").format(name=name), markup=False)
        console.look_again()
    else:
        console.notify(
            _("The code generator of {name} does not count: no code has confirmed it.").format(name=name),
            severity="warning",
            markup=False,
        )
    return bool(confirmed) or made is not None


async def _take_away(console: Console, person: Person) -> bool:
    id_, name = person["id"], person["name"]
    question = _("Take the code generator of {name} away?").format(name=name)
    if not await console.push_screen_wait(
        Confirm(_("Code generator"), question, _("Take it away"), dangerous=True)
    ):
        return False

    def remove(api: ApiClient) -> bool:
        api.remove_generator(id_)
        return True

    return bool(await console.attempt(remove, _("It is taken away.")))
