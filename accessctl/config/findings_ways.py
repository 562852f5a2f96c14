"""Whether everybody can leave, is seen leaving where that matters, and can leave in a fire."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from accessctl.config.finding import Finding, danger, mistake, note
from accessctl.config.reading import show, under
from accessctl.config.site import Site
from hardware.specs import LockKind
from policies.area_rules import PassbackKind
from policies.ids import AreaId, DoorId
from policies.places import Direction


class Way(NamedTuple):
    """A way from one area to another that no rule can refuse."""

    start: AreaId
    end: AreaId
    door: DoorId


def findings_on_ways_out(site: Site) -> Iterator[Finding]:
    """Give what is wrong with leaving."""
    outside = {area.id for area in site.areas.values() if area.outside}
    if outside:
        ways = ways_out(site)
        yield from _areas_nobody_can_leave(site, ways, outside)
        yield from _areas_that_a_fire_locks(site, ways, outside)
    else:
        yield _nothing_is_outside(site)
    yield from _passback_without_exit(site)
    yield from _passback_without_contact(site)


def ways_out(site: Site) -> tuple[Way, ...]:
    """Give every way that is open to whoever wants to leave: by an exit reader, an exit request, a handle."""
    asked = set(site.door_of_exit_request.values())
    found = []
    for point in site.access_points.values():
        if point.direction is Direction.OUT:
            found.append(Way(point.from_area, point.to_area, point.door))
        elif point.door in asked:
            found.append(Way(point.to_area, point.from_area, point.door))
    return tuple(dict.fromkeys(found))


def _reach(ways: Iterable[Way], goals: set[AreaId]) -> set[AreaId]:
    """Give the areas from which these ways lead to one of the goals."""
    reach = set(goals)
    while more := {way.start for way in ways if way.end in reach} - reach:
        reach |= more
    return reach


def _entered(site: Site) -> list[AreaId]:
    """Give the areas that some access point leads to, in the order of the file."""
    entered = {point.to_area for point in site.access_points.values()}
    return [area for area in site.areas if area in entered]


def _nothing_is_outside(site: Site) -> Finding:
    what = "no area is outside, so nobody can tell whether every place can be left, and nobody ever has left"
    if site.muster_points:
        return mistake("areas", f"{what}: a roll call never ends")
    return note("areas", what)


def _areas_nobody_can_leave(site: Site, ways: tuple[Way, ...], outside: set[AreaId]) -> Iterator[Finding]:
    reach = _reach(ways, outside)
    for area in _entered(site):
        if area in reach:
            continue
        on = sorted({way.end for way in ways if way.start == area})
        where = (
            f"the ways out lead to {' and '.join(map(show, on))} and no further"
            if on
            else "there is no way out"
        )
        yield danger(
            under("areas", area),
            f"nobody can leave: {where} (a way out is an access point with direction out, or an "
            "exit_request)",
        )


def _areas_that_a_fire_locks(site: Site, ways: tuple[Way, ...], outside: set[AreaId]) -> Iterator[Finding]:
    if not site.rulebook.fire_doors:
        return
    let_go = {door for doors in site.rulebook.fire_doors.values() for door in doors} | _opens_by_itself(site)
    through = [(point.from_area, point.to_area, point.door) for point in site.access_points.values()]
    free = [
        Way(*way)
        for one, other, door in through
        if door in let_go
        for way in ((one, other, door), (other, one, door))
    ]
    in_a_fire, usually = _reach(free, outside), _reach(ways, outside)
    for area in _entered(site):
        if area in usually and area not in in_a_fire:
            held = sorted({way.door for way in ways if way.start == area and way.door not in let_go})
            doors = " and ".join(under("doors", door) for door in held) or "a door further on"
            yield danger(
                under("areas", area),
                f"no fire input releases a whole way out of here: {doors} stays locked, fail-secure and "
                "without a handle",
            )


def _opens_by_itself(site: Site) -> set[DoorId]:
    """Give the doors that need neither power nor software to let people out."""
    locks = {strike.id: strike.lock for strike in site.board.strikes}
    handles = {door for door in site.door_of_exit_request.values() if not site.doors[door].exit_releases}
    fail_safe = {door for door, strike in site.strike_of_door.items() if locks[strike] is LockKind.FAIL_SAFE}
    return handles | fail_safe


def _doors_into(site: Site, area: AreaId) -> list[DoorId]:
    """Give the doors through which the rules let people into an area."""
    points = site.rulebook.points.values()
    entering = (each for each in points if each.point.direction is Direction.IN and area in each.enters)
    return list(dict.fromkeys(each.point.door for each in entering))


def _doors_read_out_of(site: Site, area: AreaId) -> set[DoorId]:
    """Give the doors at which whoever leaves an area is read."""
    chains: Mapping[AreaId, tuple[AreaId, ...]] = site.rulebook.chains
    return {
        point.door
        for point in site.access_points.values()
        if point.direction is Direction.OUT
        and area in chains[point.from_area]
        and area not in chains[point.to_area]
    }


def _hard(site: Site) -> list[AreaId]:
    passbacks = ((area.id, area.passback) for area in site.areas.values())
    return [area for area, passback in passbacks if passback and passback.kind is PassbackKind.HARD]


def _passback_without_exit(site: Site) -> Iterator[Finding]:
    asked = set(site.door_of_exit_request.values())
    for area in _hard(site):
        entered, read = _doors_into(site, area), _doors_read_out_of(site, area)
        if entered and not read:
            yield mistake(
                under("areas", area) + ".passback",
                "is hard, and no door out of here has an exit reader (an access point with direction out): "
                "whoever enters once is refused from then on",
            )
        for door in entered if read else ():
            if door not in read and door in asked:
                yield note(
                    under("doors", door),
                    f"whoever leaves by its exit_request still counts as being in {show(area)}, where "
                    "passback is hard",
                )


def _passback_without_contact(site: Site) -> Iterator[Finding]:
    for area in _hard(site):
        for door in _doors_into(site, area):
            if not site.doors[door].monitored:
                yield mistake(
                    under("doors", door),
                    f"has no position switch and leads into {show(area)}, where passback is hard: whoever "
                    "badges and does not go in is refused the next time",
                )
