"""Charts as SVG that stands within a page: colours by class, words as text, no script."""

from collections.abc import Iterator
from html import escape
from typing import Final

from accessctl.reports.cells import amount
from accessctl.reports.value import Chart, Shape

_WIDE: Final = 720
_ROW: Final = 24
_LABEL: Final = 260
_LABEL_LETTERS: Final = 38
_VALUE: Final = 70
_HIGH: Final = 150
_FOOT: Final = 22
_SIDE: Final = 44
_LETTER: Final = 6.4
"""So wide is a letter of a label, about."""


def svg(chart: Chart) -> str:
    """Draw a chart. Its title, and each bar's value, are there for those who hear the page."""
    if not chart.labels:
        return ""
    if chart.shape is Shape.BARS:
        high = _ROW * len(chart.labels) + 4
        inner = "".join(_bars(chart))
    else:
        high = _HIGH + _FOOT + 14
        inner = "".join(_columns(chart))
    said = _e(f"{chart.title}: {_told(chart)}")
    return (
        f'<svg viewBox="0 0 {_WIDE} {high}" role="img" aria-label="{said}" '
        f'preserveAspectRatio="xMinYMin meet">{inner}</svg>'
    )


def _told(chart: Chart) -> str:
    """Say a chart in words; a long one by its highest bars."""
    by_height = sorted(zip(chart.labels, chart.sums(), strict=True), key=lambda each: -each[1])[:8]
    return ", ".join(f"{label} {amount(value)}" for label, value in by_height)


def _bars(chart: Chart) -> Iterator[str]:
    sums = chart.sums()
    scale = (_WIDE - _LABEL - _VALUE) / (max(sums) or 1)
    for at, (label, total) in enumerate(zip(chart.labels, sums, strict=True)):
        top = at * _ROW + 2
        yield f"<g><title>{_e(f'{label}: {_parts(chart, at)}')}</title>"
        yield f'<text class="label" x="{_LABEL - 8}" y="{top + 15}">{_e(_short(label))}</text>'
        left = float(_LABEL)
        for each in chart.series:
            width = each.values[at] * scale
            if width > 0:
                yield _rect(each.tone, left, top + 2, max(width, 1), _ROW - 8)
            left += width
        yield f'<text x="{left + 6:.1f}" y="{top + 15}">{_e(amount(total))}</text></g>'


def _columns(chart: Chart) -> Iterator[str]:
    sums, count = chart.sums(), len(chart.labels)
    most = max(sums) or 1
    step = (_WIDE - _SIDE) / count
    wide = max(step * 0.8, 0.5)
    for part in (0, 0.5, 1):
        y = 10 + _HIGH * (1 - part)
        yield f'<line x1="{_SIDE}" x2="{_WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="label" x="{_SIDE - 6}" y="{y + 4:.1f}">{_e(amount(most * part))}</text>'
    longest = max(map(len, chart.labels))
    every = max(1, round((longest + 2) * _LETTER / step + 0.5))
    for at, label in enumerate(chart.labels):
        left, bottom = _SIDE + at * step, 10.0 + _HIGH
        yield f"<g><title>{_e(f'{label}: {_parts(chart, at)}')}</title>"
        for each in chart.series:
            high = each.values[at] / most * _HIGH
            if high > 0:
                yield _rect(each.tone, left + (step - wide) / 2, bottom - high, wide, high)
            bottom -= high
        if at % every == 0:
            yield f'<text class="foot" x="{left + step / 2:.1f}" y="{_HIGH + _FOOT + 6}">{_e(label)}</text>'
        yield "</g>"


def _parts(chart: Chart, at: int) -> str:
    said = [
        f"{each.name} {amount(each.values[at])}" if each.name else amount(each.values[at])
        for each in chart.series
    ]
    return f"{', '.join(said)} {chart.unit}".strip()


def _rect(tone: str, left: float, top: float, width: float, height: float) -> str:
    return f'<rect class="{tone}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_LETTERS else f"{label[: _LABEL_LETTERS - 1]}…"


def _e(text: str) -> str:
    return escape(text, quote=True)
