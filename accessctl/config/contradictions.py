"""What can be wrong between sections that are each right by themselves.

The file may be half full (see ``reading.py``): every check asks ``has`` before it looks, and says
nothing where an answer would only repeat a problem that is already noted.
"""

from collections.abc import Iterator
from itertools import combinations

from accessctl.config.errors import Problem
from accessctl.config.reading import show, under
from accessctl.config.schema import AccessPointTable, ReaderKind, ScheduleTable, SiteFile
from hardware.specs import BoardKind
from policies.places import Direction


def contradictions(file: SiteFile) -> Iterator[Problem]:
    """Give every problem that shows only when sections are laid side by side."""
    if file.has("holidays", "schedules"):
        yield from schedules_that_never_hold(file)
    if file.has("access_points"):
        yield from readers_that_are_not_there(file)
        yield from readers_that_share_a_name(file)
        yield from doors_that_lead_to_many_places(file)
    if file.has("doors", "access_points"):
        yield from doors_without_access_points(file)


def schedules_that_never_hold(file: SiteFile) -> Iterator[Problem]:
    """Want every schedule to have an interval on some day that comes."""
    if not all(day.has("type") for day in file.holidays):
        return
    types = {day.type for day in file.holidays}
    for name, schedule in file.schedules.items():
        if not schedule.has("weekly", "holidays") or schedule.weekly:
            continue
        hours = schedule.holidays
        if hours is None:
            yield _never_holds(name, "it has no interval")
        elif hours.has("full", "half", "site") and types.isdisjoint(hours.of()):
            yield _never_holds(name, _why(schedule))


def _never_holds(name: str, why: str) -> Problem:
    return Problem(under("schedules", name), f"never holds: {why}")


def _why(schedule: ScheduleTable) -> str:
    named = schedule.holidays.of() if schedule.holidays is not None else {}
    if not named:
        return "it has no interval"
    words = " or ".join(show(holiday.value) for holiday in named)
    return f"it has intervals on holidays alone, and no holiday is of type {words}"


def readers_that_are_not_there(file: SiteFile) -> Iterator[Problem]:
    """Want simulated readers in the simulated warehouse only; a real one may stand on any desk."""
    if not file.has("board") or not file.board.has("kind") or file.board.kind is not BoardKind.PI:
        return
    for name, point in file.access_points.items():
        if point.has("reader") and point.reader.has("kind") and point.reader.kind is ReaderKind.SIMULATED:
            yield Problem(
                under("access_points", name) + ".reader.kind",
                'a simulated reader cannot stand on a "pi" board, where nobody could badge at it',
            )


def readers_that_share_a_name(file: SiteFile) -> Iterator[Problem]:
    """Want every pcsc reader, which is found by the beginning of its name, to have one that fits no other."""
    named = [
        (under("access_points", name) + ".reader", point.reader.name)
        for name, point in file.access_points.items()
        if point.has("reader") and point.reader.has("name") and point.reader.name is not None
    ]
    for (first, one), (second, other) in combinations(named, 2):
        if one == other:
            yield Problem(f"{second}.name", f"{show(other)} is already {first}")
        elif one.startswith(other) or other.startswith(one):
            yield Problem(
                f"{second}.name",
                f"{show(other)} cannot be told from {show(one)} of {first}: a reader is found by the "
                "beginning of its name",
            )


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
