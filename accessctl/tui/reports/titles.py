"""What reports are called here, and what they do: as the API says it, in the console's own language."""

from typing import Final

from accessctl.tui.reports.asked import Kind
from accessctl.tui.words import _, to_translate

_WORDS: Final = {
    "movements": (
        to_translate("Who was where and when"),
        to_translate("Every passage: of a person, into an area, or through a door."),
    ),
    "refusals": (
        to_translate("Refusals and why"),
        to_translate("Who was refused, where, and for what reason."),
    ),
    "doors": (
        to_translate("Doors held and forced"),
        to_translate("Every door that was forced or held open, and for how long."),
    ),
    "time": (
        to_translate("Time in area"),
        to_translate("How long people were in an area, or in each of them."),
    ),
    "rights": (
        to_translate("More rights than their group"),
        to_translate("People who may pass where most of their group may not, and whether they did so."),
    ),
    "unused": (
        to_translate("Unused credentials"),
        to_translate("Cards, codes and passes that count and that nobody has used for a while."),
    ),
    "changes": (
        to_translate("Changes by operators"),
        to_translate("What operators have changed and ordered, with what was before and after."),
    ),
    "access": (
        to_translate("Who has access where"),
        to_translate("Who may enter each area, and by what right."),
    ),
    "review": (
        to_translate("Reviews of access"),
        to_translate("Owners of areas look through who has access, and sign it."),
    ),
}


def title(kind: Kind) -> str:
    """Name a report."""
    return _(_WORDS[kind["kind"]][0]) if kind["kind"] in _WORDS else str(kind["title"])


def says(kind: Kind) -> str:
    """Say what it does."""
    return _(_WORDS[kind["kind"]][1]) if kind["kind"] in _WORDS else str(kind["says"])
