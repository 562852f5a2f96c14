"""Instants as people read them: in this machine's time zone."""

from datetime import UTC, datetime, timedelta
from typing import Final

_CLOCK: Final = "%H:%M:%S"
_DAY: Final = "%Y-%m-%d"


def instant(at: str) -> datetime:
    """Give an instant of the API, aware."""
    return datetime.fromisoformat(at)


def clock(at: str | datetime | None) -> str:
    """Give the time of day, to the second; nothing for no instant."""
    return "" if at is None else _local(at).strftime(_CLOCK)


def day_and_clock(at: str | datetime | None) -> str:
    """Give day and time of day, to the second; nothing for no instant."""
    return "" if at is None else _local(at).strftime(f"{_DAY} {_CLOCK}")


def day_and_minute(at: str | datetime | None) -> str:
    """Give day and time of day, to the minute; nothing for no instant."""
    return "" if at is None else _local(at).strftime(f"{_DAY} %H:%M")


def when(at: str | datetime | None, now: datetime) -> str:
    """Give the time of day for what was within a day, and the day as well for anything older."""
    if at is None:
        return ""
    local = _local(at)
    near = abs(now.astimezone(UTC) - local.astimezone(UTC)) < timedelta(hours=20)
    return local.strftime(_CLOCK) if near else local.strftime(f"{_DAY} %H:%M")


def how_long(seconds: float) -> str:
    """Give a length of time in its two largest units: ``3 h 05 min``."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {left:02d} s" if minutes else f"{left} s"


def _local(at: str | datetime) -> datetime:
    return (instant(at) if isinstance(at, str) else at).astimezone()
