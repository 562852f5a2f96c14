"""A report as one HTML file that needs nothing from elsewhere: no script, no font, no picture but its own.

On a screen it is light or dark as the reader has it. ``paper``: the page to print; light, with a foot on each
sheet and room to sign. Whatever was named by somebody is escaped, and stands in its own direction of writing.
"""

from html import escape
from typing import Final

from accessctl.reports.cells import Words, amount, left_out
from accessctl.reports.drawing import svg
from accessctl.reports.style import PAPER, STYLE, foot
from accessctl.reports.value import Cell, Chart, Kind, Named, Report, Table

_SIDES: Final = {
    Kind.NUMBER: ' class="right"',
    Kind.DURATION: ' class="right"',
    Kind.INSTANT: ' class="at"',
}
_WITH_ID: Final = frozenset({Kind.PERSON, Kind.OPERATOR})
"""Two people may have one name; of a place the name is enough."""
_WIDE: Final = 7
"""A table with so many columns is printed on sheets that lie on their side."""


def page(report: Report, *, paper: bool = False) -> str:
    """Give a whole HTML page."""
    words = Words.of(report)
    name = f"{report.site} · {report.title}"
    wide = any(len(table.columns) >= _WIDE for table in report.tables)
    made = words.minute(report.made_at)
    style = STYLE + foot(f"{name} · {words.span(report)} · {made}", wide=wide) + (PAPER if paper else "")
    body = "".join(
        (
            _head(report, words),
            *map(_figure, report.charts),
            *(_section(table, words) for table in report.tables),
            _notes(report),
            _SIGNED if paper else "",
        )
    )
    return f"""<!DOCTYPE html>
<html lang="en"{' class="paper"' if paper else ""}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{_e(name)}</title>
<style>{style}</style>
</head>
<body>
{body}</body>
</html>
"""


_SIGNED: Final = (
    '<p class="signed">Name<span>&nbsp;</span>Date<span>&nbsp;</span>Signed<span>&nbsp;</span></p>\n'
)


def _head(report: Report, words: Words) -> str:
    facts: list[tuple[str, str]] = [("Time", words.span(report))] if report.since or report.until else []
    facts += [(name, words(value)) for name, value in report.facts]
    read = "" if report.record_seq is None else f", the record up to entry {report.record_seq:,}"
    facts.append(("Made", f"{words.minute(report.made_at)} ({report.zone}){read}"))
    told = "".join(f"<dt>{_e(name)}</dt><dd><bdi>{_e(value)}</bdi></dd>" for name, value in facts)
    first, *more = report.summary or ("",)
    said = f'<p class="says">{_e(first)}</p>\n' + "".join(f"<p>{_e(each)}</p>\n" for each in more)
    return f"""<header>
<p class="site">{_e(report.site)}</p>
<h1>{_e(report.title)}</h1>
{said}<dl>{told}</dl>
</header>
"""


def _figure(chart: Chart) -> str:
    if not chart.labels:
        return ""
    unit = f" <small>{_e(chart.unit)}</small>" if chart.unit else ""
    key = ""
    if len(chart.series) > 1:
        key = "".join(
            f'<li><i class="{each.tone}"></i>{_e(each.name)} {_e(amount(sum(each.values)))}</li>'
            for each in chart.series
        )
        key = f'<ul class="key">{key}</ul>'
    return f"<figure>\n<figcaption>{_e(chart.title)}{unit}</figcaption>\n{key}{svg(chart)}\n</figure>\n"


def _section(table: Table, words: Words) -> str:
    note = f'<p class="quiet">{_e(table.note)}</p>\n' if table.note else ""
    if not table.rows:
        return f"<section>\n<h2>{_e(table.title)}</h2>\n{note}<p>{_e(table.empty)}</p>\n</section>\n"
    more = ""
    if table.left_out and table.total is not None:
        more = f'<p class="quiet">{_e(left_out(len(table.rows), table.total))}</p>\n'
    kinds = [each.kind for each in table.columns]
    sides = [_SIDES.get(kind, "") for kind in kinds]
    heads = "".join(
        f'<th scope="col"{side}>{_e(each.heading)}</th>'
        for each, side in zip(table.columns, sides, strict=True)
    )
    rows = "".join(
        "<tr>" + "".join(_cell(cell, kind, words) for cell, kind in zip(row, kinds, strict=True)) + "</tr>\n"
        for row in table.rows
    )
    count = f"<small>{amount(len(table.rows) if table.total is None else table.total)}</small>"
    return f"""<section>
<h2>{_e(table.title)} {count}</h2>
{note}<div class="scroll"><table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}</tbody>
</table></div>
{more}</section>
"""


def _cell(cell: Cell, kind: Kind, words: Words) -> str:
    side = _SIDES.get(kind, "")
    if isinstance(cell, Named):
        wanted = kind in _WITH_ID and cell.shown != cell.id
        id_ = f' <span class="id">{_e(cell.id)}</span>' if wanted else ""
        return f"<td{side}><bdi>{_e(cell.shown)}</bdi>{id_}</td>"
    if isinstance(cell, tuple):
        return f"<td{side}>" + ", ".join(f"<bdi>{_e(each.shown)}</bdi>" for each in cell) + "</td>"
    return f"<td{side}>{_e(words(cell))}</td>"


def _notes(report: Report) -> str:
    if not report.notes:
        return ""
    notes = "".join(f"<li>{_e(each)}</li>" for each in report.notes)
    return f"<section>\n<h2>What this cannot know</h2>\n<ul>{notes}</ul>\n</section>\n"


def _e(text: str) -> str:
    """Write a text for a page. What no file in UTF-8 can hold is shown as unknown."""
    return escape(text.encode(errors="replace").decode().replace("\0", ""), quote=True)
