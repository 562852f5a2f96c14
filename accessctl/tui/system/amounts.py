"""Amounts as people read them."""

from datetime import datetime
from typing import Final

from accessctl.tui.times import how_long, instant
from accessctl.tui.words import _

_STEP: Final = 1024
_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")
_WHOLE: Final = 100


def how_large(size: int) -> str:
    """Give a size in bytes in the unit that suits it."""
    amount, unit = float(size), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    written = f"{amount:.0f}" if unit == 0 or amount >= _WHOLE else f"{amount:.1f}"
    return f"{written} {_UNITS[unit]}"


def how_old(at: str | datetime, now: datetime) -> str:
    """Tell how long ago an instant was."""
    then = instant(at) if isinstance(at, str) else at
    return _("{time} ago").format(time=how_long((now - then).total_seconds()))
