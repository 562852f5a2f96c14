"""Times that lie ahead, as people type them: 90 min, 4h, 18:00, 2026-01-31, 2026-01-31 18:00."""

import re
from datetime import datetime, timedelta
from typing import Final

_LENGTH: Final = re.compile(r"(?P<count>[0-9]{1,5})\s*(?P<unit>m|min|h|d|w)")
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_CLOCK: Final = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_AND_CLOCK: Final = re.compile(rf"{_DAY.pattern}[ t][0-9]{{1,2}}:[0-9]{{2}}")


def until_of(typed: str, now: datetime) -> datetime | None:
    """Give the instant that was typed, aware, in this machine's zone; ``None`` for anything that is none.

    A day alone means its end. A time of day that has passed means tomorrow's.
    """
    text, here = typed.strip().lower(), now.astimezone()
    try:
        found = _until(text, here)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found > here else None


def _until(text: str, here: datetime) -> datetime | None:
    if match := _LENGTH.fullmatch(text):
        return here + int(match["count"]) * _UNITS[match["unit"]]
    if match := _CLOCK.fullmatch(text):
        at = here.replace(hour=int(match["hour"]), minute=int(match["minute"]), second=0, microsecond=0)
        at = _local(at)
        return at if at > here else _local(at + timedelta(days=1))
    if _DAY.fullmatch(text):
        return (datetime.fromisoformat(text) + timedelta(days=1)).astimezone()
    if _DAY_AND_CLOCK.fullmatch(text):
        day, clock = re.split("[ t]", text)
        return datetime.fromisoformat(f"{day}T{clock.zfill(5)}").astimezone()
    return None


def _local(at: datetime) -> datetime:
    """Give the same time of day with the offset that holds on that day."""
    return at.replace(tzinfo=None).astimezone()
