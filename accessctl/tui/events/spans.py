"""From when until when: as one types it, and as one says it in a word."""

import re
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from accessctl.tui.words import _

_AGO: Final = re.compile(r"(?P<count>[0-9]{1,5})\s*(?P<unit>min|m|h|d|w)")
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_CLOCK: Final = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH: Final = re.compile(r"[0-9]{4}-[0-9]{2}")
_DAY_AND_CLOCK: Final = re.compile(rf"{_DAY.pattern}[ T][0-9]{{1,2}}:[0-9]{{2}}")
_DAYS_OF_LAST: Final = 7


class Span(NamedTuple):
    """A stretch of time: its first instant, and the first one behind it; ``None`` where it has no end."""

    since: datetime | None
    until: datetime | None


class NamedSpan(NamedTuple):
    """A stretch that has a name."""

    id: str
    """What one may type for it, besides its words."""
    words: str
    span: Span


def named_spans(now: datetime) -> tuple[NamedSpan, ...]:
    """Give the stretches that have a name, as they are now, in this machine's zone."""
    today = now.astimezone().date()
    week = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    return (
        NamedSpan("hour", _("the last hour"), Span(now - timedelta(hours=1), None)),
        NamedSpan("today", _("today"), Span(midnight(today), None)),
        NamedSpan("yesterday", _("yesterday"), _days(today - timedelta(days=1), today)),
        NamedSpan("7days", _("the last 7 days"), Span(midnight(_back(today, _DAYS_OF_LAST)), None)),
        NamedSpan("week", _("this week"), Span(midnight(week), None)),
        NamedSpan("lastweek", _("last week, Monday to Sunday"), _days(_back(week, 7), week)),
        NamedSpan("month", _("this month"), Span(midnight(month), None)),
        NamedSpan("lastmonth", _("last month"), _days(last_month, month)),
    )


def stretch_of(typed: str, now: datetime) -> Span | None:
    """Give the stretch that was typed: a day or month as a whole, else from an instant on; or ``None``."""
    text = typed.strip().lower()
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text)
            return _days(day, day + timedelta(days=1))
        if _MONTH.fullmatch(text):
            first = date.fromisoformat(f"{text}-01")
            return _days(first, (first + timedelta(days=32)).replace(day=1))
        at = _instant(text, now.astimezone())
    except (ValueError, OverflowError):
        return None
    return None if at is None else Span(at, None)


def _instant(text: str, here: datetime) -> datetime | None:
    if match := _AGO.fullmatch(text):
        return here - int(match["count"]) * _UNITS[match["unit"]]
    if match := _CLOCK.fullmatch(text):
        at = here.replace(hour=int(match["hour"]), minute=int(match["minute"]), second=0, microsecond=0)
        return _local(at if at <= here else at - timedelta(days=1))
    if _DAY_AND_CLOCK.fullmatch(text):
        day, clock = re.split("[ t]", text)
        return datetime.fromisoformat(f"{day}T{clock.zfill(5)}").astimezone()
    return None


def midnight(day: date) -> datetime:
    """Give the first instant of a day here."""
    return datetime.combine(day, datetime.min.time()).astimezone()


def _back(day: date, days: int) -> date:
    return day - timedelta(days=days)


def _days(first: date, behind: date) -> Span:
    return Span(midnight(first), midnight(behind))


def _local(at: datetime) -> datetime:
    """Give the same time of day with the offset that holds on that day."""
    return at.replace(tzinfo=None).astimezone()
