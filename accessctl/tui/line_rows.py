"""What a table of lines shows: cells with a tone, in rows, under columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from rich.cells import cell_len, set_cell_size

from accessctl.tui.look import DOTS, Tone

GAP: Final = 1
"""Cells between two columns."""


class Cell(NamedTuple):
    """What stands in one place, and its tone."""

    text: str
    tone: Tone = Tone.PLAIN


Row = Sequence[str | Cell]


class Rows(Protocol):
    """What a table shows. Neither method may wait for anything: what is not here yet is ``None``."""

    def __len__(self) -> int:
        """Give how many rows there are."""
        ...

    def row(self, index: int) -> Row | None:
        """Give a row, a cell for each column; ``None`` while it is being fetched."""
        ...


class FixedRows:
    """Rows that are all here."""

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        """Show these."""
        self._rows = tuple(rows)

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self._rows)

    def row(self, index: int) -> Row:
        """Give a row."""
        return self._rows[index]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and how many cells wide it is."""

    title: str
    width: int | None = None
    """``None``: shares what the others leave."""
    from_width: int = 0
    """Only shown where the table is at least this wide."""
    to_width: int | None = None
    """Only shown where the table is at most this wide; ``None``: however wide it is."""

    def shown_at(self, width: int) -> bool:
        """Tell whether a table that is so wide shows it."""
        return self.from_width <= width and (self.to_width is None or width <= self.to_width)


@lru_cache(64)
def layout(columns: tuple[Column, ...], width: int) -> tuple[tuple[int, int], ...]:
    """Give which columns a table of this width shows, and how wide each of them is."""
    shown = [(at, column) for at, column in enumerate(columns) if column.shown_at(width)]
    fixed = sum(column.width or 0 for _at, column in shown) + GAP * len(shown)
    free = [at for at, column in shown if column.width is None]
    each, over = divmod(max(0, width - fixed), len(free)) if free else (0, 0)
    rooms = {at: each + (1 if number < over else 0) for number, at in enumerate(free)}
    return tuple((at, rooms.get(at, column.width or 0)) for at, column in shown)


def fitted(text: str, room: int) -> str:
    """Cut or fill text to so many cells."""
    if cell_len(text) <= room:
        return set_cell_size(text, room)
    return set_cell_size(set_cell_size(text, max(0, room - cell_len(DOTS))) + DOTS, room)
