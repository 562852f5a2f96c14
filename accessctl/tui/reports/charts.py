"""Charts drawn with letters: bars below each other, columns side by side; a fill stands with each colour."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from rich.cells import cell_len

from accessctl.reports.cells import amount
from accessctl.reports.value import Chart, Shape
from accessctl.reports.value import Tone as Stands
from accessctl.tui.line_rows import fitted
from accessctl.tui.look import DOTS, Tone, few_marks, mark
from accessctl.tui.reports.wrapping import aligned

Line = tuple[tuple[str, Tone], ...]
"""Pieces of one line, each in its tone."""

_TONES: Final = {
    Stands.PLAIN: Tone.NOTE,
    Stands.GOOD: Tone.GOOD,
    Stands.BAD: Tone.BAD,
    Stands.UNSURE: Tone.WARN,
}
_FILLS: Final = (mark("█", "#"), mark("▒", "="), mark("░", "-"), mark("▓", "x"))
"""By the place of a series in its chart."""
_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_STEPS: Final = len(_EIGHTHS) - 1
_HIGH: Final = 5
_LABEL: Final = 28
_WIDEST: Final = 8
"""Cells of a column at most."""
_BAR: Final = 60
"""Cells of a bar at most."""


def drawn(chart: Chart, width: int) -> Iterator[Line]:
    """Draw a chart that has labels."""
    named = [each for each in chart.series if each.name]
    if len(named) > 1:
        yield tuple(
            (f"{_fill(at)} {each.name}   ", _TONES[each.tone]) for at, each in enumerate(chart.series)
        )
    yield from _bars(chart, width) if chart.shape is Shape.BARS else _columns(chart, width)


def _fill(place: int) -> str:
    return _FILLS[place % len(_FILLS)]


def _bars(chart: Chart, width: int) -> Iterator[Line]:
    sums = chart.sums()
    labels = min(_LABEL, max(map(cell_len, chart.labels)), width // 3)
    values = max(cell_len(amount(total)) for total in sums)
    room = min(_BAR, max(4, width - labels - values - 2))
    most = max(sums) or 1
    for at, label in enumerate(chart.labels):
        short = fitted(label, labels) if cell_len(label) > labels else aligned(label, labels, right=True)
        line: list[tuple[str, Tone]] = [(f"{short} ", Tone.PLAIN)]
        reached, taken = 0.0, 0
        for place, each in enumerate(chart.series):
            reached += each.values[at]
            upto = max(round(reached / most * room), 1 if reached and not taken else 0)
            line.append((_fill(place) * (upto - taken), _TONES[each.tone]))
            taken = upto
        yield (*line, (f" {amount(sums[at])}", Tone.STRONG))


def _columns(chart: Chart, width: int) -> Iterator[Line]:
    """Draw columns over their time, and under them where they begin and end."""
    side = max(cell_len(amount(value)) for value in (0, max(chart.sums()))) + 1
    room = max(1, width - side - 1)
    each = -(-len(chart.labels) // room)  # so many labels share a column where there are too many
    starts = range(0, len(chart.labels), each)
    levels = [[sum(row.values[at : at + each]) for row in chart.series] for at in starts]
    totals = [sum(level) for level in levels]
    most = max(totals) or 1
    wide = max(1, min(_WIDEST, room // len(levels)))
    for row in reversed(range(_HIGH)):
        scale = amount(most) if row == _HIGH - 1 else "0" if row == 0 else ""
        cells = [_cell(chart, level, row, most, wide) for level in levels]
        yield ((f"{aligned(scale, side - 1, right=True)} {mark('│', '|')}", Tone.DIM), *cells)
    yield (_below(chart, side, wide * len(levels), width),)


def _cell(chart: Chart, level: Sequence[float], row: int, most: float, wide: int) -> tuple[str, Tone]:
    """Draw what one column has in one line: its eighths, or the fill of the series that reaches there."""
    gap = 1 if wide > 1 else 0
    height = sum(level) / most * _HIGH
    if height <= row:
        return " " * wide, Tone.PLAIN
    tops = [top / most * _HIGH for top in accumulate(level)]
    at = next((at for at, top in enumerate(tops) if top > row), len(tops) - 1)
    fill = _fill(at)
    if len(chart.series) == 1 and not few_marks():
        fill = _EIGHTHS[min(_STEPS, max(1, round((height - row) * _STEPS)))]
    return fill * (wide - gap) + " " * gap, _TONES[chart.series[at].tone]


def _below(chart: Chart, side: int, taken: int, width: int) -> tuple[str, Tone]:
    first, last = chart.labels[0], chart.labels[-1]
    ends = f"{first} {DOTS} {last}"
    room = max(taken, 0) - cell_len(first) - cell_len(last)
    if room > 0:
        ends = f"{first}{' ' * room}{last}"
    return fitted(f"{' ' * (side + 1)}{ends}", width), Tone.DIM
