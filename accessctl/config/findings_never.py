"""What is written and lets nobody in, ever: rooms without room, blocked doors, rights taken back."""

from collections.abc import Iterator
from datetime import datetime

from accessctl.config.finding import Finding, mistake
from accessctl.config.reading import under
from accessctl.config.site import Site
from policies.area_rules import UpperLimit
from policies.door_modes import DoorMode
from policies.instants import in_utc


def never_for_anybody(site: Site, now: datetime) -> Iterator[Finding]:
    """Give every rule after which nobody can come in any more."""
    yield from _schedules_that_are_over(site, in_utc(now))
    yield from _doors_that_stay_blocked(site)
    yield from _rooms_without_room(site)
    yield from _rights_that_are_taken_back(site)


def _schedules_that_are_over(site: Site, now: datetime) -> Iterator[Finding]:
    for schedule in site.schedules.values():
        if not schedule.holds_at(now) and schedule.next_change(now) is None:
            yield mistake(under("schedules", schedule.id), "does not hold once in the next 400 days")


def _doors_that_stay_blocked(site: Site) -> Iterator[Finding]:
    for door in site.doors.values():
        for number, rule in enumerate(door.modes):
            if rule.mode is DoorMode.BLOCKED and rule.schedule.always:
                yield mistake(f"{under('doors', door.id)}.modes[{number}]", "blocks the door at every hour")
                break
            if rule.schedule.always:
                break


def _rooms_without_room(site: Site) -> Iterator[Finding]:
    for area in site.areas.values():
        for number, limit in enumerate(area.upper_limits):
            path = f"{under('areas', area.id)}.limits[{number}].at_most"
            together = area.together
            if not _refuses_everybody(limit):
                continue
            if not limit.most:
                yield mistake(path, "lets nobody in")
            elif together is not None and limit.most < together.persons:
                yield mistake(
                    path, f"has room for {limit.most}, and {together.persons} have to come in together"
                )


def _refuses_everybody(limit: UpperLimit) -> bool:
    return limit.member is None and not limit.report_only


def _rights_that_are_taken_back(site: Site) -> Iterator[Finding]:
    for member, denied in site.denies.items():
        levels = {level.id for level in (*site.roles.get(member, ()), *site.groups.get(member, ()))}
        if levels and levels <= {level.id for level in denied}:
            section = "roles" if member in site.roles else "groups"
            yield mistake(under(section, member) + ".denies", "denies every level that it gives")
