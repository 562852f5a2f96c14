"""Lengths of time and instants as people type them; what is meant by them, others say."""

import re
from datetime import datetime, timedelta
from typing import Final

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LENGTH: Final = re.compile(r"(?P<count>[0-9]{1,5})\s*(?P<unit>min|m|h|d|w)")
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_CLOCK: Final = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")
_DAY_AND_CLOCK: Final = re.compile(rf"(?P<day>{DAY.pattern})[ t](?P<clock>[0-9]{{1,2}}:[0-9]{{2}})")


def length_of(text: str) -> timedelta | None:
    """Give the length of time that stands there, in small letters; ``None`` for anything that is none."""
    match = _LENGTH.fullmatch(text)
    return None if match is None else int(match["count"]) * _UNITS[match["unit"]]


def clock_of(text: str, here: datetime) -> datetime | None:
    """Give that time of day, on the day of ``here``. Raises ``ValueError`` for one that no day has."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match["hour"]), int(match["minute"])
    return local(here.replace(hour=hour, minute=minute, second=0, microsecond=0))


def day_and_clock_of(text: str) -> datetime | None:
    """Give that instant, in this machine's zone. Raises ``ValueError`` for one that no calendar has."""
    match = _DAY_AND_CLOCK.fullmatch(text)
    if match is None:
        return None
    return datetime.fromisoformat(f"{match['day']}T{match['clock'].zfill(5)}").astimezone()


def local(at: datetime) -> datetime:
    """Give the same time of day with the offset that holds on that day."""
    return at.replace(tzinfo=None).astimezone()
