"""Who has access to an area, and by what right: what its owner looks through, and what is signed.

It is about rights and not about this moment: who may come in at some hour has access, wherever they are and
whatever hangs on the door now. Whoever is disabled or whose time has ended has none. People stand in it by
their pseudonyms, so that what is signed says nothing any more of who is erased.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accessctl.foresight.situation import site_in_force
from accessctl.home import Home
from accessctl.store.people_queries import PeopleQueries, PersonRow
from accessctl.store.people_reads import MOST
from accessctl.store.review_document import FORMAT
from policies.ids import AccessPointId, AreaId, LevelId, MemberId
from policies.places import Direction
from policies.rulebook import Rulebook
from policies.schedule import Schedule


class NoSuchArea(LookupError):
    """The rules in force know no area of this id."""


def who_has_access(home: Home, area: str, revision: str | None, now: datetime) -> dict[str, Any]:
    """Give what is reviewed: everybody who has access, in the order of their ids.

    ``revision``: the rules that the door process goes by. The same rights give the same value, whenever it is
    asked. Raises ``NoSuchArea``, ``SiteInvalid`` and ``PeopleUnavailable``.
    """
    rulebook = site_in_force(home, revision).rulebook
    if area not in rulebook.areas:
        raise NoSuchArea(f"there is no area {area}")
    points = ways_into(rulebook, AreaId(area))
    found = []
    for row in _everybody(PeopleQueries(home.people)):
        rights = rights_of(row, rulebook, points, now)
        if rights:
            shows = row.active_cards + int(row.has_code)
            found.append({"person": row.id, "rights": rights, "can_show_something": shows > 0})
    return {
        "format": FORMAT,
        "area": area,
        "rules": rulebook.revision,
        "access_points": list(points),
        "people": found,
    }


def ways_into(rulebook: Rulebook, area: AreaId) -> tuple[AccessPointId, ...]:
    """Give the access points by which somebody comes into an area, or into a part of it from outside."""
    return tuple(
        id_
        for id_, rules in sorted(rulebook.points.items())
        if area in rules.enters and rules.point.direction is Direction.IN
    )


def rights_of(
    row: PersonRow, rulebook: Rulebook, points: Iterable[AccessPointId], now: datetime
) -> list[dict[str, Any]]:
    """Give by what right somebody may pass which of these access points; nothing for who may pass none."""
    if row.disabled or (row.validity.end is not None and row.validity.end <= now):
        return []
    members = [*(("role", each) for each in row.roles), *(("group", each) for each in row.groups)]
    barred = _always_denied(rulebook, row)
    wanted = [point for point in points if point not in barred]
    found = []
    for kind, member in members:
        for level in rulebook.allows_of.get(MemberId(member), ()):
            found += _right({"by": kind, "id": member}, level, rulebook, wanted)
    for loan in row.temporary:
        if loan.validity.end is None or loan.validity.end > now:
            ends = None if loan.validity.end is None else loan.validity.end.isoformat()
            found += _right(
                {"by": "loan", "id": loan.id, "until": ends}, LevelId(loan.level), rulebook, wanted
            )
    return found


def _right(
    by: Mapping[str, Any], level: LevelId, rulebook: Rulebook, wanted: Iterable[AccessPointId]
) -> list[dict[str, Any]]:
    policies: Mapping[AccessPointId, tuple[Schedule, ...]] = rulebook.levels.get(level, {})
    passed = {point: sorted(each.id for each in policies[point]) for point in wanted if point in policies}
    return [{**by, "level": level, "access_points": passed}] if passed else []


def _always_denied(rulebook: Rulebook, row: PersonRow) -> frozenset[AccessPointId]:
    """Give the access points that a role or group denies at every hour, which beats every right."""
    levels = [
        level
        for member in (*row.roles, *row.groups)
        for level in rulebook.denies_of.get(MemberId(member), ())
    ]
    return frozenset(
        point
        for level in levels
        for point, schedules in rulebook.levels.get(level, {}).items()
        if any(schedule.always for schedule in schedules)
    )


def _everybody(people: PeopleQueries) -> Iterable[PersonRow]:
    after: str | None = ""
    while after is not None:
        rows = people.people(after=after)
        yield from rows
        after = rows[-1].id if len(rows) == MOST else None
