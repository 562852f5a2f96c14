"""A report as lines of a screen that is so wide: its sentences, charts, tables, and what it cannot know."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len

from accessctl.reports.cells import Words
from accessctl.reports.terminal import clean
from accessctl.reports.value import Kind, Report, Table
from accessctl.tui.look import NOTHING, Tone, mark
from accessctl.tui.reports.charts import Line, drawn
from accessctl.tui.reports.wrapping import GAP, aligned, shared, wrapped
from accessctl.tui.words import _

_TO_THE_RIGHT: Final = frozenset({Kind.NUMBER, Kind.DURATION})
_WHOLE: Final = frozenset({Kind.NUMBER, Kind.DURATION, Kind.YES})
_DAY: Final = 10
"""As narrow as this, an instant is its day above its time of day."""
_WORD: Final = 12
"""As narrow as this, words can still be read; longer ones are broken."""
_TEXT: Final = 100
"""Sentences are not made longer than eyes go back."""
_INDENT: Final = "  "
_EMPTY: Final[Line] = ()


def lines_of(report: Report, width: int) -> list[Line]:
    """Lay a report out."""
    words = Words.of(report)
    lines: list[Line] = []
    for at, sentence in enumerate(report.summary):
        lines += _text(sentence, width, Tone.STRONG if at == 0 else Tone.PLAIN)
    for name, value in report.facts:
        lines += _text(f"{name}: {words(value)}", width, Tone.DIM)
    for chart in report.charts:
        if chart.labels:
            unit = f" ({chart.unit})" if chart.unit else ""
            lines += [_EMPTY, *_text(f"{chart.title}{unit}", width, Tone.NOTE), *drawn(chart, width)]
    for table in report.tables:
        lines += [_EMPTY, *_table(table, words, width)]
    if report.notes:
        lines += [_EMPTY, ((_("What this cannot know"), Tone.NOTE),)]
        for note in report.notes:
            lines += _text(f"{NOTHING} {note}", width, Tone.DIM)
    lines += [_EMPTY, *_text(_made(report, words), width, Tone.DIM)]
    return lines


def _made(report: Report, words: Words) -> str:
    made = _("made {when}").format(when=words.minute(report.made_at))
    if report.record_seq is None:
        return made
    return f"{made}, {_('the record up to entry {seq}').format(seq=f'{report.record_seq:,}')}"


def _text(text: str, width: int, tone: Tone) -> Iterator[Line]:
    for line in wrapped(clean(text), min(width, _TEXT)):
        yield ((line, tone),)


def _table(table: Table, words: Words, width: int) -> Iterator[Line]:
    count = len(table.rows) if table.total is None else table.total
    yield from _text(f"{table.title} ({count:,})", width, Tone.NOTE)
    if table.note:
        yield from _text(table.note, width, Tone.DIM)
    if not table.rows:
        yield from _text(table.empty, width, Tone.PLAIN)
        return
    yield from _rows(table, [[clean(words(cell)) for cell in row] for row in table.rows], width)
    if table.left_out:
        words_left = _("{shown} of {count} rows are shown. A file has more of them.")
        yield from _text(
            words_left.format(shown=f"{len(table.rows):,}", count=f"{count:,}"), width, Tone.WARN
        )


def _rows(table: Table, cells: list[list[str]], width: int) -> Iterator[Line]:
    """Give the rows side by side; where there is no room for that, each as a few lines of its own."""
    headings = [clean(each.heading) for each in table.columns]
    wanted = [max(map(cell_len, column)) for column in zip(headings, *cells, strict=True)]
    least = [_least(each.kind, want) for each, want in zip(table.columns, wanted, strict=True)]
    between = GAP * (len(least) - 1)
    if sum(least) + between > width:
        for row in cells:
            yield from _apart(headings, row, width)
        return
    widths = shared(wanted, least, width)
    rights = [each.kind in _TO_THE_RIGHT for each in table.columns]
    yield from _row(headings, widths, rights, Tone.DIM)
    yield ((mark("─", "-") * (sum(widths) + between), Tone.DIM),)
    for row in cells:
        yield from _row(row, widths, rights, Tone.PLAIN)


def _apart(headings: list[str], row: list[str], width: int) -> Iterator[Line]:
    yield from _text(row[0], width, Tone.STRONG)
    said = zip(headings[1:], row[1:], strict=True)
    told = " · ".join(f"{heading}: {cell}" for heading, cell in said if cell != NOTHING)
    for line in wrapped(told, min(width, _TEXT) - len(_INDENT)):
        yield ((f"{_INDENT}{line}", Tone.PLAIN),)


def _least(kind: Kind, wanted: int) -> int:
    if kind in _WHOLE:
        return wanted
    return min(wanted, _DAY if kind is Kind.INSTANT else _WORD)


def _row(cells: Iterable[str], widths: list[int], rights: list[bool], tone: Tone) -> Iterator[Line]:
    """Give as many lines as the longest cell takes."""
    columns = [wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for parts in zip_longest(*columns, fillvalue=""):
        laid = (
            aligned(part, width, right=right)
            for part, width, right in zip(parts, widths, rights, strict=True)
        )
        yield (((" " * GAP).join(laid).rstrip(), tone),)
