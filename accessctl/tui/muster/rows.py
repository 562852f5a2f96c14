"""The list as lines of a table: headings, and people under them."""

from datetime import datetime
from typing import Final, NamedTuple

from accessctl.muster_sheet import wording
from accessctl.muster_sheet.sheet import area_count
from accessctl.muster_sheet.view import MusterArea, MusterPerson, MusterView, Standing
from accessctl.tui.lines import Cell, Column, Row
from accessctl.tui.look import GRANTED, LIVE, Tone, mark
from accessctl.tui.times import when
from accessctl.tui.words import _

_BOX: Final = mark("☐", "-")
_WIDE: Final = 110
COLUMNS: Final = (
    Column("", 2),
    Column(_("Name")),
    Column(_("Since"), 16),
    Column("", 1),
    Column(_("How sure, or who saw them")),
    Column(_("Area"), 22, from_width=_WIDE),
    Column(_("Person"), 12, from_width=_WIDE),
)
_TONES: Final = {
    Standing.MISSING: Tone.BAD,
    Standing.INSIDE: Tone.PLAIN,
    Standing.LATE: Tone.WARN,
    Standing.MAYBE: Tone.WARN,
    Standing.SAFE: Tone.GOOD,
}


class Line(NamedTuple):
    """One line: a heading, or somebody."""

    heading: str = ""
    counted: str = ""
    person: MusterPerson | None = None
    area: str = ""


class Lines:
    """Rows for the table."""

    def __init__(self, lines: list[Line], now: datetime) -> None:
        """Show these."""
        self.lines, self._now = lines, now

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self.lines)

    def row(self, index: int) -> Row:
        """Give one."""
        line = self.lines[index]
        if line.person is None:
            return ("", Cell(line.heading, Tone.STRONG), "", "", Cell(line.counted, Tone.STRONG), "", "")
        return _row(line.person, line.area, self._now)

    def person(self, index: int) -> MusterPerson | None:
        """Give who stands in a line; nobody in a heading."""
        return self.lines[index].person if 0 <= index < len(self.lines) else None

    def place_of(self, person: str) -> int | None:
        """Give the line in which somebody stands."""
        found = (at for at, line in enumerate(self.lines) if line.person and line.person.person == person)
        return next(found, None)


def airy(lines: list[Line], room: int) -> list[Line]:
    """Put an empty line before each heading, where there is room for it."""
    headings = sum(line.person is None for line in lines)
    if len(lines) + headings > room:
        return lines
    return [each for line in lines for each in ([Line(), line] if line.person is None else [line])][1:]


def lines_of(view: MusterView, typed: str = "") -> list[Line]:
    """Give the lines: who is missing first, by area; who is safe last. ``typed`` narrows them."""
    lines: list[Line] = []
    safe: list[Line] = []
    for area in view.areas:
        people = [person for person in area.people if _is_meant(person, area, typed)]
        asked = [Line(person=each, area=area.name) for each in people if not each.safe]
        safe += [Line(person=each, area=area.name) for each in people if each.safe]
        if asked:
            lines += [Line(area.name, area_count(area, running=view.running)), *asked]
    if safe:
        safe.sort(key=lambda line: line.person.shown.casefold() if line.person else "")
        lines += [Line(_("Safe"), str(len(safe))), *safe]
    return lines


def _is_meant(person: MusterPerson, area: MusterArea, typed: str) -> bool:
    said = f"{person.shown} {person.person} {area.name}".casefold()
    return all(word in said for word in typed.casefold().split())


def _row(person: MusterPerson, area: str, now: datetime) -> Row:
    tone = Tone.WARN if person.unsent else _TONES[person.standing]
    if person.safe:
        return (
            Cell(GRANTED, tone),
            person.shown,
            when(person.since, now),
            "",
            Cell(wording.how_safe(person, now).removeprefix(f"{GRANTED} "), tone),
            area,
            person.person,
        )
    sure, doubted = wording.sureness(person), wording.sureness_mark(person)
    special = {Standing.LATE, Standing.MAYBE}
    said = f"{wording.how_safe(person, now)}: {sure}" if person.standing in special else sure
    heavy = Tone.WARN if doubted == wording.IN_DOUBT else Tone.PLAIN
    return (
        Cell(LIVE if person.standing is Standing.INSIDE else _BOX, tone),
        Cell(person.shown, Tone.STRONG if person.standing is Standing.MISSING else Tone.PLAIN),
        when(person.since, now),
        Cell(doubted, heavy),
        Cell(said, heavy),
        area,
        person.person,
    )
