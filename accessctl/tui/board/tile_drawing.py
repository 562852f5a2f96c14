"""A tile as lines of text with tones: each exactly as wide as the tile."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len, set_cell_size

from accessctl.tui.board.tile import Tile, Ways
from accessctl.tui.lines import Cell
from accessctl.tui.look import DOTS, Tone, mark

LEAST_WIDTH: Final = 24
_GAP: Final = 1
Line = list[Cell]


class Frame(NamedTuple):
    """What a tile's border is made of."""

    corners: str
    across: str
    down: str


_THIN: Final = Frame(mark("╭╮╰╯", "++++"), mark("─", "-"), mark("│", "|"))
# The chosen tile has another shape, for those who see no colours.
_HEAVY: Final = Frame(mark("┏┓┗┛", "####"), mark("━", "="), mark("┃", "#"))


def columns_in(width: int) -> int:
    """Give how many tiles stand side by side."""
    return max(1, width // (LEAST_WIDTH + _GAP + 1))


def widths_in(width: int) -> list[int]:
    """Give how wide each of them is, gaps left out; together they fill the width."""
    columns = columns_in(width)
    each, over = divmod(max(0, width - _GAP * (columns - 1)), columns)
    return [each + (1 if number < over else 0) for number in range(columns)]


def first_that_fits(ways: Ways, room: int) -> str:
    """Give the longest way to say it for which there is room; the last one is cut where none fits."""
    for words in ways:
        if cell_len(words) <= room:
            return words
    return fitted(ways[-1], room).rstrip() if ways else ""


def fitted(text: str, room: int) -> str:
    """Cut or fill text to so many cells."""
    if cell_len(text) <= room:
        return set_cell_size(text, room)
    return set_cell_size(set_cell_size(text, max(0, room - cell_len(DOTS))) + DOTS, room)


def draw(tile: Tile, width: int, height: int, *, chosen: bool) -> list[Line]:
    """Draw a tile, frame and all. Higher than five lines there is one for readers that are well."""
    inner = width - 4
    lines = [_state(tile, inner), _stands(tile, inner), _last(tile, inner)]
    below = list(_troubles(tile))
    if height > len(lines) + 2:
        troubled = bool(tile.readers)
        words = first_that_fits(tile.readers, inner) if troubled else fitted(tile.well, inner).rstrip()
        lines.append([Cell(words, Tone.WARN if troubled else Tone.DIM)])
        below = [each for each in below if each[0] is not tile.readers]
    lines += [[] for _each in range(height - 2 - len(lines))]
    frame, tone = (_HEAVY, Tone.NOTE) if chosen else (_THIN, Tone.DIM)
    name = Cell(f" {first_that_fits((tile.name,), width - 6)} ", Tone.STRONG if tile.live else Tone.DIM)
    return [
        _edge(frame, frame.corners[:2], tone, [name], width),
        *(
            [Cell(f"{frame.down} ", tone), *_filled(line, inner), Cell(f" {frame.down}", tone)]
            for line in lines
        ),
        _edge(frame, frame.corners[2:], tone, _said(below, width - 6), width),
    ]


def _state(tile: Tile, inner: int) -> Line:
    state = fitted(str(tile.look), min(inner, cell_len(str(tile.look))))
    room = inner - cell_len(state) - 1
    beside = first_that_fits(tile.beside, room) if tile.beside else ""
    space = " " * (inner - cell_len(state) - cell_len(beside))
    return [Cell(state, tile.look.tone), Cell(space + beside, Tone.PLAIN if tile.live else Tone.DIM)]


def _stands(tile: Tile, inner: int) -> Line:
    return [Cell(first_that_fits(tile.stands, inner), Tone.PLAIN if tile.live else Tone.DIM)]


def _last(tile: Tile, inner: int) -> Line:
    at = f" {tile.last_at}" if tile.last_at else ""
    return [Cell(fitted(tile.last.text, inner - cell_len(at)), tile.last.tone), Cell(at, Tone.DIM)]


def _troubles(tile: Tile) -> Sequence[tuple[Ways, Tone]]:
    both = ((tile.alarms, tile.alarm_tone), (tile.readers, Tone.WARN))
    return [(ways, tone) for ways, tone in both if ways]


def _said(below: Sequence[tuple[Ways, Tone]], room: int) -> Line:
    """Put into the lower edge what is wrong: the first in full where there is room, then the second."""
    said: Line = []
    for number, (ways, tone) in enumerate(below):
        left = room - sum(cell_len(cell.text) for cell in said) - 2 * (len(below) - number - 1)
        words = first_that_fits(ways, max(0, left - 2))
        if words:
            said.append(Cell(f" {words} ", tone))
    return said


def _edge(frame: Frame, corners: str, tone: Tone, words: Line, width: int) -> Line:
    used = sum(cell_len(cell.text) for cell in words)
    rest = frame.across * max(0, width - 3 - used)
    return [Cell(corners[0] + frame.across, tone), *words, Cell(rest + corners[1], tone)]


def _filled(line: Line, inner: int) -> Line:
    used = sum(cell_len(cell.text) for cell in line)
    return [*line, Cell(" " * max(0, inner - used))]
