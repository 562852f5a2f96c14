"""What people may do by their roles, groups and loans, whatever the hour: by what right, and when it holds.

This is about rights, not about one instant: whether a door would open just now depends on more, such as
who is inside, and ``policies.reach`` answers it. People with the same roles and groups share one answer.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from accessctl.config import Site
from policies.ids import AccessPointId, GroupId, LevelId, MemberId, RoleId
from policies.people import Person
from policies.schedule import Schedule

ANY_HOUR: Final = "at any hour"


class Standing(NamedTuple):
    """By what right somebody may pass an access point."""

    by: str
    """``role Picker``, ``group Night shift``, or ``lent cold-store until 2026-03-31``."""
    when: str
    """The schedules of it, by their ids; ``at any hour`` where it always holds."""


Rights = Mapping[AccessPointId, tuple[Standing, ...]]


class StandingRights:
    """Says what people may do under a site file."""

    def __init__(self, site: Site, now: datetime) -> None:
        """``now``: loans that are over by then count no more."""
        self._site, self._book, self._now = site, site.rulebook, now
        self._crowds: dict[tuple[tuple[RoleId, ...], tuple[GroupId, ...]], Rights] = {}
        self._whens: dict[int, str] = {}

    def of(self, person: Person) -> Rights:
        """Give every access point that a person has a right to pass, and by what."""
        key = (person.roles, person.groups)
        own = self._crowds.get(key)
        if own is None:
            own = self._crowds[key] = self._of_crowd(person)
        lent = [each for each in person.temporary if each.validity.refusal_at(self._now) is None]
        if not lent:
            return own
        found = {point: list(standing) for point, standing in own.items()}
        for access in lent:
            by = f"lent {access.level} until {access.validity.end:%Y-%m-%d}"
            for point, schedules in self._level(access.level).items():
                found.setdefault(point, []).append(Standing(by, self._when(schedules)))
        never = self._never(person)
        return {point: tuple(standing) for point, standing in found.items() if point not in never}

    def members(self, person: Person) -> tuple[str, ...]:
        """Give the names of a person's groups; of the roles, for who is in no group."""
        if person.groups:
            return tuple(self._group(each) for each in person.groups)
        return tuple(self._role(each) for each in person.roles)

    def _of_crowd(self, person: Person) -> Rights:
        found: dict[AccessPointId, list[Standing]] = {}
        named: list[tuple[MemberId, str]] = [(each, f"role {self._role(each)}") for each in person.roles]
        named += [(each, f"group {self._group(each)}") for each in person.groups]
        for member, by in named:
            for level in self._book.allows_of.get(member, ()):
                for point, schedules in self._level(level).items():
                    found.setdefault(point, []).append(Standing(by, self._when(schedules)))
        never = self._never(person)
        return {
            point: tuple(dict.fromkeys(standing)) for point, standing in found.items() if point not in never
        }

    def _never(self, person: Person) -> set[AccessPointId]:
        """Give where a denial holds at any hour; one that holds at times leaves a right at others."""
        denies = self._book.crowd_of(person).denies
        return {point for point, schedules in denies.items() if any(each.always for each in schedules)}

    def _level(self, level: LevelId) -> Mapping[AccessPointId, tuple[Schedule, ...]]:
        return self._book.levels.get(level, {})

    def _when(self, schedules: Iterable[Schedule]) -> str:
        said = [self._when_one(each) for each in schedules]
        return ANY_HOUR if ANY_HOUR in said else ", ".join(sorted(set(said)))

    def _when_one(self, schedule: Schedule) -> str:
        known = self._whens.get(id(schedule))
        if known is None:
            ids = (str(id_) for id_, each in self._site.schedules.items() if each == schedule)
            known = ANY_HOUR if schedule.always else next(ids, "at times")
            self._whens[id(schedule)] = known
        return known

    def _role(self, role: RoleId) -> str:
        return self._site.role_names.get(role) or str(role)

    def _group(self, group: GroupId) -> str:
        return self._site.group_names.get(group) or str(group)
