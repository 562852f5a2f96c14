"""What the rules remember, as rows of the record: each fact a name, a key and JSON.

The rules' values are written out field by field here, so that a row of an older version can be told from a
damaged one; a row that cannot be read is left out and reported, never guessed.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from policies.door_modes import DoorMode, Override
from policies.ids import AreaId, MemberId, PersonId
from policies.instants import in_utc
from policies.memory import Change, Memory, Muster, Stay, Sureness, Uses
from policies.tries import Tries

Row = tuple[str, str, str | None]
"""A table of the memory, a key of it, and the value in JSON; ``None``: the fact is gone."""

log = logging.getLogger(__name__)

_DAMAGED: Final = (ValueError, TypeError, LookupError, ArithmeticError, RecursionError)
"""What a row can raise that is not what was written."""
_encode: Final = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


def rows_of(changes: Iterable[Change]) -> tuple[Row, ...]:
    """Write changes of the memory as rows."""
    return tuple(
        (name, str(key), None if value is None else _encode(_WRITE[name](value)))
        for name, key, value in changes
    )


def remember(memory: Memory, rows: Iterable[tuple[str, str, str]]) -> int:
    """Fill a memory from rows, and give how many could not be read.

    What it knows already stays, being newer; of what only ever rises the higher one does.
    """
    unreadable = 0
    for name, key, value in rows:
        try:
            fact = _READ[name](json.loads(value))
        except _DAMAGED as error:
            log.error("what the rules remembered of %s %s cannot be read: %r", name, key, error)  # noqa: TRY400
            unreadable += 1
        else:
            known: dict[Any, Any] = getattr(memory, name)
            known[key] = _FURTHER[name](known[key], fact) if key in known else fact
    return unreadable


def _write_stay(stay: Stay) -> object:
    return {
        "area": stay.area,
        "entered": [[area, at.isoformat()] for area, at in stay.entered],
        "members": list(stay.members),
        "forgiven": stay.forgiven,
        "sureness": stay.sureness.value,
    }


def _read_stay(said: Mapping[str, Any]) -> Stay:
    entered = tuple((AreaId(_text(area)), _instant(at)) for area, at in said["entered"])
    stay = Stay(
        AreaId(_text(said["area"])),
        entered,
        tuple(MemberId(_text(member)) for member in said["members"]),
        forgiven=_flag(said["forgiven"]),
        sureness=Sureness(said["sureness"]),
    )
    if entered[0][0] != stay.area:
        raise ValueError("somebody is where they never came in")
    return stay


def _write_override(override: Override) -> object:
    until = None if override.until is None else override.until.isoformat()
    return {"mode": override.mode.value, "until": until, "operator": override.operator}


def _read_override(said: Mapping[str, Any]) -> Override:
    until = said["until"]
    return Override(
        DoorMode(said["mode"]),
        None if until is None else _instant(until),
        _text(said["operator"]),
    )


def _write_muster(muster: Muster) -> object:
    return {
        "since": muster.since.isoformat(),
        "expected": sorted(muster.expected),
        "safe": sorted(muster.safe),
    }


def _read_muster(said: Mapping[str, Any]) -> Muster:
    return Muster(
        _instant(said["since"]),
        frozenset(PersonId(_text(person)) for person in said["expected"]),
        frozenset(PersonId(_text(person)) for person in said["safe"]),
    )


def _write_tries(tries: Tries) -> object:
    until = None if tries.until is None else tries.until.isoformat()
    return {"failed": tries.failed, "at": tries.at.isoformat(), "until": until}


def _read_tries(said: Mapping[str, Any]) -> Tries:
    until = said["until"]
    return Tries(_counted(said["failed"]), _instant(said["at"]), None if until is None else _instant(until))


def _read_uses(said: Any) -> Uses:  # noqa: ANN401 - whatever the row holds
    total, today, day = said
    uses = Uses(_whole(total), _whole(today), date.fromisoformat(day))
    if not 0 <= uses.today <= uses.total:
        raise ValueError(f"{uses.today} uses of {uses.total} cannot be")
    return uses


def _as_it_is(value: object) -> object:
    return value


def _instant(text: str) -> datetime:
    """Read an instant. Raises ``ValueError`` for one without an offset, which no rule could compare."""
    return in_utc(datetime.fromisoformat(text))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    return value


def _counted(value: object) -> int:
    if _whole(value) < 0:
        raise ValueError(f"{value} is below nothing")
    return _whole(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


_WRITE: Final[Mapping[str, Callable[[Any], object]]] = {
    "stays": _write_stay,
    "uses": lambda uses: [uses.total, uses.today, uses.day.isoformat()],
    "seen": lambda at: at.isoformat(),
    "escorts": _as_it_is,
    "overrides": _write_override,
    "lockdowns": _as_it_is,
    "freed": _as_it_is,
    "armed": _as_it_is,
    "numbers": _as_it_is,
    "muster": _write_muster,
    "marks": _as_it_is,
    "spent": _as_it_is,
    "tries": _write_tries,
}
_READ: Final[Mapping[str, Callable[[Any], object]]] = {
    "stays": _read_stay,
    "uses": _read_uses,
    "seen": _instant,
    "escorts": _text,
    "overrides": _read_override,
    "lockdowns": _text,
    "freed": _text,
    "armed": _text,
    "numbers": _whole,
    "muster": _read_muster,
    "marks": _counted,
    "spent": _counted,
    "tries": _read_tries,
}


def _newer(known: object, _stored: object) -> object:
    return known


def _worse(known: Tries, stored: Tries) -> Tries:
    ends = [until for until in (known.until, stored.until) if until is not None]
    return Tries(max(known.failed, stored.failed), max(known.at, stored.at), max(ends, default=None))


_FURTHER: Final[Mapping[str, Callable[[Any, Any], object]]] = {
    **dict.fromkeys(_READ, _newer),
    "marks": max,
    "spent": max,
    "tries": _worse,
}
"""What holds of a fact that is known already and stands in the record as well."""
