"""What can be wrong between sections that are each right by themselves.

What concerns doors is in ``contradictions_doors``, what concerns access points in ``contradictions_access``.

The file may be half full (see ``reading.py``): every check asks ``has`` before it looks, and says
nothing where an answer would only repeat a problem that is already noted.
"""

from collections.abc import Iterator
from typing import Final

from accessctl.config.contradictions_access import contradictions_at_access_points
from accessctl.config.contradictions_biometrics import contradictions_about_biometrics
from accessctl.config.contradictions_board import contradictions_on_the_board
from accessctl.config.contradictions_cameras import contradictions_of_cameras
from accessctl.config.contradictions_doors import contradictions_at_doors
from accessctl.config.contradictions_passes import contradictions_of_passes
from accessctl.config.errors import Problem
from accessctl.config.public_holidays import place
from accessctl.config.reading import show, under
from accessctl.config.schema import SiteFile
from accessctl.config.schema_times import ScheduleTable
from accessctl.config.site import InputKind


def contradictions(file: SiteFile) -> Iterator[Problem]:
    """Give every problem that shows only when sections are laid side by side."""
    if file.has("holidays", "public_holidays", "schedules"):
        yield from schedules_that_never_hold(file)
    if file.has("public_holidays"):
        yield from public_holidays_named_twice(file)
    yield from contradictions_on_the_board(file)
    yield from contradictions_at_access_points(file)
    yield from contradictions_about_biometrics(file)
    yield from contradictions_of_passes(file)
    yield from contradictions_of_cameras(file)
    yield from contradictions_at_doors(file)
    if file.has("areas"):
        yield from areas_within_themselves(file)
    if file.has("roles", "groups"):
        yield from groups_named_as_roles(file)
    if file.has("inputs"):
        yield from mains_told_twice(file)
    yield from devices_named_alike(file)


def schedules_that_never_hold(file: SiteFile) -> Iterator[Problem]:
    """Want every schedule to have an interval on some day that comes."""
    if not all(day.has("type") for day in (*file.holidays, *file.public_holidays)):
        return
    types = {day.type for day in file.holidays} | {table.type for table in file.public_holidays}
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


def public_holidays_named_twice(file: SiteFile) -> Iterator[Problem]:
    """Want every place once: of two tables for one place, the second would never count."""
    first_of: dict[str, str] = {}
    for number, table in enumerate(file.public_holidays):
        if not table.has("country", "region"):
            continue
        at, code = f"public_holidays[{number}]", place(table.country, table.region)
        earlier = first_of.setdefault(code, at)
        if earlier != at:
            yield Problem(at, f"{code} is already {earlier}")


def areas_within_themselves(file: SiteFile) -> Iterator[Problem]:
    """Want every area to be a part of larger ones only, up to one that is a part of none."""
    outer_of = {name: area.within for name, area in file.areas.items() if area.has("within")}
    told: set[str] = set()
    for name in outer_of:
        chain: list[str] = []
        here: str | None = name
        while here is not None and here not in chain:
            chain.append(here)
            here = outer_of.get(here)
        if here == name and name not in told:
            told.update(chain)
            through = "" if len(chain) == 1 else f", through {' and '.join(show(each) for each in chain[1:])}"
            yield Problem(
                under("areas", name) + ".within", f"the area {show(name)} is a part of itself{through}"
            )


def groups_named_as_roles(file: SiteFile) -> Iterator[Problem]:
    """Want no id to be both: whatever names a member must know which is meant."""
    for name in file.groups:
        if name in file.roles:
            yield Problem(under("groups", name), f"is already {under('roles', name)}; choose another id")


def mains_told_twice(file: SiteFile) -> Iterator[Problem]:
    """Want one line to tell whether the mains are there."""
    told = [
        name for name, table in file.inputs.items() if table.has("kind") and table.kind is InputKind.MAINS
    ]
    for name in told[1:]:
        yield Problem(
            under("inputs", name) + ".kind", f"{under('inputs', told[0])} tells of the mains already"
        )


_DOOR_PARTS: Final = {"strike", "position", "exit_request", "tamper", "bond"}
_POINT_PARTS: Final = {"reader", "keypad", "annunciator", "button"}
_PARTS: Final = _DOOR_PARTS | _POINT_PARTS


def devices_named_alike(file: SiteFile) -> Iterator[Problem]:
    """Want every device to have a name of its own, although it is put together from two ids."""
    sections = {
        section: getattr(file, section)
        for section in ("doors", "access_points", "muster_points")
        if file.has(section)
    }
    if "access_points" in sections:
        for name in sections.get("muster_points", {}):
            if name in sections["access_points"]:
                where = under("access_points", name)
                yield Problem(under("muster_points", name), f"is already {where}; choose another id")
    owner = next((section for section, tables in sections.items() if "input" in tables), None)
    if owner is None or not file.has("inputs"):
        return
    for name in file.inputs:
        if name in _PARTS:
            where = f"{owner}.input"
            yield Problem(
                under("inputs", name), f"its line would be called as the {name} of {where}; choose another id"
            )
