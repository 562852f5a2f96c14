"""What is asked before operators and their logins are changed."""

import re
from typing import Final

from accessctl.client import MadeLogin, Operator
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Ask, Confirm
from accessctl.tui.enrol.choose_some import ChooseSome
from accessctl.tui.system.operator_view import role_choices
from accessctl.tui.system.shown_once import ShownOnce
from accessctl.tui.words import _

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def why_no_id(typed: str) -> str | None:
    """Say why something is no id; ``None`` for one that is."""
    if typed and not _ID.fullmatch(typed):
        return _("Small letters, digits and hyphens, such as otto or maria-q.")
    return None


async def new_operator(console: Console) -> bool:
    """Add an operator, and let them log in if that is wanted at once; true when one was added."""
    words = _("The id stands in the record for good, and is what they log in with.")
    id_ = await console.push_screen_wait(
        Ask(_("New operator: id"), words, placeholder="otto", check=why_no_id)
    )
    if id_ is None:
        return False
    name = await console.push_screen_wait(Ask(_("Name of {operator}").format(operator=id_)))
    if name is None:
        return False
    roles = await _roles(console, id_, [])
    if roles is None:
        return False
    done = _("{operator} is added").format(operator=id_)
    if await console.attempt(lambda api: api.add_operator(id_, name, roles), done=done) is None:
        return False
    words = _("A password, which you tell them, and a code generator, which they scan now.")
    ask = Confirm(_("Let {operator} log in?").format(operator=id_), words, _("Give a password"))
    if await console.push_screen_wait(ask):
        await give_login(console, id_)
    return True


async def change_roles(console: Console, operator: Operator) -> bool:
    """Change what an operator may do; true when that was done."""
    id_ = operator["id"]
    roles = await _roles(console, id_, operator["roles"])
    if roles is None or roles == operator["roles"]:
        return False
    done = _("{operator} is {roles} now").format(operator=id_, roles=", ".join(roles))
    return await console.attempt(lambda api: api.change_operator(id_, roles=roles), done=done) is not None


async def _roles(console: Console, operator: str, now: list[str]) -> list[str] | None:
    title = _("Roles of {operator}").format(operator=operator)
    needed = _("An operator has one role at least.")
    return await console.push_screen_wait(ChooseSome(title, role_choices(console.rights), now, needed=needed))


async def give_login(console: Console, operator: str) -> bool:
    """Give an operator a password and a code generator, which is shown once; true when that was done."""
    title = _("Password of {operator}").format(operator=operator)
    words = _("Ten characters at least, and not what somebody would try first. What they had counts no more.")
    password = await ask_twice(console, title, words)
    if password is None:
        return False
    made = await console.attempt(lambda api: api.set_login(operator, password))
    if made is None:
        return False
    await console.push_screen_wait(shown_generator(operator, made))
    return True


async def ask_twice(console: Console, title: str, words: str) -> str | None:
    """Ask for a new password twice; ``None`` when nobody wanted to answer."""
    first = await console.push_screen_wait(Ask(title, words, secret=True))
    if first is None:
        return None

    def other(typed: str) -> str | None:
        return None if typed == first else _("It is not the same as before.")

    return await console.push_screen_wait(Ask(title, _("Once more."), secret=True, check=other))


def shown_generator(operator: str, made: MadeLogin) -> ShownOnce:
    """Show a code generator, once."""
    title = _("Code generator of {operator}").format(operator=operator)
    words = _("They scan it with an authenticator, or type the secret in. It is not shown again.")
    lines = ((_("Secret"), made["secret"]), (_("Address"), made["uri"]))
    return ShownOnce(title, words, lines, made["uri"])
