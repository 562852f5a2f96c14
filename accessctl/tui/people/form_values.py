"""What was typed into the form of a person, as changes of the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from accessctl.client import Person
from accessctl.tui.times import day_and_minute
from accessctl.tui.until import until_of
from accessctl.tui.words import _

_DAY: Final = len("2026-01-31")


class FieldWrong(ValueError):
    """What was typed in a field means nothing."""

    def __init__(self, field: str, words: str) -> None:
        """Keep which field, by the API's name."""
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in the form."""

    name: str
    roles: frozenset[str]
    groups: frozenset[str]
    valid_from: str = ""
    valid_until: str = ""
    uses_total: str = ""
    uses_a_day: str = ""
    exempt: bool = False
    extended: bool = False


def said_of(person: Person) -> Said:
    """Give what stands in the form before anything is typed."""
    return Said(
        person["name"],
        frozenset(person["roles"]),
        frozenset(person["groups"]),
        day_and_minute(person["valid_from"]),
        day_and_minute(person["valid_until"]),
        _number(person["uses_total"]),
        _number(person["uses_a_day"]),
        person["exempt"],
        person["extended"],
    )


def changes_of(person: Person, said: Said, now: datetime) -> dict[str, Any]:
    """Give what was changed, by the API's names. Raises ``FieldWrong``.

    A field that was left as it was is not among it, so that seconds that the form does not show stay.
    """
    was, changes = said_of(person), dict[str, Any]()
    if said.name.strip() != was.name:
        changes["name"] = said.name.strip()
    for field in ("roles", "groups"):
        before, after = person[field], getattr(said, field)
        if after != frozenset(before):
            kept = [each for each in before if each in after]
            changes[field] = kept + sorted(after.difference(before))
    for field in ("valid_from", "valid_until"):
        if (typed := getattr(said, field).strip()) != getattr(was, field):
            changes[field] = _moment(field, typed, now)
    for field in ("uses_total", "uses_a_day"):
        if (typed := getattr(said, field).strip()) != getattr(was, field):
            changes[field] = _count(field, typed)
    for flag in ("exempt", "extended"):
        if getattr(said, flag) != getattr(was, flag):
            changes[flag] = getattr(said, flag)
    return changes


def _moment(field: str, typed: str, now: datetime) -> str | None:
    if not typed:
        return None
    moment = moment_of(typed, now, ends=field == "valid_until")
    if moment is None:
        raise FieldWrong(field, _("This is no time, such as 4h, 18:00, 2026-01-31 or 2026-01-31 18:00."))
    return moment.isoformat()


def moment_of(typed: str, now: datetime, *, ends: bool) -> datetime | None:
    """Give the instant that was typed, aware; also one that has passed. ``ends``: a day means its end."""
    text = typed.strip()
    try:
        moment = datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        return until_of(text, now)
    return moment + timedelta(days=1) if ends and len(text) == _DAY else moment


def _count(field: str, typed: str) -> int | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit()):
        raise FieldWrong(field, _("This is a number, or empty for as often as they like."))
    return int(typed)


def _number(count: int | None) -> str:
    return "" if count is None else str(count)
