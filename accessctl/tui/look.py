"""How things look: a word, a mark and a tone for each state. The tone alone never says anything."""

import locale
import os
from enum import StrEnum
from typing import Any, Final, NamedTuple

from accessctl.tui.words import _, to_translate


class Tone(StrEnum):
    """What a colour stands for; each theme has its own colour for it."""

    PLAIN = "plain"
    DIM = "dim"
    STRONG = "strong"
    GOOD = "good"
    NOTE = "note"
    WARN = "warn"
    BAD = "bad"
    ALARM = "alarm"


class Look(NamedTuple):
    """How something looks."""

    mark: str
    words: str
    tone: Tone

    def __str__(self) -> str:
        """Give mark and words."""
        return f"{self.mark} {self.words}" if self.mark else self.words


def few_marks() -> bool:
    """Tell a terminal that has no more than the letters: the Linux console, or one that is not in UTF-8."""
    return (
        os.environ.get("TERM") == "linux"
        or "utf" not in locale.getpreferredencoding(do_setlocale=False).lower()
    )


_FEW: Final = few_marks()


def mark(one: str, instead: str) -> str:
    """Give a mark, or what stands for it where the terminal may not have it."""
    return instead if _FEW else one


ALARM: Final = mark("▲", "!")
GRANTED: Final = mark("✓", "+")
REFUSED: Final = mark("✗", "x")
LIVE: Final = mark("●", "*")
GONE: Final = mark("○", "o")
UNSURE: Final = mark("≈", "~")
DOTS: Final = mark("…", "..")
NOTHING: Final = mark("–", "-")
ENTER: Final = mark("⏎", "enter")

_DOOR_LOOKS: Final = {
    "alarm": Look(ALARM, to_translate("ALARM"), Tone.ALARM),
    "open": Look(mark("◨", "/"), to_translate("OPEN"), Tone.WARN),
    "free": Look(mark("⇔", "="), to_translate("FREE"), Tone.ALARM),
    "unlocked": Look(mark("⇔", "="), to_translate("UNLOCKED"), Tone.NOTE),
    "released": Look(mark("⇒", ">"), to_translate("RELEASED"), Tone.GOOD),
    "locked_down": Look(mark("■", "#"), to_translate("LOCKED DOWN"), Tone.BAD),
    "blocked": Look(mark("■", "#"), to_translate("BLOCKED"), Tone.BAD),
    "secured": Look(mark("▪", "-"), to_translate("SECURED"), Tone.DIM),
    "unknown": Look("?", to_translate("UNKNOWN"), Tone.WARN),
}


def door_state(door: dict[str, Any]) -> str:
    """Give the one word that matters most of how a door stands (``GET /status``)."""
    if door["alarm"] or door["fault"]:
        return "alarm"
    if door["leaf"] == "open":
        return "open"
    if door["mode"] == "free":
        return "free"
    if door["mode"] in {"unlocked", "held_open"}:
        return "unlocked"
    if door["strike"] == "released":
        return "released"
    if door["mode"] in {"blocked", "locked_down"}:
        return str(door["mode"])
    return "secured" if door["leaf"] == "closed" else "unknown"


def door_look(door: dict[str, Any]) -> Look:
    """Give how a door looks."""
    found = _DOOR_LOOKS[door_state(door)]
    return found._replace(words=_(found.words))


_GRANTED_TYPES: Final = ("access_granted", "manual_unlock")
_ALARM_TYPES: Final = frozenset(
    {
        "door_forced_open",
        "door_open_too_long",
        "lock_not_holding",
        "door_fault",
        "storage_fault",
        "duress",
        "lockout_max_attempts",
        "reader_tamper",
        "reader_insecure",
        "unknown_input_device",
    }
)
_WARN_TYPES: Final = frozenset(
    {
        "door_pre_alarm",
        "reader_offline",
        "reader_power_failed",
        "input_fault",
        "rex_stuck",
        "clock_sync_lost",
        "call_refused",
    }
)


def event_tone(type_: str) -> Tone:
    """Give the tone of an entry of the record."""
    if type_.startswith(_GRANTED_TYPES):
        return Tone.GOOD
    if type_.startswith("denied_"):
        return Tone.BAD
    if type_ in _ALARM_TYPES:
        return Tone.ALARM
    return Tone.WARN if type_ in _WARN_TYPES else Tone.PLAIN


def event_mark(type_: str) -> str:
    """Give the mark of an entry of the record."""
    match event_tone(type_):
        case Tone.GOOD:
            return GRANTED
        case Tone.BAD:
            return REFUSED
        case Tone.ALARM | Tone.WARN:
            return ALARM
        case _:
            return " "
