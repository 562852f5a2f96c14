"""The words for how a door stands, in the language of the console."""

from datetime import datetime, timedelta
from typing import Final

from accessctl.tui.times import clock, day_and_minute, instant
from accessctl.tui.words import _, to_translate

_WORDS: Final = {
    "locked": to_translate("locked"),
    "unlocked": to_translate("unlocked"),
    "blocked": to_translate("blocked"),
    "locked_down": to_translate("locked down"),
    "held_open": to_translate("held open"),
    "free": to_translate("free"),
    "open": to_translate("open"),
    "closed": to_translate("closed"),
    "unknown": to_translate("unknown"),
    "released": to_translate("released"),
    "secured": to_translate("secured"),
    "forced_open": to_translate("forced open"),
    "fail_safe": to_translate("fail-safe"),
    "fail_secure": to_translate("fail-secure"),
}
_NEAR: Final = timedelta(hours=20)


def word(value: str) -> str:
    """Give the word for a mode, a leaf, a strike, an alarm or a lock; a value without one as it is."""
    known = _WORDS.get(value)
    return value.replace("_", " ") if known is None else _(known)


def short_time(at: str, now: datetime) -> str:
    """Give the hour and minute of what is near, and the day of what is not; of another year with the year."""
    if abs(instant(at) - now) < _NEAR:
        return clock(at)[:5]
    day, today = day_and_minute(at)[:10], day_and_minute(now)[:10]
    return day[5:] if day[:4] == today[:4] else day
