"""Who has access where: every area, who may enter it, by what right, and whether they could just now."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from accessctl.foresight.situation import situation_of
from accessctl.reports.catalogue import By
from accessctl.reports.cells import counted
from accessctl.reports.question import Desk
from accessctl.reports.standing import Rights, StandingRights
from accessctl.reports.value import Chart, Column, Kind, Named, Report, Row, Series, Table, Tone
from accessctl.store.holders import Bearer, HolderQueries
from policies.ids import AccessPointId, AreaId
from policies.people import Person
from policies.places import Direction
from policies.reach import Reach

_NOW, _LATER = "could just now", "not just now"
_AREAS = (
    Column("area", "Area", Kind.PLACE),
    Column("people", "People", Kind.NUMBER),
    Column("now", "Could just now", Kind.NUMBER),
    Column("lent", "By a loan alone", Kind.NUMBER),
)
_WHO = (
    Column("area", "Area", Kind.PLACE),
    Column("person", "Who", Kind.PERSON),
    Column("groups", "Groups or roles"),
    Column("access_points", "Ways in", Kind.PLACE),
    Column("by", "By what right"),
    Column("when", "When"),
    Column("now", "Just now", Kind.YES),
)
LENT: Final = "lent "


class _Found:
    """Takes one person after the other, and keeps as many rows as are wanted."""

    def __init__(self, desk: Desk) -> None:
        self._most, self.total = desk.asked.rows, 0
        self.rows: list[tuple[AreaId, Person, tuple[AccessPointId, ...], str, str, bool]] = []
        self.people, self.now, self.lent = Counter[AreaId](), Counter[AreaId](), Counter[AreaId]()
        self.everybody: set[str] = set()
        by = desk.asked.by
        self._ways = _ways_in(desk, by.get(By.AREA), by.get(By.DOOR))
        self.areas = tuple(self._ways)

    def take(self, person: Person, rights: Rights, could: frozenset[AccessPointId]) -> None:
        for area, points in self._ways.items():
            mine = tuple(point for point in points if point in rights)
            if not mine:
                continue
            standing = dict.fromkeys(each for point in mine for each in rights[point])
            by, now = list(dict.fromkeys(each.by for each in standing)), not could.isdisjoint(mine)
            self.everybody.add(person.id)
            self.people[area] += 1
            self.now[area] += now
            self.lent[area] += all(each.startswith(LENT) for each in by)
            self.total += 1
            if len(self.rows) < self._most:
                when = ", ".join(dict.fromkeys(each.when for each in standing))
                self.rows.append((area, person, mine, ", ".join(by), when, now))


def access(desk: Desk) -> Report:
    """Work the report out."""
    asked = desk.asked
    situation = situation_of(desk.home, asked.status, asked.now)
    reach = Reach(situation.rulebook, asked.now, situation.memory, situation.wrong_pins)
    rights = StandingRights(desk.site, asked.now)
    queries, wanted = HolderQueries(desk.home.people), asked.by.get(By.PERSON)
    bearers = queries.everybody() if wanted is None else queries.of(wanted)
    found = _Found(desk)
    for person, mask in _each_person(bearers, reach):
        found.take(person, rights.of(person), frozenset(reach.names(mask)))
    return desk.report(
        _summary(found),
        (_chart(desk, found),),
        (
            Table("By area", _AREAS, _area_rows(desk, found)),
            Table("Who may enter", _WHO, _rows(desk, found, rights), found.total),
        ),
        (
            "Listed is who has a right, and a card or a code in whatever state.",
            "Whether a door would open depends on more, such as who is inside: 'just now' says that.",
            "Leaving is free to everybody, and no access to be listed; so are doors while they are unlocked.",
        ),
    )


def _each_person(bearers: list[Bearer], reach: Reach) -> Iterator[tuple[Person, int]]:
    """Give each person with all that they could pass just now; the bearers of one stand together."""
    for _, of_one in groupby(bearers, key=lambda bearer: bearer.holder.person.id):
        mask, person = 0, None
        for bearer in of_one:
            mask |= reach.of(bearer.holder, bearer.shows)
            person = bearer.holder.person
        if person is not None:
            yield person, mask


def _ways_in(desk: Desk, area: str | None, door: str | None) -> dict[AreaId, tuple[AccessPointId, ...]]:
    """Give the access points by which one comes into each area."""
    found: dict[AreaId, list[AccessPointId]] = {}
    for id_, rules in desk.site.rulebook.points.items():
        if rules.point.direction is Direction.IN and door in {None, str(rules.point.door)}:
            for entered in rules.enters:
                if area in {None, str(entered)} and not desk.site.areas[entered].outside:
                    found.setdefault(entered, []).append(id_)
    return {area_: tuple(points) for area_, points in found.items()}


def _area_rows(desk: Desk, found: _Found) -> tuple[Row, ...]:
    return tuple(
        (desk.area(area), found.people[area], found.now[area], found.lent[area]) for area in found.areas
    )


def _rows(desk: Desk, found: _Found, rights: StandingRights) -> tuple[Row, ...]:
    named = desk.people(row[1].id for row in found.rows)
    rows = sorted(found.rows, key=lambda row: (found.areas.index(row[0]), _name(named(row[1].id))))
    return tuple(
        (
            desk.area(area),
            named(person.id),
            ", ".join(rights.members(person)),
            tuple(each for point in points if (each := desk.point(point)) is not None),
            by,
            when,
            now,
        )
        for area, person, points, by, when, now in rows
    )


def _name(named: Named | None) -> str:
    return "" if named is None else named.shown.casefold()


def _chart(desk: Desk, found: _Found) -> Chart:
    areas = sorted(found.areas, key=lambda area: (-found.people[area], area))
    labels = tuple(named.shown for area in areas if (named := desk.area(area)) is not None)
    now = Series(_NOW, tuple(float(found.now[area]) for area in areas), Tone.GOOD)
    later = Series(_LATER, tuple(float(found.people[area] - found.now[area]) for area in areas))
    return Chart("People who may enter", labels, (now, later), "people")


def _summary(found: _Found) -> list[str]:
    if not found.total:
        return ["Nobody has a right to enter."]
    lent = found.lent.total()
    said = [f"{counted(len(found.everybody), 'person has', 'people have')} access to {_areas(found)}."]
    return [*said, f"{counted(lent, 'access is', 'accesses are')} lent for a while."] if lent else said


def _areas(found: _Found) -> str:
    return counted(sum(1 for area in found.areas if found.people[area]), "area", "areas")
