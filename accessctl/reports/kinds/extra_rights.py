"""More rights than their group: who may pass where most of their group may not, and whether they did.

People are held against those of the same group; who is in none, against those of the same first role. What
less than half of them may pass is unusual, and an access point is reported that is unusual in every group
of the person. A group of fewer than three is too small to say what is usual in it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from accessctl.reports.catalogue import By
from accessctl.reports.cells import counted, known_since
from accessctl.reports.question import Desk, most_common
from accessctl.reports.reading import Want
from accessctl.reports.standing import Rights, StandingRights
from accessctl.reports.value import Cell, Chart, Column, Kind, Report, Row, Series, Table, Tone
from accessctl.store.entry import instant
from accessctl.store.holders import HolderQueries
from policies.ids import AccessPointId
from policies.people import Person
from policies.reasons import Reason

_SMALLEST: Final = 3
_BARS: Final = 20
_EXTRA = (
    Column("person", "Who", Kind.PERSON),
    Column("groups", "Groups or roles"),
    Column("access_point", "Access point", Kind.PLACE),
    Column("door", "Door", Kind.PLACE),
    Column("by", "By what right"),
    Column("when", "When"),
    Column("share", "Of the group"),
    Column("used", "Used", Kind.NUMBER),
    Column("last", "Last used", Kind.INSTANT),
)
_ALONE = (
    Column("person", "Who", Kind.PERSON),
    Column("what", "What"),
    Column("until", "Until", Kind.INSTANT),
)


@dataclass(frozen=True, slots=True)
class _Extra:
    """One access point that is unusual for one person."""

    person: Person
    point: AccessPointId
    rights: Rights
    share: float
    """The largest share of any of their groups who may pass it."""


def extra_rights(desk: Desk) -> Report:
    """Work the report out."""
    rights = StandingRights(desk.site, desk.asked.now)
    everybody = _everybody(desk)
    extras, small = _extras(desk, everybody, rights)
    used, last = _uses(desk, extras)
    exceptions = _exceptions(desk, everybody)
    people = Counter(str(each.person.id) for each in extras)
    unused = sum(1 for each in extras if not used[each.person.id, each.point])
    notes = [
        "Compared are rights by roles, groups and loans; of people with a card or a code, and not disabled.",
        "It says what is unusual, not what is wrong.",
    ]
    if small:
        notes.append(f"{counted(small, 'person is', 'people are')} in groups too small to compare with.")
    return desk.report(
        _summary(people, unused, desk.unknown_before),
        (_chart(desk, people, extras, used),),
        (
            _table(desk, extras, rights, used, last),
            Table("Given to one person alone", _ALONE, exceptions, empty="No exceptions, and no loans."),
        ),
        notes,
    )


def _everybody(desk: Desk) -> list[Person]:
    bearers = HolderQueries(desk.home.people).everybody()
    people = (
        next(of_one).holder.person for _, of_one in groupby(bearers, key=lambda each: _id(each.holder.person))
    )
    return [person for person in people if not person.disabled]


def _id(person: Person) -> str:
    return person.id


def _extras(desk: Desk, everybody: list[Person], rights: StandingRights) -> tuple[list[_Extra], int]:
    sizes, may = Counter[str](), Counter[tuple[str, AccessPointId]]()
    for person in everybody:
        points = rights.of(person)
        for group in _groups(person):
            sizes[group] += 1
            may.update((group, point) for point in points)
    wanted, door = desk.asked.by.get(By.PERSON), desk.asked.by.get(By.DOOR)
    found, small = [], 0
    for person in everybody:
        if wanted not in {None, str(person.id)}:
            continue
        groups = [group for group in _groups(person) if sizes[group] >= _SMALLEST]
        small += not groups
        points = rights.of(person) if groups else {}
        for point in points:
            share = max(may[group, point] / sizes[group] for group in groups)
            if share < 1 / 2 and door in {None, str(desk.site.access_points[point].door)}:
                found.append(_Extra(person, point, points, share))
    return found, small


def _groups(person: Person) -> tuple[str, ...]:
    if person.groups:
        return tuple(f"group {each}" for each in person.groups)
    return tuple(f"role {each}" for each in person.roles[:1])


def _uses(desk: Desk, extras: list[_Extra]) -> tuple[Counter[tuple[str, str]], dict[tuple[str, str], int]]:
    """Count how often each was used in the time that is asked about, and when last."""
    wanted = {(str(each.person.id), str(each.point)) for each in extras}
    used, last = Counter[tuple[str, str]](), dict[tuple[str, str], int]()
    since, until = desk.asked.span
    want = Want({Reason.GRANTED.event_type}, since, until, desk.asked.by.get(By.PERSON))
    for entry in desk.record.entries(want) if wanted else ():
        key = (entry.person or "", entry.access_point or "")
        if key in wanted:
            used[key] += 1
            last[key] = entry.at_ms
    return used, last


def _exceptions(desk: Desk, everybody: list[Person]) -> tuple[Row, ...]:
    wanted, rows = desk.asked.by.get(By.PERSON), list[tuple[str, str, Cell]]()
    for person in everybody:
        if wanted not in {None, str(person.id)}:
            continue
        if person.exempt:
            rows.append((person.id, "exempt from passback", None))
        if person.extended:
            rows.append((person.id, "doors give more time", None))
        for access in person.temporary:
            if access.validity.refusal_at(desk.asked.now) is None:
                rows.append((person.id, f"lent the level {access.level}", access.validity.end))
    given = rows[: desk.asked.rows]
    named = desk.people(person for person, _, _ in given)
    return tuple((named(person), what, until) for person, what, until in given)


def _table(
    desk: Desk,
    extras: list[_Extra],
    rights: StandingRights,
    used: Counter[tuple[str, str]],
    last: dict[tuple[str, str], int],
) -> Table:
    given = sorted(extras, key=lambda each: (used[each.person.id, each.point], each.person.id, each.point))
    given = given[: desk.asked.rows]
    named = desk.people(each.person.id for each in given)
    rows = tuple(
        (
            named(each.person.id),
            ", ".join(rights.members(each.person)),
            desk.point(each.point),
            desk.door(desk.site.access_points[each.point].door),
            ", ".join(dict.fromkeys(one.by for one in each.rights[each.point])),
            ", ".join(dict.fromkeys(one.when for one in each.rights[each.point])),
            f"{each.share:.0%}",
            used[each.person.id, each.point],
            instant(last[each.person.id, each.point]) if (each.person.id, each.point) in last else None,
        )
        for each in given
    )
    note = "What was not used comes first. Used: how often they were let in there in this time."
    if (known := desk.unknown_before) is not None:
        note += f" At least: {known_since(known)}."
    return Table("Unusual in their group", _EXTRA, rows, len(extras), note)


def _chart(desk: Desk, people: Counter[str], extras: list[_Extra], used: Counter[tuple[str, str]]) -> Chart:
    common = most_common(people, _BARS)
    named = desk.people(person for person, _ in common)
    idle = Counter(str(each.person.id) for each in extras if not used[each.person.id, each.point])
    labels = tuple(each.shown for person, _ in common if (each := named(person)) is not None)
    not_used = "not used" if desk.unknown_before is None else "no use in the record"
    series = (
        Series("used", tuple(float(count - idle[person]) for person, count in common)),
        Series(not_used, tuple(float(idle[person]) for person, _ in common), Tone.UNSURE),
    )
    return Chart("Unusual access points by person", labels, series, "access points")


def _summary(people: Counter[str], unused: int, known: datetime | None) -> list[str]:
    if not people:
        return ["Nobody may pass where most of their group may not."]
    may = counted(len(people), "person", "people")
    said = [f"{may} may pass where most of their group may not: {counted(people.total(), 'case', 'cases')}."]
    if known is not None:
        return [*said, f"{unused:,} of them have no use in the record; {known_since(known)}."]
    return [*said, f"{unused:,} of them were not used in this time."]
