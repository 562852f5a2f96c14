"""The all-day events of a calendar file (iCalendar, RFC 5545), as days that a site file can hold.

Theory. A calendar program says what happens when; a site file says which days are not like others. So only
what takes whole days counts, and each day once: an event of three days is three days, one that repeats is
a day for each time, and of two events on one day the first gives the name.

Rule 1: one event that cannot be understood is left out and said. A file that is no calendar is refused.
Rule 2: nothing is worked out beyond the span that was asked for, since events may repeat without end.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from dateutil.rrule import rrulestr
from icalendar import Calendar, Component
from icalendar.prop import vDDDLists, vDDDTypes, vRecur

from accessctl.config.kinds import Text

LARGEST_FILE: Final = 10 * 1024 * 1024
"""In bytes. Twenty years of a busy office stay below it."""

_LONGEST_NAME: Final = Text().longest
_NO_NAME: Final = "Holiday"
_LONGEST_REASON: Final = 100
_TAKES_WHOLE_DAYS: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_OF_THE_CLOCK: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
"""RFC 5545 forbids them for whole days; some programs write them all the same."""


class CalendarUnreadable(ValueError):
    """The file is no calendar, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are wanted, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Found:
    """What a file has within a span."""

    days: Mapping[date, str]
    """The name of each day, by date and in order."""
    left_out: tuple[str, ...]
    """One line for each thing that could not be taken."""


class _LeftOut(Exception):
    """An event is not taken; the words say why."""


class _NotWanted(Exception):
    """An event lies elsewhere or was called off: there is nothing to say about it."""


def days_of(raw: bytes, span: Span) -> Found:
    """Give the days of a calendar file within a span. Raises ``CalendarUnreadable``."""
    events = _events(raw)
    replaced = _replaced(events)
    days: dict[date, str] = {}
    left_out: list[str] = []
    for event in events:
        name = _name(event)
        try:
            left_out += _entered(days, name, _days(event, span, replaced))
        except _LeftOut as why:
            left_out.append(f"{name}: {why}")
        except _NotWanted:
            continue
    return Found({day: days[day] for day in sorted(days)}, tuple(left_out))


def _events(raw: bytes) -> list[Component]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CalendarUnreadable(f"is not UTF-8 text (line {line})") from error
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except Exception as error:
        # The library promises ValueError alone, but what it reads may have been written by anybody.
        reason = " ".join(str(error).split())[:_LONGEST_REASON]
        raise CalendarUnreadable(f"is no calendar file (iCalendar): {reason}") from error
    if not calendars:
        raise CalendarUnreadable("holds no whole calendar (iCalendar)")
    return [event for calendar in calendars for event in calendar.walk("VEVENT")]


def _replaced(events: Iterable[Component]) -> Mapping[str, set[date]]:
    """Give the repetitions, by the event they belong to, for which another event stands."""
    replaced = defaultdict(set)
    for event in events:
        try:
            replaced[_uid(event)].add(_day(_value(event, "RECURRENCE-ID")))
        except _LeftOut:
            continue
    return replaced


def _entered(days: dict[date, str], name: str, found: Iterable[date]) -> Iterator[str]:
    """Enter the days under a name; give a line for each that goes by another one already."""
    for day in found:
        earlier = days.setdefault(day, name)
        if earlier != name:
            yield f"{name}: {day} is {earlier} already"


def _days(event: Component, span: Span, replaced: Mapping[str, set[date]]) -> Iterator[date]:
    start = _value(event, "DTSTART")
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        raise _NotWanted
    if isinstance(start, datetime):
        if "RRULE" not in event and not span.first <= start.date() <= span.last:
            raise _NotWanted
        raise _LeftOut(f"{start:%Y-%m-%d %H:%M} is not all day")
    first = _day(start)
    length = _length(event, first)
    # What began before the span may last into it.
    starts = _starts(event, first, Span(_earlier(span.first, length - 1), span.last))
    if "RECURRENCE-ID" not in event:
        starts -= replaced.get(_uid(event), set())
    return _spread(sorted(starts), length, span)


