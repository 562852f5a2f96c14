"""Letting people go, and deleting them: what was taken, and the receipt."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accessctl.client import Deleted, Left, Person, Receipt
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Confirm, Tell
from accessctl.tui.look import ALARM, GRANTED
from accessctl.tui.times import day_and_clock
from accessctl.tui.words import _, many


async def leave(console: Console, person: Person) -> bool:
    """Take everything from a person that opens doors, and show what that was."""
    name = person["name"]
    words = _(
        "Everything that opens a door for {name} is taken, from the next read on: cards, codes and passes "
        "are revoked, PIN and generator removed, what was lent ends, fingers and faces count no more."
    )
    asked = Confirm(
        _("{name} leaves").format(name=name), words.format(name=name), _("Take it all"), typed=person["id"]
    )
    if not await console.push_screen_wait(asked):
        return False
    left = await console.attempt(lambda api: api.leave(person["id"]))
    if left is None:
        return False
    await console.push_screen_wait(Tell(_("{name} has left").format(name=name), left_in_words(left)))
    return True


async def delete(console: Console, person: Person) -> bool:
    """Delete a person with all they hold, and show the receipt."""
    name = person["name"]
    words = _(
        "{name} is deleted with everything they hold, name and templates included, also from the files. "
        "Nobody can bring them back. The record keeps the pseudonym. Let them leave the building first: no "
        "reader knows them afterwards."
    )
    asked = Confirm(
        _("Delete {name}").format(name=name), words.format(name=name), _("Delete"), typed=person["id"]
    )
    if not await console.push_screen_wait(asked):
        return False
    deleted = await console.attempt(lambda api: api.delete_person(person["id"]))
    if deleted is None:
        return False
    await console.push_screen_wait(Tell(_("{name} is deleted").format(name=name), deleted_in_words(deleted)))
    return True


def left_in_words(left: Left) -> str:
    """Say what was taken, a line for each."""
    lent, templates = left["temporary_access"], left["biometrics"]
    lines = [
        _("disabled now") if left["disabled"] else "",
        _with(many("{count} card", "{count} cards", len(left["cards"])), left["cards"]),
        _with(many("{count} code", "{count} codes", len(left["codes"])), left["codes"]),
        _with(many("{count} pass", "{count} passes", len(left["passes"])), left["passes"]),
        _("PIN") if left["pin"] else "",
        _("code generator") if left["code_generator"] else "",
        _with(many("{count} level that was lent", "{count} levels that were lent", len(lent)), lent),
        _with(many("{count} finger or face", "{count} fingers and faces", len(templates)), templates),
        many("{count} card of an import", "{count} cards of an import", left["pending_cards"])
        if left["pending_cards"]
        else "",
    ]
    taken = "\n".join(f"{GRANTED} {line}" for line in lines if line)
    return taken or _("They had nothing any more.")


def _with(words: str, ids: Sequence[str]) -> str:
    """Add which; nothing where there was none."""
    return f"{words}: {', '.join(ids)}" if ids else ""


def deleted_in_words(deleted: Deleted) -> str:
    """Say what was deleted, with the receipt."""
    lines = list(_receipt(deleted["receipt"]))
    held = [f"{name.replace('_', ' ')}: {count}" for name, count in deleted["held"].items() if count]
    lines.append(_line(_("held"), ", ".join(held) or _("nothing")))
    if deleted["counted_in"] is not None:
        words = _("They are counted in {area} still; no reader knows them any more.")
        lines.append(f"\n{ALARM} {words.format(area=deleted['counted_in'])}")
    return "\n".join(lines)


def _receipt(receipt: Receipt) -> Iterable[str]:
    files = receipt["files"]
    seen = _("searched {count} bytes, nothing found").format(count=files["searched_bytes"])
    yield _line(_("receipt"), receipt["id"])
    yield _line(_("person"), receipt["person"])
    yield _line(_("erased"), day_and_clock(receipt["at"]))
    yield _line(_("by"), receipt["by"])
    if receipt["seq"] is not None:
        yield _line(_("in the record"), str(receipt["seq"]))
    for each in receipt["erased"]:
        yield _line(each["kind"], each["id"])
    if receipt["key_destroyed"]:
        yield _line(_("key destroyed"), receipt["key_destroyed"])
    if receipt["consents_withdrawn"]:
        yield _line(_("consents"), ", ".join(receipt["consents_withdrawn"]))
    yield _line(_("files"), seen if files["clean"] else f"{ALARM} {files['why']}")
    yield from (_sensor(each) for each in receipt["sensors"])
    for copy in receipt["held_by"]:
        words = _("{name} of {when}, until it is deleted")
        yield _line(_("held by"), words.format(name=copy["name"], when=day_and_clock(copy["at"])))


def _sensor(sensor: Mapping[str, Any]) -> str:
    fingers = many("{count} finger", "{count} fingers", sensor["fingers"])
    came = _("forgotten") if sensor["forgotten"] else f"{ALARM} {_('not yet:')} {sensor['why']}"
    return _line(sensor["sensor"], f"{fingers} {came}")


def _line(about: str, said: str) -> str:
    return f"{about:<14} {said}"
