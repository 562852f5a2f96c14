"""What holds at one instant for everybody, or for anybody of a kind, as masks: one bit for each access point.

The checks themselves are asked wherever one person can stand for all.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from policies.case import asked, case_of, fallback_at
from policies.checks import devices_allow_it, door_is_not_blocked, interlock_is_shut, record_can_be_written
from policies.companions import Gathering, guide_for
from policies.degraded import Condition, Fallback
from policies.door_modes import DoorMode
from policies.explain import with_everything_shown
from policies.factor_checks import card_proves_a_key, enough_is_proven, sensor_answers
from policies.factors import Factor
from policies.ids import AreaId, CredentialId, MemberId, PersonId, QualificationId
from policies.memory import Memory
from policies.occupancy import Head, company_after, overfill, waiting_at
from policies.people import Card, Holder, Person
from policies.places import Direction
from policies.presence import refuses
from policies.requests import Request
from policies.rulebook import PointRules, Rulebook

Masks = dict[AreaId, int]
"""A mask for each area that has a say somewhere."""

_ANYBODY: Final = Holder(Person(PersonId(""), ()), Card(CredentialId("")))
_NEWCOMER: Final = (Head(None, ()),)
_ABOUT_THE_POINT: Final = (door_is_not_blocked, devices_allow_it, record_can_be_written)


class Ground:
    """The access points of a site, each with its bit, and what holds at them."""

    def __init__(self, rulebook: Rulebook, now: datetime, memory: Memory) -> None:
        """Work everything out. ``now`` is in UTC."""
        self.rulebook, self.now, self.memory = rulebook, now, memory
        self.rules = tuple(rulebook.points.values())
        self.bits = {rules.point.id: 1 << place for place, rules in enumerate(self.rules)}
        self.everywhere = (1 << len(self.rules)) - 1
        self.out = self.where(lambda rules: rules.point.direction is Direction.OUT)
        self.free = self.where(lambda rules: asked(rules, memory, now).is_free) & ~self.out
        self.open = self.where(self._is_open)
        """Where nothing is against anybody: not blocked, no device missed, the record at hand."""
        self.locked_down = self.where(
            lambda rules: memory.modes.get(rules.point.door) is DoorMode.LOCKED_DOWN
        )
        self.jammed = self.where(self._is_jammed)
        """Where another door of an interlock that does not wait is off its latch."""
        self.in_company = self.where(lambda rules: rules.together is not None)
        self.gathering = self.where(self._is_gathering)
        """Where it matters who has badged already and waits for company."""
        self.with_guide = self.where(lambda rules: rules.point.id in memory.guides)
        """Where an escort passed last, however long ago."""
        self.guided = self.where(self._is_guided)
        """Where an escort would bring another visitor in."""
        self.passback = self.by_area(
            lambda rules: [area for area, passback in rules.passbacks if refuses(passback)]
        )
        self.without_passback = self.where(self._is_without_passback)
        wanted = dict.fromkeys(each for rules in self.rules for each in rules.requires)
        self.wanting = {each: self._where_wanted(each) for each in wanted}

    def where(self, belongs: Callable[[PointRules], bool]) -> int:
        """Give the mask of the access points of which this is true."""
        return sum(1 << place for place, rules in enumerate(self.rules) if belongs(rules))

    def by_area(self, areas_of: Callable[[PointRules], Iterable[AreaId]]) -> Masks:
        """Give for each area the access points that name it."""
        masks: Masks = {}
        for place, rules in enumerate(self.rules):
            for area in areas_of(rules):
                masks[area] = masks.get(area, 0) | 1 << place
        return masks

    def can_prove(self, shown: Factor, *, clonable: bool, has_pin: bool, enrolled: Factor) -> int:
        """Give where somebody can show enough who begins with this."""
        person = Person(PersonId(""), (), has_pin=has_pin, enrolled=enrolled)
        holder = Holder(person, Card(CredentialId(""), clonable=clonable))
        return self.where(lambda rules: self._is_enough(Request(rules.point.id, holder, shown)))

    def full(self, member: MemberId | None) -> Masks:
        """Give where one more is too many by the limits for this role or group, or by those for everybody."""
        return self.by_area(lambda rules: self._full_areas(rules, member))

    def lonely(self, *, inside: bool, visiting: bool) -> Masks:
        """Give where somebody would be one of too few, who is in there already or not.

        Others open with them, unless it is a visitor.
        """
        asking = () if inside else _NEWCOMER
        return self.by_area(lambda rules: self._lonely_areas(rules, asking, visiting=visiting))

    # ------------------------------------------------------------------------------ at one point

    def _is_open(self, rules: PointRules) -> bool:
        case = case_of(Request(rules.point.id, _ANYBODY), self.rulebook, self.now, self.memory)
        return all(check(case) is None for check in _ABOUT_THE_POINT)

    def _is_jammed(self, rules: PointRules) -> bool:
        case = case_of(Request(rules.point.id, _ANYBODY), self.rulebook, self.now, self.memory)
        return rules.door.wait is None and interlock_is_shut(case) is not None

    def _is_gathering(self, rules: PointRules) -> bool:
        """Whether somebody waits here whose company could be refused what each of them is not."""
        gathering: Gathering | None = self.memory.companions.get(rules.point.id)
        if gathering is None:
            return False
        return bool(rules.upper_limits or rules.never_alone) or self._is_jammed(rules)

    def _is_guided(self, rules: PointRules) -> bool:
        return guide_for(PersonId(""), rules, self.rulebook, self.memory, self.now) is not None

    def _is_enough(self, request: Request) -> bool:
        shown = with_everything_shown(request, self.rulebook, self.now, self.memory)
        case = case_of(shown, self.rulebook, self.now, self.memory)
        checks = (card_proves_a_key, enough_is_proven, sensor_answers)
        return not case.missing and all(check(case) is None for check in checks)

    def _is_without_passback(self, rules: PointRules) -> bool:
        return fallback_at(rules, Condition.READER_LOST, self.memory) is Fallback.WITHOUT_PASSBACK

    def _where_wanted(self, qualification: QualificationId) -> int:
        return self.where(lambda rules: qualification in rules.requires)

    def _full_areas(self, rules: PointRules, member: MemberId | None) -> list[AreaId]:
        asking = (Head(None, () if member is None else (member,)),)
        waiting = waiting_at(self.memory, rules.doors_beside)
        return [
            area
            for area, limit in rules.upper_limits
            if limit.member == member
            and not limit.report_only
            and overfill(limit, area, asking, waiting, self.memory)
        ]

    def _lonely_areas(self, rules: PointRules, asking: tuple[Head, ...], *, visiting: bool) -> list[AreaId]:
        along = 0 if visiting or rules.together is None else rules.together.persons - 1
        door, memory = rules.point.door, self.memory
        return [
            area
            for area, least in rules.never_alone
            if company_after(area, asking, door, memory) + along < least
        ]
