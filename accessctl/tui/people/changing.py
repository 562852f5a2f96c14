"""Changing a person: the form, on and off, forgiving. Each job gives true when something was changed."""

from collections.abc import Mapping
from typing import Any

from accessctl.client import Person
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Confirm
from accessctl.tui.people.facts import Names
from accessctl.tui.people.form import PersonForm
from accessctl.tui.words import _


async def edit(console: Console, person: Person, names: Names) -> bool:
    """Change a person in the form."""

    async def save(changes: Mapping[str, Any]) -> Person:
        return await console.ask(lambda api: api.change_person(person["id"], **changes))

    changed = await console.push_screen_wait(PersonForm(person, names, save))
    if changed is None:
        return False
    console.notify(_("{name} was changed").format(name=changed["name"]), markup=False)
    console.look_again()
    return True


async def switch(console: Console, person: Person) -> bool:
    """Disable a person, or let somebody who is disabled in again."""
    name, disabled = person["name"], person["disabled"]
    if disabled:
        asked = Confirm(
            _("Enable {name}").format(name=name),
            _("Their cards, codes and PIN count again from the next read on."),
            _("Enable"),
        )
    else:
        asked = Confirm(
            _("Disable {name}").format(name=name),
            _("Every door refuses them from the next read on. What they hold stays for when they come back."),
            _("Disable"),
        )
    if not await console.push_screen_wait(asked):
        return False
    done = _("{name} is enabled") if disabled else _("{name} is disabled")
    changed = await console.attempt(
        lambda api: api.change_person(person["id"], disabled=not disabled), done.format(name=name)
    )
    return changed is not None


async def forgive(console: Console, person: Person) -> bool:
    """Forget a person's wrong PINs and codes."""
    done = _("The wrong PINs and codes of {name} are forgotten").format(name=person["name"])
    forgiven = await console.attempt(lambda api: api.forgive_wrong_pins(person["id"]), done)
    return forgiven is not None
