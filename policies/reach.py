"""Who could pass where at one instant, for many people and access points at once.

Theory. Most of what a decision asks is the same for everybody with the same roles, or for everybody at the
same access point. So each rule becomes a mask, one bit for each access point, worked out once; a person's
reach is a handful of masks laid over each other. Where single people look at each other (visitors behind an
escort, somebody who was granted a moment ago, a company that gathers) ``decide`` itself is asked.

Rule: the bit of a person and a point is set exactly where ``decide`` refuses nothing to somebody who shows
      all that is asked for and that they have. A property test holds this file to that.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import compress
from types import MappingProxyType
from typing import Final

from policies.case import BLANK, case_of
from policies.checks import (
    card_is_active,
    card_is_valid,
    person_is_enabled,
    person_is_valid,
    person_was_seen_lately,
    uses_are_left,
)
from policies.decide import decide
from policies.explain import lets_pass, with_everything_shown
from policies.factors import Factor
from policies.ids import AccessPointId, PersonId
from policies.instants import in_utc
from policies.lockout import WrongPins
from policies.memory import Memory, Stay
from policies.people import Card, Holder, Person
from policies.presence import violates
from policies.reach_ground import Ground
from policies.reach_rights import CrowdMasks, Rights
from policies.requests import Request
from policies.rulebook import Crowd, Rulebook
from policies.tries import LIMITS, Kind, Tries, key_of

_ABOUT_THE_PERSON: Final = (
    card_is_active,
    person_is_enabled,
    card_is_valid,
    person_is_valid,
    person_was_seen_lately,
    uses_are_left,
)
_NO_WRONG_PINS: Final[Mapping[PersonId, WrongPins]] = MappingProxyType({})
_NONE: Final = WrongPins()
_OF_PLACES: Final = (Kind.READER, Kind.SENSOR)


class Reach:
    """The masks of one instant. Bit ``n`` stands for ``points[n]``."""

    def __init__(
        self,
        rulebook: Rulebook,
        now: datetime,
        memory: Memory = BLANK,
        wrong_pins: Mapping[PersonId, WrongPins] = _NO_WRONG_PINS,
    ) -> None:
        """Work out what is the same for everybody. Raises ``ValueError`` for a time without an offset."""
        self.rulebook, self.now, self.memory = rulebook, in_utc(now), memory
        self.points: tuple[AccessPointId, ...] = tuple(rulebook.points)
        self._ground = Ground(rulebook, self.now, memory)
        self._rights = Rights(self._ground)
        self._enough: dict[tuple[Factor, bool, Factor], int] = {}
        self._proven: dict[tuple[AccessPointId, Factor, bool, Factor], Factor] = {}
        self._locked_out = {
            person: wrong for person, wrong in wrong_pins.items() if wrong.refusal_at(self.now) is not None
        }
        locked = {key for key, tries in memory.tries.items() if _refuses(key, tries, self.now)}
        self._failed = frozenset(
            PersonId(key.partition(":")[2]) for key in locked if Kind(key.partition(":")[0]) not in _OF_PLACES
        )
        self._keyless = sum(
            self._ground.bits[point]
            for point in self.points
            if any(key_of(kind, point) in locked for kind in _OF_PLACES)
        )
        """Where nothing that is typed, or no finger and face alone, counts for a while."""
        waiting = (passage.person for state in memory.doors.values() for passage in state.waiting)
        self._special = frozenset((*waiting, *self._locked_out, *self._failed))
        """With whom it depends everywhere on more than on what they have in common with others."""
        guides = (guide.person for guide in memory.guides.values())
        self._escorted = frozenset((*guides, *memory.escorts))
        """With whom it depends on that wherever somebody could bring them in."""

    def of(self, holder: Holder, shown: Factor = Factor.CARD) -> int:
        """Give the mask of every access point that somebody could pass who begins with showing this."""
        person, ground = holder.person, self._ground
        if person.id in self._special or _stands_apart(holder.card):
            return ground.out | self._decided(holder, shown, ground.everywhere & ~ground.out)
        crowd = self.rulebook.crowd_of(person)
        masks = self._rights.of_crowd(crowd)
        stay = self.memory.stays.get(person.id)
        open_ = ground.open & ~masks.shut & ~_full_for(stay, masks)
        reach = ground.out | open_ & ground.free & ~ground.jammed
        if not ground.rules or self._is_wrong_in_itself(holder, crowd):
            return reach
        may = open_ & ~ground.free & ~ground.out & ~masks.unwelcome & ~_lonely_for(stay, masks)
        may &= (masks.allowed | self._lent(person)) & ~masks.denied
        may &= self._provable(holder, shown) & ~self._unqualified(person)
        if stay is not None and not (person.exempt or crowd.traits.exempt):
            may &= ~self._inside_already(stay)
        if crowd.traits.needs_escort:
            if person.id in self._escorted:
                return reach | self._decided(holder, shown, may & ground.with_guide)
            return reach | may & ground.guided & ~ground.jammed
        # Who opens together with others is not asked about other doors before everybody is there.
        may &= ground.in_company | ~ground.jammed
        if keyless := may & self._keyless:
            may = may & ~keyless | self._decided(holder, shown, keyless)
        if gathering := may & ground.gathering:
            may = may & ~gathering | self._decided(holder, shown, gathering)
        return reach | may

    def names(self, mask: int) -> tuple[AccessPointId, ...]:
        """Give the access points of a mask."""
        return tuple(compress(self.points, map("1".__eq__, reversed(f"{mask:b}"))))

    def bit(self, point: AccessPointId) -> int:
        """Give the mask of one access point. Raises ``KeyError``."""
        return self._ground.bits[point]

    def _provable(self, holder: Holder, shown: Factor) -> int:
        clonable, person = holder.card.clonable, holder.person
        key = (shown, clonable, person.cannot_show)
        known = self._enough.get(key)
        if known is None:
            known = self._enough[key] = self._ground.can_prove(
                shown, clonable=clonable, has_pin=person.has_pin, enrolled=person.enrolled
            )
        return known

    def _lent(self, person: Person) -> int:
        mask = 0
        for access in person.temporary:
            if access.validity.refusal_at(self.now) is None:
                mask |= self._rights.lent(access.level)
        return mask

    def _is_wrong_in_itself(self, holder: Holder, crowd: Crowd) -> bool:
        case = case_of(Request(self.points[0], holder), self.rulebook, self.now, self.memory)
        return any(check(case) is not None for check in _ABOUT_THE_PERSON)

    def _unqualified(self, person: Person) -> int:
        lacking = 0
        for wanted, mask in self._ground.wanting.items():
            held = (each for each in person.qualifications if each.id == wanted)
            if not any(each.until is None or self.now < in_utc(each.until) for each in held):
                lacking |= mask
        return lacking

    def _inside_already(self, stay: Stay) -> int:
        """Give where somebody would enter a second time without having left."""
        mask = 0
        for area, _at in stay.entered:
            points = self._ground.passback.get(area, 0)
            passback = self.rulebook.areas[area].passback if points else None
            if passback is not None and violates(passback, stay, area, self.now):
                mask |= points
        return mask & ~self._ground.without_passback

    def _decided(self, holder: Holder, shown: Factor, mask: int) -> int:
        """Ask ``decide`` at each point of a mask, and give those that it lets somebody pass."""
        wrong = self._locked_out.get(holder.person.id, _NONE)
        for point in self.names(mask):
            proven = self._proven_at(point, holder, shown)
            request = Request(point, holder, proven, wrong_pins=wrong)
            if not lets_pass(decide(request, self.rulebook, self.now, self.memory)):
                mask &= ~self.bit(point)
        return mask

    def _proven_at(self, point: AccessPointId, holder: Holder, shown: Factor) -> Factor:
        """Give what somebody shows in the end; it is the same for all who have the same."""
        key = (point, shown, holder.card.clonable, holder.person.cannot_show)
        known = self._proven.get(key)
        if known is None:
            request = Request(point, holder, shown)
            request = with_everything_shown(request, self.rulebook, self.now, self.memory)
            known = self._proven[key] = request.proven
        return known


def _refuses(key: str, tries: Tries, now: datetime) -> bool:
    return tries.refusal_at(now, LIMITS[Kind(key.partition(":")[0])]) is not None


def _stands_apart(card: Card) -> bool:
    """Whether more is to be said of a card than whether it is good: where it counts, or how often."""
    return card.points is not None or card.uses is not None or card.break_glass


def _full_for(stay: Stay | None, masks: CrowdMasks) -> int:
    """Give what is full for somebody; who is in an area already is not one more there."""
    full = 0
    for area, mask in masks.full:
        if stay is None or stay.entered_at(area) is None:
            full |= mask
    return full


def _lonely_for(stay: Stay | None, masks: CrowdMasks) -> int:
    """Give where somebody would be one of too few."""
    lonely = 0
    for area, mask in masks.lonely.items():
        if stay is None or stay.entered_at(area) is None:
            lonely |= mask
    if stay is not None:
        for area, mask in masks.lonely_inside.items():
            if stay.entered_at(area) is not None:
                lonely |= mask
    return lonely
