"""Whether a door stands unlocked by schedule when nobody has any right to come in through it."""

from collections.abc import Iterator
from datetime import datetime

from accessctl.config.finding import Finding, danger
from accessctl.config.reading import under
from accessctl.config.site import Site
from policies.door_modes import DoorMode
from policies.ids import AccessPointId
from policies.instants import in_utc
from policies.places import Door
from policies.schedule import LOOKS_AHEAD, Schedule


def unlocked_when_nobody_may_enter(site: Site, now: datetime) -> Iterator[Finding]:
    """Give each unlocking rule that holds while no level covers a way in, with the first such instant.

    A door with a way in at which nothing is asked is left out: there everybody may come in anyway.
    """
    changes: dict[int, tuple[datetime, ...]] = {}
    for door in site.doors.values():
        ways_in = site.rulebook.doors[door.id].ways_in
        if any(rule.mode is DoorMode.UNLOCKED for rule in door.modes) and not _is_free(ways_in, site):
            yield from _outlives(door, _rights(ways_in, site), in_utc(now), changes)


def _is_free(ways_in: tuple[AccessPointId, ...], site: Site) -> bool:
    points = (site.access_points[way] for way in ways_in)
    return any(p.asks.is_free or any(each.asks.is_free for each in p.asks_when) for p in points)


def _rights(ways_in: tuple[AccessPointId, ...], site: Site) -> list[Schedule]:
    """Give every schedule on which a level that some role or group has lets somebody in."""
    had = (level for levels in (*site.roles.values(), *site.groups.values()) for level in levels)
    policies = (policy for level in had for policy in level.policies)
    found = {policy.schedule.id: policy.schedule for policy in policies if policy.access_point in ways_in}
    return list(found.values())


def _outlives(
    door: Door, rights: list[Schedule], now: datetime, changes: dict[int, tuple[datetime, ...]]
) -> Iterator[Finding]:
    schedules = [*rights, *(rule.schedule for rule in door.modes)]
    for schedule in schedules:
        if id(schedule) not in changes:
            changes[id(schedule)] = tuple(_changes(schedule, now))
    told: set[int] = set()
    for at in sorted({now, *(at for schedule in schedules for at in changes[id(schedule)])}):
        number = next((n for n, rule in enumerate(door.modes) if rule.schedule.holds_at(at)), None)
        if number is None or number in told or door.modes[number].mode is not DoorMode.UNLOCKED:
            continue
        if not any(schedule.holds_at(at) for schedule in rights):
            told.add(number)
            shown = at.astimezone(door.modes[number].schedule.timezone)
            yield danger(
                f"{under('doors', door.id)}.modes[{number}]",
                f"stands unlocked when no level lets anybody in through this door, the next time from "
                f"{shown:%A %Y-%m-%d %H:%M}",
            )


def _changes(schedule: Schedule, now: datetime) -> Iterator[datetime]:
    end, at = now + LOOKS_AHEAD, schedule.next_change(now)
    while at is not None and at <= end:
        yield at
        at = schedule.next_change(at)
