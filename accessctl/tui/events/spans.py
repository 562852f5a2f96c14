"""From when until when: as one types it, and as one says it in a word."""

import re
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from accessctl.tui.typed_times import DAY, clock_of, day_and_clock_of, length_of, local
from accessctl.tui.words import _

_MONTH: Final = re.compile(r"[0-9]{4}-[0-9]{2}")
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
        if DAY.fullmatch(text):
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
    if (length := length_of(text)) is not None:
        return here - length
    if (at := clock_of(text, here)) is not None:
        return at if at <= here else local(at - timedelta(days=1))
    return day_and_clock_of(text)


def midnight(day: date) -> datetime:
    """Give the first instant of a day here."""
    return datetime.combine(day, datetime.min.time()).astimezone()


def _back(day: date, days: int) -> date:
    return day - timedelta(days=days)


def _days(first: date, behind: date) -> Span:
    return Span(midnight(first), midnight(behind))
