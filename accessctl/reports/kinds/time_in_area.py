"""Time in area: how long people were there, added up of their passages.

An area holds whoever is in a part of it. A stay begins with the passage that leads into the area and ends
with the one that leads out. Who is read next somewhere else has left unseen in between: of such a stay it is
known how long it was at most, and that is added up by itself.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from accessctl.reports.catalogue import By
from accessctl.reports.cells import counted, how_long
from accessctl.reports.passages import Passage, Ways, passages, place_notes
from accessctl.reports.question import Desk, Newest
from accessctl.reports.value import Chart, Column, Kind, Named, Report, Series, Table, Tone
from accessctl.store.entry import instant, milliseconds

_AROUND: Final = timedelta(days=1)
"""So much earlier the record is read, to know who was in there already; and so much later, who left."""
LONGEST: Final = timedelta(days=1)
"""Nobody is taken to be somewhere for longer: they left unseen."""
_BARS: Final = 20
_LONGEST_MS: Final = LONGEST // timedelta(milliseconds=1)
LEFT: Final = "left"
UNSEEN: Final = "end not read, at most"
STILL: Final = "not read to leave, at most"
_SUMS = (
    Column("person", "Who", Kind.PERSON),
    Column("area", "Area", Kind.PLACE),
    Column("time", "Time", Kind.DURATION),
    Column("stays", "Stays", Kind.NUMBER),
    Column("unseen", "End not read", Kind.NUMBER),
    Column("at_most", "Besides, at most", Kind.DURATION),
)
_STAYS = (
    Column("since", "From", Kind.INSTANT),
    Column("until", "Until", Kind.INSTANT),
    Column("person", "Who", Kind.PERSON),
    Column("area", "Area", Kind.PLACE),
    Column("time", "Time", Kind.DURATION),
    Column("ended", "Ended"),
)
Whose = tuple[str, str]
"""A person and an area."""


class _Clockwork:
    """Follows everybody through the areas that are asked for, and adds up."""

    def __init__(self, desk: Desk, ways: Ways) -> None:
        since, until = desk.asked.span
        self._since_ms, self._until_ms = milliseconds(since), milliseconds(min(until, desk.asked.now))
        self._ways, self.found = ways, Newest(desk.asked.rows)
        wanted = desk.asked.by.get(By.AREA)
        self._areas = frozenset(
            str(id_)
            for id_, area in desk.site.areas.items()
            if (str(id_) == wanted if wanted is not None else not area.outside)
        )
        self._inside: dict[str, dict[str, int]] = {}
        self.time_ms, self.stays = Counter[Whose](), Counter[Whose]()
        self.unseen_ms, self.unseen = Counter[Whose](), Counter[Whose]()

    def take(self, passage: Passage) -> None:
        before, after = (frozenset(self._ways.within(area)) for area in self._ways.of(passage.point))
        if not before or not after:
            return  # the site file of today does not know this way
        inside = self._inside.setdefault(passage.person, {})
        for area in list(inside):
            if area not in before:  # they were elsewhere just now, so they had left it
                self._end(passage.person, area, passage.at_ms, UNSEEN)
            elif area not in after:
                self._end(passage.person, area, passage.at_ms, LEFT)
        for area in after & self._areas:
            inside.setdefault(area, passage.at_ms)

    def finish(self, read_ms: int) -> None:
        """End what nobody was read to leave, as far as the record was read."""
        for person, areas in self._inside.items():
            for area in list(areas):
                self._end(person, area, read_ms, STILL)

    def _end(self, person: str, area: str, end_ms: int, how: str) -> None:
        began = self._inside[person].pop(area)
        if end_ms < self._since_ms or began >= self._until_ms:
            return  # all of it was before the time that is asked about, or after
        began = max(began, self._since_ms)
        if end_ms - began > _LONGEST_MS:
            end_ms, how = began + _LONGEST_MS, UNSEEN
        end_ms = min(end_ms, self._until_ms)
        self.stays[person, area] += 1
        if how == LEFT:
            self.time_ms[person, area] += end_ms - began
        else:
            self.unseen[person, area] += 1
            self.unseen_ms[person, area] += end_ms - began
        self.found.add(began, end_ms, person, area, how)


def time_in_area(desk: Desk) -> Report:
    """Work the report out."""
    ways, (since, until) = Ways(desk), desk.asked.span
    clockwork = _Clockwork(desk, ways)
    read = min(_later(until), desk.asked.now)
    for passage in passages(desk, ways, _earlier(since), read):
        clockwork.take(passage)
    clockwork.finish(milliseconds(read))
    return desk.report(
        _summary(clockwork),
        _charts(desk, clockwork),
        _tables(desk, clockwork),
        (
            *place_notes(ways),
            "A stay counts where both its ends were read; of others it is known how long they were at most.",
            "Who was in there when it began, and who left after it, is read of a day before and after.",
            f"Nobody is taken to have been anywhere for longer than {how_long(LONGEST)} at a stretch.",
            "Areas lie within each other: time in a part is time in the whole as well.",
        ),
    )


def _earlier(since: datetime) -> datetime:
    try:
        return since - _AROUND
    except OverflowError:
        return since


def _later(until: datetime) -> datetime:
    try:
        return until + _AROUND
    except OverflowError:
        return until


def _tables(desk: Desk, found: _Clockwork) -> tuple[Table, Table]:
    most = sorted(found.stays, key=lambda whose: (-found.time_ms[whose] - found.unseen_ms[whose], whose))
    given = most[: desk.asked.rows]
    stays = sorted(found.found.rows, key=lambda row: -row[0])
    named = desk.people([*(person for person, _ in given), *(row[2] for row in stays)])
    sums = tuple(
        (
            named(person),
            desk.area(area),
            timedelta(milliseconds=found.time_ms[person, area]),
            found.stays[person, area],
            found.unseen[person, area],
            timedelta(milliseconds=found.unseen_ms[person, area]),
        )
        for person, area in given
    )
    rows = tuple(
        (
            instant(began),
            instant(end),
            named(person),
            desk.area(area),
            timedelta(milliseconds=end - began),
            how,
        )
        for began, end, person, area, how in stays
    )
    return (
        Table("Together", _SUMS, sums, len(most)),
        Table("Each stay", _STAYS, rows, found.found.total, "The newest first."),
    )


def _charts(desk: Desk, found: _Clockwork) -> tuple[Chart, Chart]:
    people = _longest(found.time_ms, found.unseen_ms)
    named = desk.people(person for person, _, _ in people)
    areas: dict[str, list[int]] = {}
    for (_, area), time_ms in found.time_ms.items():
        areas.setdefault(area, [0, 0])[0] += time_ms
    for (_, area), time_ms in found.unseen_ms.items():
        areas.setdefault(area, [0, 0])[1] += time_ms
    by_area = sorted(areas.items(), key=lambda each: (-sum(each[1]), each[0]))
    return (
        _hours("Longest in one area", [(named(person), read, unread) for person, read, unread in people]),
        _hours("By area", [(desk.area(area), read, unread) for area, (read, unread) in by_area]),
    )


def _longest(time_ms: Counter[Whose], unseen_ms: Counter[Whose]) -> list[tuple[str, int, int]]:
    """Give those who were longest in one area: of areas within each other that is the whole."""
    found: dict[str, tuple[int, int]] = {}
    for whose in {*time_ms, *unseen_ms}:
        both = (time_ms[whose], unseen_ms[whose])
        found[whose[0]] = max(found.get(whose[0], (0, 0)), both, key=sum)
    rows = ((person, *both) for person, both in found.items())
    return sorted(rows, key=lambda each: (-each[1] - each[2], each[0]))[:_BARS]


def _hours(title: str, rows: Iterable[tuple[Named | None, int, int]]) -> Chart:
    given = [(named, read, unread) for named, read, unread in rows if named is not None]
    series = (
        Series("both ends read", tuple(round(read / 3_600_000, 2) for _, read, _ in given)),
        Series("at most", tuple(round(unread / 3_600_000, 2) for _, _, unread in given), Tone.UNSURE),
    )
    return Chart(title, tuple(named.shown for named, _, _ in given), series, "hours")


def _summary(found: _Clockwork) -> list[str]:
    if not found.stays:
        return ["Nobody is recorded to have been there."]
    people = len({person for person, _ in found.stays})
    stays = counted(found.stays.total(), "stay", "stays")
    said = [f"{counted(people, 'person was', 'people were')} there, in {stays}."]
    if found.unseen.total():
        said.append(f"Of {counted(found.unseen.total(), 'stay', 'stays')} the end was not read.")
    return said
