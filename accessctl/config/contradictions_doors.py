"""What can be wrong between doors, what leads through them, and the other doors of an interlock."""

from collections.abc import Iterator

from accessctl.config.build_rules import fallback
from accessctl.config.errors import Problem
from accessctl.config.reading import show, under
from accessctl.config.schema import SiteFile
from accessctl.config.schema_access import AccessPointTable
from accessctl.config.schema_doors import DegradedTable, DoorTable
from policies.degraded import Condition, Fallback
from policies.door_modes import DoorMode
from policies.places import Direction


def contradictions_at_doors(file: SiteFile) -> Iterator[Problem]:
    """Give every problem of doors that shows only beside something else."""
    if file.has("access_points"):
        yield from doors_that_lead_to_many_places(file)
    if file.has("doors", "access_points"):
        yield from doors_without_access_points(file)
        yield from first_cards_that_never_come(file)
    if file.has("doors", "interlocks", "degraded"):
        yield from interlocks_that_cannot_hold(file)


def doors_without_access_points(file: SiteFile) -> Iterator[Problem]:
    """Want every door to have a way to ask to pass it: one without was forgotten."""
    if not all(point.has("door") for point in file.access_points.values()):
        return
    used = {point.door for point in file.access_points.values()}
    for name in file.doors:
        if name not in used:
            yield Problem(under("doors", name), "has no access point")


def doors_that_lead_to_many_places(file: SiteFile) -> Iterator[Problem]:
    """Want each door to join two areas, and its way out to lead from where the way in leads to."""
    first_of: dict[str, tuple[str, AccessPointTable]] = {}
    for name, point in file.access_points.items():
        if not point.has("door", "from_area", "to_area", "direction"):
            continue
        earlier_name, earlier = first_of.setdefault(point.door, (name, point))
        if {point.from_area, point.to_area} != {earlier.from_area, earlier.to_area}:
            yield Problem(
                under("access_points", name),
                f"leads from {show(point.from_area)} to {show(point.to_area)}, but "
                f"{under('access_points', earlier_name)} leads from {show(earlier.from_area)} to "
                f"{show(earlier.to_area)} through the same door",
            )
        elif {point.direction, earlier.direction} == set(Direction) and point.to_area == earlier.to_area:
            yield Problem(
                under("access_points", name) + ".direction",
                f"leads the same way as {under('access_points', earlier_name)}, so one of them cannot be "
                '"in" and the other "out"',
            )


def first_cards_that_never_come(file: SiteFile) -> Iterator[Problem]:
    """Want a way in wherever a door waits for somebody to come in."""
    points = file.access_points.values()
    if not all(point.has("door", "direction") for point in points):
        return
    entered = {point.door for point in points if point.direction is Direction.IN}
    for name, door in file.doors.items():
        if name in entered or not door.has("modes"):
            continue
        for number, mode in enumerate(door.modes):
            if mode.has("first_card") and mode.first_card:
                yield Problem(
                    f"{under('doors', name)}.modes[{number}].first_card",
                    "no access point leads in through this door, so no first card ever comes",
                )


def interlocks_that_cannot_hold(file: SiteFile) -> Iterator[Problem]:
    """Want every door of an interlock to tell whether it is shut, and none to stand released for long."""
    told: set[str] = set()
    for number, interlock in enumerate(file.interlocks):
        if not interlock.has("doors"):
            continue
        for place, name in enumerate(interlock.doors):
            door = file.doors.get(name)
            if door is None:
                continue
            if door.has("position") and door.position is None:
                yield Problem(
                    f"interlocks[{number}].doors[{place}]",
                    f"{under('doors', name)} has no position switch, so nobody could tell whether it is shut",
                )
            if name not in told:
                told.add(name)
                yield from _modes_that_release(name, door)
                yield from _falls_open(name, door, file.degraded)


def _modes_that_release(name: str, door: DoorTable) -> Iterator[Problem]:
    for number, mode in enumerate(door.modes if door.has("modes") else ()):
        if mode.has("mode") and mode.mode is DoorMode.UNLOCKED:
            yield Problem(
                f"{under('doors', name)}.modes[{number}].mode",
                "a door of an interlock cannot be unlocked by schedule: the others would never be released",
            )


def _falls_open(name: str, door: DoorTable, everywhere: DegradedTable | None) -> Iterator[Problem]:
    if not door.has("degraded"):
        return
    lost = Condition.READER_LOST
    if not all(table is None or table.has(lost.value) for table in (door.degraded, everywhere)):
        return
    if fallback(door.degraded, everywhere, lost) is not Fallback.UNLOCK:
        return
    at = under("doors", name)
    own = door.degraded is not None and door.degraded.under(lost) is not None
    yield Problem(
        f"{at}.degraded.{lost.value}" if own else f"degraded.{lost.value}",
        f"{show(Fallback.UNLOCK.value)} cannot hold at {at}, a door of an interlock: the others would never "
        "be released",
    )
