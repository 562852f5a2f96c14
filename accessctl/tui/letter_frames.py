"""Frames made of letters, for a terminal that has no more than those.

Textual has one kind of border of letters, to be asked for by name in every rule. What its other kinds are
made of is exchanged instead, so that no frame is forgotten: dialogs, fields, tiles, buttons.
"""

from typing import Final, cast

from textual._border import BORDER_CHARS

_EMPTY: Final = frozenset({"", "none", "hidden", "blank"})
_HEAVY: Final = frozenset({"heavy", "thick", "double"})
"""What stands for a choice has another shape, for those who see no colours."""
_Rows = tuple[tuple[str, str, str], tuple[str, str, str], tuple[str, str, str]]
_OF_LETTERS: Final[_Rows] = (("+", "-", "+"), ("|", " ", "|"), ("+", "-", "+"))
_OF_HEAVY_LETTERS: Final[_Rows] = (("#", "=", "#"), ("#", " ", "#"), ("#", "=", "#"))


def draw_frames_of_letters() -> None:
    """Have every frame drawn so that is drawn from now on."""
    kinds = cast("dict[str, _Rows]", BORDER_CHARS)
    for kind in kinds.keys() - _EMPTY:
        kinds[kind] = _OF_HEAVY_LETTERS if kind in _HEAVY else _OF_LETTERS
