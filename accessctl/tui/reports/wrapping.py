"""Words in lines that are so wide, and columns that share a line."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len, chop_cells, set_cell_size

GAP: Final = 2
"""Cells between two columns."""
_LEAST: Final = 4
_MOST: Final = 64
"""So wide is a column at most, however long its words are."""


def wrapped(text: str, width: int) -> list[str]:
    """Break text between words; a word that is too long for a line within it. At least one line."""
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, max(1, width)) or [""]
        lines += full
    return [*lines, line]


def shared(wanted: Sequence[int], least: Sequence[int], width: int) -> list[int]:
    """Give how wide each column is: as wide as it wants to be, else the widest ones give way.

    ``least``: what a column is better not narrower than; where that is too much as well, each gives way.
    """
    room = width - GAP * (len(wanted) - 1)
    widths = [min(each, _MOST) for each in wanted]
    for floor in (list(least), [_LEAST] * len(widths)):
        while sum(widths) > room:
            able = [at for at, each in enumerate(widths) if each > floor[at]]
            if not able:
                break
            widths[max(able, key=lambda at: widths[at])] -= 1
    return widths


def aligned(text: str, width: int, *, right: bool) -> str:
    """Fill or cut text to so many cells."""
    lacking = width - cell_len(text)
    return " " * lacking + text if right and lacking > 0 else set_cell_size(text, width)
