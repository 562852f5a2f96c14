"""The list on paper: a page to print, and plain text. Boxes to tick by hand; needs nothing from elsewhere."""

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Final

from rich.cells import cell_len, set_cell_size

from accessctl.muster_sheet import wording
from accessctl.muster_sheet.listed import MusterArea, MusterPerson, MusterView, Standing
from accessctl.tui.times import clock, day_and_clock, when
from accessctl.tui.words import LANGUAGE, _, many

_STYLE: Final = """
@page { size: A4 portrait; margin: 14mm 12mm 16mm; }
* { box-sizing: border-box; }
html { color: #000; background: #fff; font: 11pt/1.35 system-ui, "Liberation Sans", Arial, sans-serif; }
body { margin: 0 auto; max-width: 190mm; padding: 6mm 4mm; }
header { border-bottom: 2pt solid #000; margin-bottom: 4mm; }
h1 { font-size: 17pt; margin: 0 0 1mm; }
h2 { font-size: 13pt; margin: 6mm 0 1mm; break-after: avoid; }
h2 small { font-weight: normal; }
p { margin: 0 0 2mm; }
.totals { font-size: 13pt; font-weight: bold; }
.warning { border: 1.5pt solid #000; padding: 2mm 3mm; font-weight: bold; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; padding: 1.4mm 1.5mm; border-bottom: .5pt solid #777;
  overflow-wrap: anywhere; }
th { font-size: 9pt; font-weight: bold; border-bottom: 1pt solid #000; }
.box { width: 9mm; } .since { width: 26mm; } .sure { width: 46mm; } .safe { width: 42mm; }
.box span { display: inline-block; width: 5mm; height: 5mm; border: 1pt solid #000; line-height: 4.6mm;
  text-align: center; font-weight: bold; }
.missing .name { font-weight: bold; }
.id, .quiet { color: #444; font-size: 9pt; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 4mm; font-size: 9pt; margin: 6mm 0 0;
  break-inside: avoid; }
dt, dd { margin: 0; }
.signed { margin-top: 10mm; break-inside: avoid; }
.signed span { display: inline-block; border-bottom: .75pt solid #000; width: 55mm; margin: 0 8mm 0 2mm; }
@media screen { html { background: #eee; } body { background: #fff; margin: 6mm auto; padding: 12mm; } }
@media print { body { padding: 0; max-width: none; } }
"""
_WIDTH: Final = 78
_NAME: Final = 30
_SINCE: Final = 16


def print_page(view: MusterView, *, now: datetime | None = None) -> str:
    """Give a whole HTML page. ``now``: when it is printed, so that it says how old the list is."""
    said = now or view.as_of
    name = f"{view.site} · {wording.title(view)} · {clock(view.as_of)}"
    areas = "".join(_section(area, view, said) for area in view.areas)
    legend = "".join(
        f"<dt>{_e(f'{mark} {short}'.strip())}</dt><dd>{_e(meaning)}</dd>"
        for mark, short, meaning in wording.legend(view)
    )
    return f"""<!DOCTYPE html>
<html lang="{_e(LANGUAGE)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_e(name)}</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>{_e(view.site)}: {_e(wording.title(view))}</h1>
<p class="totals">{_e(wording.totals(view))}</p>
<p>{_e(wording.as_of(view, said))} · {_e(_("printed {when}").format(when=day_and_clock(said)))}</p>
</header>
{_warning(view)}{areas or f"<p>{_e(_('Nobody is inside.'))}</p>"}
<dl>{legend}</dl>
<p class="signed">{_e(_("Ticked by"))}<span>&nbsp;</span>{_e(_("at"))}<span>&nbsp;</span></p>
</body>
</html>
"""


def _warning(view: MusterView) -> str:
    if not view.partial:
        return ""
    words = _("Where people are may be older than that: {why}").format(why=view.partial)
    return f'<p class="warning">{_e(words)}</p>\n'


