"""People as rows of a table."""

from datetime import datetime
from typing import Final

from accessctl.client import Person
from accessctl.tui.lines import Cell, Column, Row
from accessctl.tui.look import ALARM, GRANTED, NOTHING, REFUSED, Look, Tone
from accessctl.tui.times import day_and_minute, instant
from accessctl.tui.words import _

COLUMNS: Final = (
    Column(_("Name")),
    Column(_("State"), 10),
    Column(_("Roles"), from_width=52),
    Column(_("Groups"), 14, from_width=104),
    Column(_("Cards"), 5, from_width=64),
    Column(_("PIN"), 4, from_width=70),
    Column(_("Until"), 16, from_width=88),
    Column(_("Id"), 12, from_width=78),
)
_PLAIN: Final = Look("", "", Tone.PLAIN)


def row_of(person: Person, now: datetime) -> Row:
    """Put a person in a row."""
    state = state_of(person, now)
    quiet = Tone.DIM if state.words else Tone.PLAIN
    cards = person["active_cards"]
    return (
        Cell(person["name"], quiet),
        Cell(str(state), state.tone),
        Cell(", ".join(person["roles"]), quiet),
        Cell(", ".join(person["groups"]), Tone.DIM),
        Cell(f"{cards:>4}", quiet) if cards else Cell(f"{NOTHING:>4}", Tone.WARN),
        Cell(_("yes") if person["has_pin"] else NOTHING, Tone.DIM),
        Cell(day_and_minute(person["valid_until"]), quiet),
        Cell(person["id"], Tone.DIM),
    )


def state_of(person: Person, now: datetime) -> Look:
    """Tell what keeps a person from passing anywhere; no words where nothing does."""
    if person["disabled"]:
        return Look(REFUSED, _("disabled"), Tone.BAD)
    until, since = person["valid_until"], person["valid_from"]
    if until is not None and instant(until) <= now:
        return Look(REFUSED, _("expired"), Tone.BAD)
    if since is not None and instant(since) > now:
        return Look(ALARM, _("not yet"), Tone.WARN)
    return _PLAIN


def state_in_words(person: Person, now: datetime) -> Look:
    """Tell how a person stands, also when all is well."""
    found = state_of(person, now)
    return found if found.words else Look(GRANTED, _("counts"), Tone.GOOD)
