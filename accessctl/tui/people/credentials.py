"""What is taken from people or made for them without a reader: revoking, codes for visitors."""

from collections.abc import Callable
from typing import Any, Final

from accessctl.client import ApiClient, ApiError, MadeCode, Person
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Ask, AskUntil, Choice, Choose, Confirm, Tell
from accessctl.tui.people.asking import dossier_of
from accessctl.tui.people.facts import Dossier
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _

PIN, DURESS_PIN, GENERATOR = "pin", "duress-pin", "generator"
_REASONS: Final = ("lost", "stolen", "damaged", "revoked")
_ANYWHERE: Final = "*"


async def revoke(console: Console, person: Person) -> bool:
    """Choose one of the things that a person shows or types, and let it count no more."""
    try:
        dossier = await console.ask(lambda api: dossier_of(api, person["id"], console.rights, whole=False))
    except ApiError as error:
        console.say_why(error)
        return False
    title = _("Revoke of {name}").format(name=person["name"])
    choices = revocable(dossier)
    if not choices:
        await console.push_screen_wait(Tell(title, _("They hold nothing that could be revoked.")))
        return False
    chosen = await console.push_screen_wait(Choose(title, choices))
    if chosen is None:
        return False
    kind, _colon, id_ = chosen.partition(":")
    words = next(choice.words for choice in choices if choice.value == chosen)
    reason = await _reason(console, kind, words)
    if reason is None:
        return False
    ask = _CALLS[kind](person["id"], id_, reason)
    done = _("{what} of {name} counts no more").format(what=words, name=person["name"])
    return await console.attempt(lambda api: ask(api) or True, done) is not None


def revocable(dossier: Dossier) -> list[Choice]:
    """Give all that can be taken from a person."""
    person = dossier.person
    cards = [
        Choice(f"card:{card['id']}", _("card …{hint}").format(hint=card["hint"]), card["technology"])
        for card in dossier.cards or ()
        if card["status"] == "active"
    ]
    codes = [
        Choice(f"code:{code['id']}", _("code"), code["label"] or _("kept in the head"))
        for code in dossier.codes or ()
        if code["status"] == "active"
    ]
    passes = [
        Choice(f"pass:{each['id']}", _("pass …{hint}").format(hint=each["hint"]), each["label"] or "")
        for each in dossier.passes or ()
        if each["status"] == "active"
    ]
    biometrics = [
        Choice(f"biometric:{each['id']}", each["kind"], _("counts no more, and is not erased"))
        for each in dossier.biometrics or ()
        if not each["disabled"]
    ]
    secrets = [
        (PIN, _("PIN"), person["has_pin"], _("and the one under threat with it")),
        (DURESS_PIN, _("PIN under threat"), person["has_duress_pin"], _("the PIN stays")),
        (GENERATOR, _("code generator"), person["code_generator"] != "none", ""),
    ]
    typed = [Choice(kind, words, more) for kind, words, held, more in secrets if held]
    return [*cards, *codes, *passes, *typed, *biometrics]


_Call = Callable[[ApiClient], Any]
_CALLS: Final[dict[str, Callable[[str, str, str], _Call]]] = {
    "card": lambda _person, id_, reason: lambda api: api.revoke_card(id_, reason),
    "code": lambda _person, id_, reason: lambda api: api.revoke_code(id_, reason),
    "pass": lambda _person, id_, reason: lambda api: api.revoke_pass(id_, reason),
    "biometric": lambda _person, id_, _reason: lambda api: api.disable_biometric(id_, disabled=True),
    PIN: lambda person, _id, _reason: lambda api: api.remove_pin(person),
    DURESS_PIN: lambda person, _id, _reason: lambda api: api.remove_duress_pin(person),
    GENERATOR: lambda person, _id, _reason: lambda api: api.remove_generator(person),
}


async def _reason(console: Console, kind: str, words: str) -> str | None:
    """Ask why, where the record keeps that; else whether it is meant."""
    if kind in {"card", "code", "pass"}:
        said = {
            "lost": _("lost"),
            "stolen": _("stolen"),
            "damaged": _("damaged"),
            "revoked": _("any other reason"),
        }
        choices = [Choice(reason, said[reason]) for reason in _REASONS]
        return await console.push_screen_wait(Choose(_("Why is {what} revoked?").format(what=words), choices))
    asked = Confirm(words, _("It counts no more from the next read on."), _("Take it away"), dangerous=True)
    return "revoked" if await console.push_screen_wait(asked) else None


async def make_code(console: Console, person: Person) -> bool:
    """Make a code for a visitor or for once: until when, where, how often. Its digits are shown this once."""
    name = person["name"]
    until = await console.push_screen_wait(
        AskUntil(
            _("A code for {name}").format(name=name),
            _("It is typed at a keypad. Until when does it count?"),
            now=console.now(),
            value="1d",
        )
    )
    if until is None:
        return False
    point = await _where(console)
    if point is None:
        return False
    uses = await console.push_screen_wait(
        Ask(
            _("How often?"),
            _("So often does it let somebody in; 0: as often as they like."),
            value="1",
            check=_check_count,
        )
    )
    if uses is None:
        return False
    wanted = {
        "valid_until": until.isoformat(),
        "access_points": None if point == _ANYWHERE else [point],
        "uses": int(uses) or None,
    }
    made = await console.attempt(lambda api: api.make_codes(person["id"], **wanted))
    if not made:
        return False
    await console.push_screen_wait(Tell(_("A code for {name}").format(name=name), code_in_words(made[0])))
    return True


async def _where(console: Console) -> str | None:
    """Ask at which keypad it counts."""
    readers = console.standing.status["readers"] if console.standing.status else []
    points = {each["access_point"]: each["name"] for each in readers}
    choices = [
        Choice(_ANYWHERE, _("Wherever they may pass")),
        *(Choice(point, name, point) for point, name in sorted(points.items())),
    ]
    return await console.push_screen_wait(Choose(_("Where does it count?"), choices))


def _check_count(line: str) -> str | None:
    return None if line.isascii() and line.isdigit() else _("This is a number.")


def code_in_words(code: MadeCode) -> str:
    """Show a code that was just made, in groups that can be read out."""
    digits, size = code["code"], 3
    grouped = (
        " ".join(digits[at : at + size] for at in range(0, len(digits), size))
        if len(digits) % size == 0
        else digits
    )
    where = ", ".join(code["access_points"] or [_("wherever they may pass")])
    often = _("as often as they like") if code["uses"] is None else f"{code['uses']} ×"
    return "\n".join(
        (
            f"      {grouped}",
            "",
            _("until {when}").format(when=day_and_minute(code["valid_until"])),
            f"{often}, {where}",
            "",
            _("The digits are shown only now, and stored nowhere."),
        )
    )
