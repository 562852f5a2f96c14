"""What levels, roles and groups come to at one instant, as masks: one bit for each access point."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

from policies.case import fallback_at
from policies.degraded import Condition, Fallback
from policies.ids import AccessPointId, AreaId, LevelId, MemberId
from policies.reach_ground import Ground, Masks
from policies.rulebook import Crowd
from policies.schedule import Schedule

_TIMELESS: Final = (Fallback.TIMELESS_ONLY, Fallback.REFUSE)


class LevelMasks(NamedTuple):
    """What one level comes to."""

    named: int
    """Every access point that it names."""
    held: int
    """Where one of its schedules holds."""
    right: int
    """Where it gives a right, as far as the clock is to be trusted."""
    timeless: int
    """Where it gives one that holds at every hour, and no other counts."""


class CrowdMasks(NamedTuple):
    """What everybody with the same roles and groups has in common."""

    allowed: int
    denied: int
    shut: int
    """Closed to them by lockdown or threat level."""
    unwelcome: int
    """Where others open together, and they do not count among them."""
    full: tuple[tuple[AreaId, int], ...]
    """By area: the points at which one more of them would be too many."""
    lonely: Masks
    """By area: the points at which a newcomer of them would be one of too few."""
    lonely_inside: Masks
    """The same for somebody who is in there already."""


class Rights:
    """Works out masks of levels and crowds, each once."""

    def __init__(self, ground: Ground) -> None:
        """Take the site at one instant."""
        self._ground = ground
        self._holding: dict[int, bool] = {}
        self._levels: dict[LevelId, LevelMasks] = {}
        self._crowds: dict[int, CrowdMasks] = {}
        choosy: dict[MemberId, int] = {}
        for rules in ground.rules:
            for member in () if rules.together is None else rules.together.members:
                choosy[member] = choosy.get(member, 0) | ground.bits[rules.point.id]
        self._welcoming: Mapping[MemberId, int] = choosy
        self._choosy = _laid_over(choosy.values())
        limited = {limit.member for rules in ground.rules for _area, limit in rules.upper_limits}
        self._full = {member: tuple(ground.full(member).items()) for member in limited}
        self._lonely = {
            (inside, visiting): ground.lonely(inside=inside, visiting=visiting)
            for inside in (False, True)
            for visiting in (False, True)
        }

    def of_crowd(self, crowd: Crowd) -> CrowdMasks:
        """Give what a combination of roles and groups comes to."""
        known = self._crowds.get(id(crowd))
        if known is None:
            known = self._crowds[id(crowd)] = self._of_crowd(crowd)
        return known

    def lent(self, level: LevelId) -> int:
        """Give where somebody may pass to whom this level is lent: what ends holds not at every hour."""
        return self._of_level(level).right

    def _of_crowd(self, crowd: Crowd) -> CrowdMasks:
        book, ground, traits = self._ground.rulebook, self._ground, crowd.traits
        own = [self._of_level(level) for each in crowd.members for level in book.allows_of.get(each, ())]
        against = [self._of_level(level) for each in crowd.members for level in book.denies_of.get(each, ())]
        allowed = _laid_over(level.timeless for level in own) & ~_laid_over(each.named for each in against)
        shut = 0 if traits.passes_lockdown else ground.locked_down
        if ground.memory.threat_level > traits.threat_authority:
            shut = ground.everywhere
        visiting = traits.needs_escort
        welcome = _laid_over(self._welcoming.get(each, 0) for each in crowd.members)
        return CrowdMasks(
            allowed | _laid_over(level.right for level in own),
            _laid_over(level.held for level in against),
            shut,
            0 if visiting else self._choosy & ~welcome,
            tuple(full for each in (None, *crowd.members) for full in self._full.get(each, ())),
            self._lonely[False, visiting],
            self._lonely[True, visiting],
        )

    def _of_level(self, level: LevelId) -> LevelMasks:
        known = self._levels.get(level)
        if known is None:
            known = self._levels[level] = self._work_out(self._ground.rulebook.levels.get(level, {}))
        return known

    def _work_out(self, level: Mapping[AccessPointId, tuple[Schedule, ...]]) -> LevelMasks:
        ground = self._ground
        named = held = right = timeless = 0
        for point, schedules in level.items():
            bit, rules = ground.bits.get(point), ground.rulebook.points.get(point)
            if bit is None or rules is None:
                continue
            untrusted = fallback_at(rules, Condition.CLOCK_UNTRUSTED, ground.memory)
            holds = any(map(self._holds, schedules))
            named |= bit
            held |= bit if holds else 0
            if untrusted in _TIMELESS:
                timeless |= bit if any(schedule.always for schedule in schedules) else 0
            elif holds or untrusted is Fallback.IGNORE_SCHEDULES:
                right |= bit
        return LevelMasks(named, held, right, timeless)

    def _holds(self, schedule: Schedule) -> bool:
        """Whether a schedule holds now. Many levels share one, and it is asked once."""
        known = self._holding.get(id(schedule))
        if known is None:
            known = self._holding[id(schedule)] = schedule.holds_at(self._ground.now)
        return known


def _laid_over(masks: Iterable[int]) -> int:
    return reduce(or_, masks, 0)