def _section(area: MusterArea, view: MusterView, now: datetime) -> str:
    rows = "".join(_row(person, view, now) for person in area.people)
    safe = f'<th class="safe">{_e(_("Seen safe"))}</th>' if view.running else ""
    return f"""<section>
<h2>{_e(area.name)} <small>{_e(area_count(area, running=view.running))}</small></h2>
<table>
<thead><tr><th class="box"></th><th>{_e(_("Name"))}</th><th class="since">{_e(_("Since"))}</th>\
<th class="sure">{_e(_("How sure"))}</th>{safe}</tr></thead>
<tbody>
{rows}</tbody>
</table>
</section>
"""


def _row(person: MusterPerson, view: MusterView, now: datetime) -> str:
    ticked = "&#10003;" if person.safe else "&nbsp;"
    kind = person.standing.name.lower()
    id_ = f' <span class="id">{_e(person.person)}</span>' if person.name else ""
    safe = f"<td>{_e(wording.how_safe(person, now))}</td>" if view.running else ""
    sure = "" if person.safe else f"{wording.sureness_mark(person)} {wording.sureness(person)}".strip()
    return (
        f'<tr class="{kind}"><td class="box"><span>{ticked}</span></td>'
        f'<td class="name">{_e(person.shown)}{id_}</td><td>{_e(when(person.since, now))}</td>'
        f"<td>{_e(sure)}</td>{safe}</tr>\n"
    )


def area_count(area: MusterArea, *, running: bool) -> str:
    """Count who is on the list in an area."""
    if not running:
        inside, maybe = len(area.standing(Standing.INSIDE)), len(area.standing(Standing.MAYBE))
        said = [many("{count} person", "{count} people", inside)] if inside or not maybe else []
        return ", ".join([*said, *([_("{count} may be").format(count=maybe)] if maybe else [])])
    counted = (
        (_("{count} missing"), Standing.MISSING),
        (_("{count} safe"), Standing.SAFE),
        (_("{count} came in since"), Standing.LATE),
        (_("{count} may be inside"), Standing.MAYBE),
    )
    counts = [(words, len(area.standing(standing))) for words, standing in counted]
    return ", ".join(words.format(count=count) for words, count in counts if count)


def plain_text(view: MusterView, *, now: datetime | None = None) -> str:
    """Give the list as lines of text, for a printer or a terminal that knows nothing else."""
    return "\n".join(line.rstrip() for line in _lines(view, now or view.as_of)) + "\n"


def _lines(view: MusterView, now: datetime) -> Iterator[str]:
    yield _clean(f"{view.site}: {wording.title(view)}")
    yield wording.totals(view)
    yield wording.as_of(view, now)
    if view.partial:
        yield _clean(_("Where people are may be older than that: {why}").format(why=view.partial))
    yield "=" * _WIDTH
    if not view.areas:
        yield _("Nobody is inside.")
    for area in view.areas:
        yield ""
        yield _clean(f"{area.name}: {area_count(area, running=view.running)}")
        yield "-" * _WIDTH
        for person in area.people:
            yield from _person_lines(person, now)
    yield ""
    yield "=" * _WIDTH
    for mark, short, meaning in wording.legend(view):
        yield f"{mark or ' '} {short}: {meaning}"


def _person_lines(person: MusterPerson, now: datetime) -> Iterator[str]:
    box = "[x]" if person.safe else "[ ]"
    name, since = _clean(person.shown), when(person.since, now)
    sure = f"{wording.sureness_mark(person) or ' '} {wording.sureness(person)}"
    said = wording.how_safe(person, now) if person.safe else sure
    if cell_len(name) > _NAME:
        yield f"{box} {name}"  # a name is never cut on paper
        box, name = "   ", ""
    yield f"{box} {set_cell_size(name, _NAME)} {set_cell_size(since, _SINCE)} {_clean(said)}"


def _clean(text: str) -> str:
    """Leave out what would move a terminal's cursor."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _e(text: str) -> str:
    return escape(text, quote=True)
