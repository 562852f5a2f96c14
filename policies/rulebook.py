"""Who may pass where and when, arranged so that one question costs one look-up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from policies.ids import AccessPointId, LevelId, RoleId
from policies.places import AccessPoint
from policies.schedule import Schedule


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """One access point and the schedule on which it may be passed."""

    access_point: AccessPointId
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class AccessLevel:
    """A set of access policies that is given to people by their role."""

    id: LevelId
    policies: tuple[AccessPolicy, ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules in force, under one revision."""

    revision: str
    """Names this version of the rules in every entry of the record."""
    access_points: Mapping[AccessPointId, AccessPoint]
    schedules_of: Mapping[tuple[RoleId, AccessPointId], tuple[Schedule, ...]]

    @classmethod
    def of(
        cls,
        revision: str,
        access_points: Iterable[AccessPoint],
        levels_of_role: Mapping[RoleId, Iterable[AccessLevel]],
    ) -> Self:
        """Arrange points and levels for the question that every badge asks.

        Raises ``ValueError`` when two access points have one id: the wrong one might refuse a way out.
        """
        points: dict[AccessPointId, AccessPoint] = {}
        for point in access_points:
            if points.setdefault(point.id, point) is not point:
                raise ValueError(f"there are two access points {point.id}")
        schedules: dict[tuple[RoleId, AccessPointId], list[Schedule]] = {}
        for role, levels in levels_of_role.items():
            for policy in (policy for level in levels for policy in level.policies):
                found = schedules.setdefault((role, policy.access_point), [])
                if policy.schedule not in found:
                    found.append(policy.schedule)
        return cls(
            revision,
            points,
            {key: tuple(found) for key, found in schedules.items()},
        )
