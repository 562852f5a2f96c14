"""How wide the columns of the matrix are, and what stands above them."""

import textwrap
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rich.cells import cell_len

from accessctl.tui.look import DOTS
from accessctl.tui.rules.matrix import ColumnHead, Matrix

_DOOR_LINES: Final = 2
_FRAME: Final = 2
"""A label has a blank on either side."""
_NARROWEST_LABEL: Final = 14
_WIDEST_LABEL: Final = 32
_ROOMY: Final = 9
"""A column is never made wider than this for show."""
_LONGEST_WORD: Final = 9
_WIDEST_HEADING: Final = 16


@dataclass(frozen=True, slots=True)
class Group:
    """The columns of one door, with a line on their left."""

    start: int
    width: int
    """Without the line."""
    door: str
    headings: tuple[str, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MatrixLayout:
    """Where everything stands, in cells. Columns begin to count right of the labels."""

    label: int
    widths: tuple[int, ...]
    starts: tuple[int, ...]
    groups: tuple[Group, ...]
    width: int
    head: int
    """So many lines stand above the rows: for the door, and the last one for the direction."""

    def column_at(self, x: int) -> int | None:
        """Give the column at a place; ``None`` right of all of them."""
        found = [at for at, start in enumerate(self.starts) if start <= x]
        return found[-1] if found and x < self.width else None


def lay_out(matrix: Matrix, room: int) -> MatrixLayout:
    """Lay the matrix out for so many cells; what does not fit has to be scrolled to."""
    longest = max((cell_len(row.name) for row in matrix.rows), default=0)
    label = min(max(longest + _FRAME, _NARROWEST_LABEL), _WIDEST_LABEL, max(_NARROWEST_LABEL, room // 4))
    found = _groups(matrix, names=True)
    if _width(found) > room - label:
        found = _groups(matrix, names=False)
    # Rather a shorter label than columns out of sight.
    label = max(_NARROWEST_LABEL, min(label, room - _width(found)))
    return _placed(matrix, label, _widened(found, room - label - _width(found)))


_Groups = list[tuple[str, list[int], list[int]]]
"""By door: its heading, the widths of its columns, and which these are."""


def _groups(matrix: Matrix, *, names: bool) -> _Groups:
    found: _Groups = []
    for _door, members in groupby(enumerate(matrix.columns), key=lambda each: each[1].door):
        columns = list(members)
        head = columns[0][1].door_name if names else columns[0][1].door
        widths = [_narrowest(matrix, at, column) for at, column in columns]
        widths[-1] += max(0, _needed(head) - sum(widths))
        found.append((head, widths, [at for at, _column in columns]))
    return found


def _needed(head: str) -> int:
    """Give how wide a heading is that is broken into as many lines as there are; longer words are cut."""
    room = min(_LONGEST_WORD, max((len(word) for word in head.split()), default=1))
    while room < _WIDEST_HEADING and len(textwrap.wrap(head, room)) > _DOOR_LINES:
        room += 1
    return room + 1


def _width(groups: _Groups) -> int:
    return sum(1 + sum(widths) for _head, widths, _at in groups)


def _narrowest(matrix: Matrix, at: int, column: ColumnHead) -> int:
    texts = [matrix.text(row, at) for row in range(len(matrix.rows))]
    return 1 + max(cell_len(text) for text in (column.short[:_LONGEST_WORD], *texts))


def _widened(groups: _Groups, spare: int) -> _Groups:
    """Give room that is left to the columns, the same to each."""
    columns = sum(len(widths) for _head, widths, _at in groups)
    more = max(0, spare) // columns if columns else 0
    return [
        (head, [width + max(0, min(more, _ROOMY - width)) for width in widths], at)
        for head, widths, at in groups
    ]


def _placed(matrix: Matrix, label: int, found: _Groups) -> MatrixLayout:
    groups, starts, all_widths, x = [], [], [], 0
    lines = max((len(_broken(head, sum(widths))) for head, widths, _at in found), default=1)
    for head, widths, at in found:
        width = sum(widths)
        groups.append(Group(x, width, matrix.columns[at[0]].door, _wrapped(head, width, lines), tuple(at)))
        x += 1
        for each in widths:
            starts.append(x)
            all_widths.append(each)
            x += each
    return MatrixLayout(label, tuple(all_widths), tuple(starts), tuple(groups), x, lines + 1)


def _wrapped(head: str, width: int, room: int) -> tuple[str, ...]:
    """Give a heading in so many lines; the lowest one stands on the directions."""
    lines = _broken(head, width)
    return tuple([""] * (room - len(lines)) + lines)


def _broken(head: str, width: int) -> list[str]:
    """Break a heading into the lines there are."""
    lines = textwrap.wrap(head, max(2, width - 1), break_on_hyphens=True) or [""]
    if len(lines) > _DOOR_LINES:
        last = lines[_DOOR_LINES - 1]
        lines = [*lines[: _DOOR_LINES - 1], f"{last[: max(1, width - 1 - cell_len(DOTS))]}{DOTS}"]
    return lines
