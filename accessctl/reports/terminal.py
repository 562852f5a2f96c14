"""A report in a terminal: sentences, bars of text, and tables as wide as the terminal is."""

import io
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as RichTable
from rich.text import Text

from accessctl.reports.cells import Words, amount, left_out
from accessctl.reports.value import Chart, Kind, Report, Shape, Table, Tone

_STYLES: Final = {Tone.PLAIN: "blue", Tone.GOOD: "green", Tone.BAD: "red", Tone.UNSURE: "yellow"}
_FILLS: Final = {Tone.PLAIN: "█", Tone.GOOD: "█", Tone.BAD: "▓", Tone.UNSURE: "░"}
_TO_THE_RIGHT: Final = frozenset({Kind.NUMBER, Kind.DURATION})
_BAR: Final = 40
_WIDE: Final = 120
_LABEL: Final = 28
_LEVELS: Final = " ▁▂▃▄▅▆▇█"


def show(report: Report, console: Console) -> None:
    """Print a report. The console says how wide it is, and whether there are colours."""
    console.print(_shown(report))


def as_text(report: Report) -> str:
    """Give a report as text without colours, for a file."""
    console = Console(file=io.StringIO(), width=_WIDE, highlight=False, emoji=False, markup=False)
    with console.capture() as captured:
        show(report, console)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _shown(report: Report) -> RenderableType:
    words = Words.of(report)
    parts: list[RenderableType] = [Text(clean(f"{report.site}: {report.title}"), style="bold")]
    if report.since or report.until:
        parts.append(Text(words.span(report), style="dim"))
    parts += [Text(clean(each)) for each in report.summary]
    parts += [Text(clean(f"{name}: {words(value)}"), style="dim") for name, value in report.facts]
    for chart in report.charts:
        if chart.labels:
            parts += [Text(), Text(clean(f"{chart.title} ({chart.unit})"), style="bold"), _chart(chart)]
    for table in report.tables:
        parts += [Text(), *_table(table, words)]
    if report.notes:
        parts += [Text(), Rule("What this cannot know", align="left", style="dim")]
        parts += [Text(clean(f"– {each}"), style="dim") for each in report.notes]
    read = "" if report.record_seq is None else f", the record up to entry {report.record_seq:,}"
    parts.append(Text(clean(f"Made {words.minute(report.made_at)}{read}"), style="dim"))
    return Group(*parts)


def _chart(chart: Chart) -> RenderableType:
    if chart.shape is Shape.COLUMNS:
        return _columns(chart)
    grid = RichTable.grid(padding=(0, 1))
    sums = chart.sums()
    most = max(sums) or 1
    for at, (label, total) in enumerate(zip(chart.labels, sums, strict=True)):
        bar = Text()
        drawn = 0
        reached = 0.0
        for each in chart.series:
            reached += each.values[at]
            upto = max(round(reached / most * _BAR), 1 if reached and not drawn else 0)
            bar.append(_FILLS[each.tone] * (upto - drawn), style=_STYLES[each.tone])
            drawn = upto
        grid.add_row(Text(clean(_short(label)), justify="right"), bar, Text(amount(total)))
    named = [each for each in chart.series if each.name]
    if len(named) < 2:  # noqa: PLR2004 - of one series nobody has to be told which it is
        return grid
    key = Text("  ").join(
        Text(f"{_FILLS[each.tone]} {clean(each.name)}", style=_STYLES[each.tone]) for each in named
    )
    return Group(key, grid)


def _columns(chart: Chart) -> RenderableType:
    """Draw columns as one line of blocks: how it goes up and down, and where it is highest."""
    sums = chart.sums()
    most = max(sums) or 1
    top = len(_LEVELS) - 1
    line = "".join(_LEVELS[0 if not value else max(1, round(value / most * top))] for value in sums)
    first, last = clean(chart.labels[0]), clean(chart.labels[-1])
    highest = clean(chart.labels[sums.index(max(sums))])
    return Group(
        Text(line, style="blue", overflow="fold"),
        Text(f"{first} … {last}; most: {amount(max(sums))} ({highest})", style="dim"),
    )


def _table(table: Table, words: Words) -> list[RenderableType]:
    count = len(table.rows) if table.total is None else table.total
    parts: list[RenderableType] = [Text(clean(f"{table.title} ({count:,})"), style="bold")]
    if table.note:
        parts.append(Text(clean(table.note), style="dim"))
    if not table.rows:
        return [*parts, Padding(Text(clean(table.empty)), (0, 0, 0, 1))]
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for column in table.columns:
        to_the_right = column.kind in _TO_THE_RIGHT
        fixed = to_the_right or column.kind is Kind.INSTANT
        shown.add_column(clean(column.heading), justify="right" if to_the_right else "left", no_wrap=fixed)
    for row in table.rows:
        shown.add_row(*(Text(clean(words(cell))) for cell in row))
    parts.append(shown)
    if table.left_out:
        parts.append(Text(left_out(len(table.rows), count), style="dim"))
    return parts


def clean(text: str) -> str:
    """Show what would otherwise command the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _short(label: str) -> str:
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
