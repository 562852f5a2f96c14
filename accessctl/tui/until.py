"""Times that lie ahead, as people type them: 90 min, 4h, 18:00, 2026-01-31, 2026-01-31 18:00."""

from datetime import datetime, timedelta

from accessctl.tui.typed_times import DAY, clock_of, day_and_clock_of, length_of, local


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
    if (length := length_of(text)) is not None:
        return here + length
    if (at := clock_of(text, here)) is not None:
        return at if at > here else local(at + timedelta(days=1))
    if DAY.fullmatch(text):
        return (datetime.fromisoformat(text) + timedelta(days=1)).astimezone()
    return day_and_clock_of(text)
