"""How the places of a site lie: which areas are parts of others, and which doors lead where."""

from collections.abc import Iterable, Mapping

from policies.ids import AccessPointId, AreaId, DoorId, InputId
from policies.interlock import Interlock
from policies.places import AccessPoint, Area, Door, MusterPoint

Chains = Mapping[AreaId, tuple[AreaId, ...]]
"""Each area with all that it is a part of, the innermost first."""


def points_by_id(access_points: Iterable[AccessPoint]) -> dict[AccessPointId, AccessPoint]:
    """Give each access point under its id. Raises ``ValueError`` when two have the same."""
    points: dict[AccessPointId, AccessPoint] = {}
    for point in access_points:
        if points.setdefault(point.id, point) is not point:
            raise ValueError(f"there are two access points {point.id}")
    return points


def musters_by_id(
    muster_points: Iterable[MusterPoint], points: Mapping[AccessPointId, AccessPoint]
) -> dict[AccessPointId, MusterPoint]:
    """Give each muster point under its id. Raises ``ValueError`` when an access point has the same."""
    found = {point.id: point for point in muster_points}
    for id_ in found:
        if id_ in points:
            raise ValueError(f"{id_} is an access point and a muster point")
    return found


def doors_by_id(
    doors: Iterable[Door],
    points: Iterable[AccessPoint],
    interlocks: Iterable[Interlock],
    fire_doors: Mapping[InputId, tuple[DoorId, ...]],
) -> dict[DoorId, Door]:
    """Give each door under its id. One that is used and not given has no rules of its own."""
    found = {door.id: door for door in doors}
    named = [point.door for point in points]
    for ids in (*(group.doors for group in interlocks), *fire_doors.values()):
        named += ids
    return found | {id_: Door(id_, id_) for id_ in named if id_ not in found}


def areas_by_id(
    areas: Iterable[Area], points: Iterable[AccessPoint], muster_points: Iterable[MusterPoint]
) -> dict[AreaId, Area]:
    """Give each area under its id. One that is used and not given has no rules of its own."""
    found = {area.id: area for area in areas}
    named = [area.within for area in found.values() if area.within is not None]
    for point in points:
        named += (point.from_area, point.to_area)
    named += (point.area for point in muster_points)
    return found | {id_: Area(id_, id_) for id_ in named if id_ not in found}


def chains_of(areas: Mapping[AreaId, Area]) -> dict[AreaId, tuple[AreaId, ...]]:
    """Give each area's chain. Raises ``ValueError`` when areas are parts of each other."""
    return {area: _chain(area, areas) for area in areas}


def _chain(area: AreaId, areas: Mapping[AreaId, Area]) -> tuple[AreaId, ...]:
    chain = [area]
    while (outer := areas[chain[-1]].within) is not None:
        if outer in chain:
            raise ValueError(f"the area {area} is a part of itself")
        chain.append(outer)
    return tuple(chain)


def entered_by(point: AccessPoint, chains: Chains) -> tuple[AreaId, ...]:
    """Give the areas that somebody comes into by this point and was not in before, the innermost first."""
    before = chains[point.from_area]
    return tuple(area for area in chains[point.to_area] if area not in before)


def doors_into(points: Iterable[AccessPoint], chains: Chains) -> dict[AreaId, tuple[DoorId, ...]]:
    """Give for each area the doors by which somebody comes into it."""
    found: dict[AreaId, dict[DoorId, None]] = {}
    for point in points:
        for area in entered_by(point, chains):
            found.setdefault(area, {})[point.door] = None
    return {area: tuple(doors) for area, doors in found.items()}


def doors_beside(
    entered: Iterable[tuple[AreaId, ...]], ways_into: Mapping[AreaId, tuple[DoorId, ...]]
) -> dict[tuple[AreaId, ...], tuple[DoorId, ...]]:
    """Give for each group of areas that is entered at once all the doors into any of them."""
    return {
        areas: tuple(dict.fromkeys(door for area in areas for door in ways_into[area]))
        for areas in dict.fromkeys(entered)
    }


def points_by_door(points: Iterable[AccessPoint]) -> dict[DoorId, tuple[AccessPoint, ...]]:
    """Give for each door the access points that lead through it."""
    found: dict[DoorId, list[AccessPoint]] = {}
    for point in points:
        found.setdefault(point.door, []).append(point)
    return {door: tuple(own) for door, own in found.items()}