def _spread(starts: Iterable[date], length: int, span: Span) -> Iterator[date]:
    """Give every day of the span, once, on which something takes place that is ``length`` days long."""
    reached, end = span.first.toordinal(), span.last.toordinal() + 1
    for start in map(date.toordinal, starts):
        for day in range(max(reached, start), min(start + length, end)):
            yield date.fromordinal(day)
        reached = max(reached, start + length)


def _starts(event: Component, start: date, span: Span) -> set[date]:
    """Give the first day of each time that the event takes place."""
    starts = {start, *_dates(event, "RDATE")}
    for rule in _several(event.get("RRULE")):
        starts |= _repeated(rule, start, span)
    starts -= set(_dates(event, "EXDATE"))
    return {day for day in starts if span.first <= day <= span.last}


def _repeated(rule: object, start: date, span: Span) -> set[date]:
    """Give the first day of each repetition."""
    if not isinstance(rule, vRecur):
        raise _LeftOut("its RRULE cannot be read")
    parts = {part: value for part, value in rule.items() if part not in _OF_THE_CLOCK}
    if parts.get("FREQ", [""])[0] not in _TAKES_WHOLE_DAYS or parts.get("INTERVAL", [1])[0] < 1:
        raise _LeftOut("it repeats as no whole day can")
    last = min(span.last, *map(_day, parts.pop("UNTIL", [span.last])))
    if "COUNT" not in parts:
        # Else a rule that fits no day, such as 30 February, would be tried up to the year 9999.
        parts["UNTIL"] = [last]
    written = vRecur(parts).to_ical().decode()  # type: ignore[no-untyped-call]
    try:
        times = rrulestr(written, dtstart=_midnight(start))
        return {each.date() for each in times.between(_midnight(span.first), _midnight(last), inc=True)}
    except (ValueError, OverflowError) as error:
        raise _LeftOut(f"it repeats in a way that cannot be worked out ({written})") from error


def _length(event: Component, start: date) -> int:
    """Give the number of days; some programs write the same day as start and end of a single one."""
    if "DTEND" in event:
        return max(1, (_day(_value(event, "DTEND")) - start).days)
    if "DURATION" in event:
        lasts = _value(event, "DURATION")
        return max(1, lasts.days) if isinstance(lasts, timedelta) else 1
    return 1


def _value(event: Component, name: str) -> object:
    """Give a date, an instant, a duration, or whatever else stands there."""
    found = event.get(name)
    if not isinstance(found, vDDDTypes):
        raise _LeftOut(f"its {name} cannot be read" if found is not None else f"it has no {name}")
    return found.dt


def _dates(event: Component, name: str) -> Iterator[date]:
    for dates in _several(event.get(name)):
        if not isinstance(dates, vDDDLists):
            raise _LeftOut(f"its {name} cannot be read")
        for each in dates.dts:
            yield _day(each.dt)


def _day(at: object) -> date:
    match at:
        case datetime():
            return at.date()
        case date():
            return at
        case (begin, _):
            return _day(begin)
        case _:
            raise _LeftOut(f"{at} is no date")


def _several(value: Any) -> list[Any]:  # noqa: ANN401 - the library gives one thing, a list of them, or nothing
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _earlier(day: date, days: int) -> date:
    return date.fromordinal(max(1, day.toordinal() - days))


def _uid(event: Component) -> str:
    return str(event.get("UID", ""))


def _name(event: Component) -> str:
    """Make a name that a site file takes: printable, not long, never empty."""
    summary = next(iter(_several(event.get("SUMMARY"))), "")
    printable = "".join(character if character.isprintable() else " " for character in str(summary))
    name = " ".join(printable.split())
    if len(name) > _LONGEST_NAME:
        name = name[: _LONGEST_NAME - 1].rstrip() + "…"
    return name or _NO_NAME
