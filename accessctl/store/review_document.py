"""What a signed review says: its document, read whole or not at all.

Whoever has the file can put anything in the place of what was signed. So it is looked through here, once, and
whoever shows a review finds in it what they look for.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from accessctl.evidence.canonical import canonical

FORMAT: Final = "accessctl-access-review/1"
Fits = Callable[[object], bool]


class NoReview(ValueError):
    """A text that nobody signed as a review."""


@dataclass(frozen=True, slots=True)
class ReviewDocument:
    """What an owner signed."""

    area: str
    period: str
    operator: str
    at: datetime
    people: tuple[Mapping[str, Any], ...] = field(repr=False)
    """Everybody who had access: ``person``, ``rights``, ``can_show_something`` and ``decision``."""


def review_document(text: str) -> ReviewDocument:
    """Read a document. Raises ``NoReview`` unless every member is as this program signs it."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise NoReview("it is no JSON") from None
    if not _document(said):
        raise NoReview("it has not the members of a review")
    try:
        written = canonical(said)
    except ValueError:
        raise NoReview("it is no canonical JSON") from None
    if written != text.encode():
        raise NoReview("it is no canonical JSON")
    at = datetime.fromisoformat(said["at"])
    return ReviewDocument(said["area"], said["period"], said["operator"], at, tuple(said["people"]))


# ---------------------------------------------------------------------------------------- inside


def _text(value: object) -> bool:
    return isinstance(value, str)


def _one_of(*words: str) -> Fits:
    return lambda value: value in words


def _instant(value: object) -> bool:
    """Whether it is an instant in UTC as this program writes them."""
    if not isinstance(value, str):
        return False
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return False
    return at.utcoffset() == timedelta() and at.isoformat() == value


def _list_of(fits: Fits) -> Fits:
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _members(**wanted: Fits) -> Fits:
    """Give what says of a value whether it has these members, each as it should be, and no others."""

    def fits(value: object) -> bool:
        return (
            isinstance(value, dict)
            and value.keys() == wanted.keys()
            and all(fits(value[name]) for name, fits in wanted.items())
        )

    return fits


def _by_schedules(value: object) -> bool:
    return isinstance(value, dict) and all(map(_list_of(_text), value.values()))


_right: Final = _members(by=_one_of("role", "group"), id=_text, level=_text, access_points=_by_schedules)
_loan: Final = _members(
    by=_one_of("loan"),
    id=_text,
    level=_text,
    access_points=_by_schedules,
    until=lambda value: value is None or _instant(value),
)
_person: Final = _members(
    person=_text,
    rights=_list_of(lambda value: _right(value) or _loan(value)),
    can_show_something=lambda value: isinstance(value, bool),
    decision=_one_of("keep", "strike"),
)
_document: Final = _members(
    format=_one_of(FORMAT),
    area=_text,
    area_name=_text,
    rules=_text,
    access_points=_list_of(_text),
    people=_list_of(_person),
    period=_text,
    operator=_text,
    at=_instant,
)
