"""Who was where and when: every passage of a person, into an area, or through a door."""

from collections import Counter

from accessctl.reports.buckets import Buckets
from accessctl.reports.catalogue import By
from accessctl.reports.cells import counted
from accessctl.reports.passages import ASSUMED, SEEN, Ways, passages, place_notes
from accessctl.reports.question import Desk, Newest, most_common
from accessctl.reports.value import Chart, Column, Kind, Report, Series, Table, Tone
from accessctl.store.entry import instant

_TONES = {SEEN: Tone.PLAIN, ASSUMED: Tone.UNSURE}
_BARS = 15
_COLUMNS = (
    Column("at", "When", Kind.INSTANT),
    Column("person", "Who", Kind.PERSON),
    Column("from", "From", Kind.PLACE),
    Column("to", "To", Kind.PLACE),
    Column("door", "Door", Kind.PLACE),
    Column("access_point", "Access point", Kind.PLACE),
    Column("sure", "How known"),
)


def movements(desk: Desk) -> Report:
    """Work the report out."""
    ways, (since, until) = Ways(desk), desk.asked.span
    area = desk.asked.by.get(By.AREA)
    found, people, into = Newest(desk.asked.rows), set[str](), Counter[str]()
    buckets = Buckets(desk.site.timezone, since, until)
    for each in passages(desk, ways, since, until):
        if area is not None and not ways.crosses(each.point, area):
            continue
        found.add(*each)
        people.add(each.person)
        into[str(ways.of(each.point)[1] or each.point)] += 1
        buckets.add(each.at_ms, SEEN if each.seen else ASSUMED)
    named = desk.people(row[1] for row in found.rows)
    rows = tuple(
        (
            instant(at_ms),
            named(person),
            *map(desk.area, ways.of(point)),
            desk.door(door),
            desk.point(point),
            SEEN if seen else ASSUMED,
        )
        for at_ms, person, door, point, seen in found.rows
    )
    return desk.report(
        (_summary(found.total, len(people)),),
        (
            buckets.by_time("Passages", "passages", _TONES),
            buckets.by_hour("Passages", "passages", _TONES),
            _into(desk, into),
        ),
        (Table("Passages", _COLUMNS, rows, found.total, "The newest first."),),
        place_notes(ways),
    )


def _into(desk: Desk, into: Counter[str]) -> Chart:
    common = most_common(into, _BARS)
    labels = tuple(named.shown for area, _ in common if (named := desk.area(area)) is not None)
    return Chart("Where to", labels, (Series("", tuple(float(count) for _, count in common)),), "passages")


def _summary(passed: int, people: int) -> str:
    if not passed:
        return "Nobody is recorded to have passed."
    return f"{counted(people, 'person', 'people')} passed {counted(passed, 'time', 'times')}."
