"""One request with everything that the checks look at."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from policies.area_rules import Together
from policies.degraded import TIMELESS, Condition, Fallback
from policies.effects import Passage
from policies.factors import ALL_FACTORS, BIOMETRIC, Asks, Factor, assurance_of
from policies.ids import CredentialId, PersonId
from policies.instants import in_utc
from policies.memory import Memory
from policies.occupancy import Head, headcount, waiting_at
from policies.people import Card, Person
from policies.places import AreaState, AsksWhen
from policies.requests import Request
from policies.rulebook import Crowd, PointRules, Rulebook
from policies.tries import LIMITS, Kind, key_of

BLANK: Final = Memory()
"""A memory of nothing, for who has nothing to remember. Nobody writes into it."""
NOBODY: Final = Person(PersonId(""), ())
_NOTHING_SHOWN: Final = Card(CredentialId(""))


@dataclass(slots=True)
class Case:
    """One request with everything that the checks look at."""

    request: Request
    person: Person
    card: Card
    crowd: Crowd
    point: PointRules
    rulebook: Rulebook
    memory: Memory
    now: datetime
    """In UTC."""
    asks: Asks
    missing: Factor
    """What is asked for and not proven yet."""
    _asking: tuple[Head, ...] | None = field(default=None, init=False, repr=False)
    _waiting: tuple[Passage, ...] | None = field(default=None, init=False, repr=False)

    @property
    def head(self) -> Head:
        """Who asks, as they would be counted inside."""
        return Head(None if self.person is NOBODY else self.person.id, self.crowd.members)

    @property
    def asking(self) -> tuple[Head, ...]:
        """Everybody who would come in by the same decision: whoever asks, and the company they have."""
        if self._asking is None:
            self._asking = (self.head,)
        return self._asking

    def goes_with(self, company: Iterable["Case"]) -> None:
        """Let this person come in by the same decision as others (and as themselves, if they are named)."""
        self._asking = (self.head, *(other.head for other in company if other is not self))

    @property
    def waiting(self) -> tuple[Passage, ...]:
        """Who was granted at some door into the same areas and has not passed yet."""
        if self._waiting is None:
            self._waiting = waiting_at(self.memory, self.point.doors_beside)
        return self._waiting

    @property
    def together(self) -> Together | None:
        """How many have to open here together. Visitors are brought by escorts; break-glass is alone."""
        alone = self.crowd.traits.needs_escort or self.card.break_glass
        return None if alone else self.point.together

    def fallback(self, condition: Condition) -> Fallback | None:
        """Give what holds here under a condition, or ``None`` while it is not so."""
        return fallback_at(self.point, condition, self.memory)


def fallback_at(point: PointRules, condition: Condition, memory: Memory) -> Fallback | None:
    """Give what holds at an access point under a condition, or ``None`` while it is not so."""
    where = _SCOPE_OF.get(condition, _whole_site)(point)
    return point.door.door.degraded.under(condition) if (condition, where) in memory.gone else None


def _whole_site(_point: PointRules) -> None:
    return None


_WAITS_WITH: Final = {Kind.CODE: Factor.CODE, Kind.BIOMETRIC: BIOMETRIC}
"""What cannot be shown while one has to wait after failures of a kind."""

_SCOPE_OF: Final[Mapping[Condition, Callable[[PointRules], str | None]]] = {
    Condition.READER_LOST: lambda point: point.point.door,
    Condition.CONTACT_LOST: lambda point: point.point.door,
    Condition.BIOMETRIC_LOST: lambda point: point.point.id,
}


def case_of(request: Request, rulebook: Rulebook, now: datetime, memory: Memory = BLANK) -> Case:
    """Lay out everything that the checks look at.

    Raises ``KeyError`` for an unknown access point, and ``ValueError`` for a time without an offset.
    """
    point = rulebook.points[request.access_point]
    holder = request.holder
    person, card = (NOBODY, _NOTHING_SHOWN) if holder is None else (holder.person, holder.card)
    at = in_utc(now)
    asks = asked(point, memory, at)
    missing = lacking(asks, request.proven, point, person, card, memory, at)
    return Case(request, person, card, rulebook.crowd_of(person), point, rulebook, memory, at, asks, missing)


def asked(point: PointRules, memory: Memory, now: datetime) -> Asks:
    """Give what an access point asks for now."""
    asks = _asked_by_rule(point, memory, now)
    if memory.gone and fallback_at(point, Condition.BIOMETRIC_LOST, memory) is Fallback.PIN_INSTEAD:
        return asks.in_place_of(BIOMETRIC, Factor.PIN)
    return asks


def _asked_by_rule(point: PointRules, memory: Memory, now: datetime) -> Asks:
    usual = point.point.asks
    timeless = bool(memory.gone) and fallback_at(point, Condition.CLOCK_UNTRUSTED, memory) in TIMELESS
    for each in point.point.asks_when:
        if _holds(each, point, memory, now) and not (timeless and _eases_by_the_hour(each, usual)):
            return each.asks
    return usual


def _eases_by_the_hour(each: AsksWhen, usual: Asks) -> bool:
    """Whether it asks for less than usual because of an hour that nobody can be sure of."""
    by_the_hour = each.schedule is not None and not each.schedule.always
    return by_the_hour and not each.asks.asks_no_less_than(usual)


def lacking(
    asks: Asks,
    proven: Factor,
    point: PointRules,
    person: Person,
    card: Card,
    memory: Memory,
    now: datetime,
) -> Factor:
    """Give what somebody who has proven this still has to prove here, with what they have and what works."""
    if asks.is_free:
        return Factor.NONE
    if card.break_glass and Factor.PIN in proven:
        return Factor.NONE  # it stands alone, wherever it counts
    out_of_reach = out_of_reach_of(point, person, memory, now)
    return asks.missing(proven, out_of_reach, point.assurance, clonable_card=card.clonable)


def out_of_reach_of(point: PointRules, person: Person, memory: Memory, now: datetime) -> Factor:
    """Give what somebody cannot show here now: they have none, no sensor is there, or they have to wait."""
    out_of_reach = person.cannot_show
    if memory.tries:
        for kind, factors in _WAITS_WITH.items():
            tries = memory.tries.get(key_of(kind, person.id))
            if tries is not None and tries.refusal_at(now, LIMITS[kind]) is not None:
                out_of_reach |= factors
    if point.point.senses is not ALL_FACTORS:
        out_of_reach |= ALL_FACTORS & ~point.point.senses
    if memory.gone and fallback_at(point, Condition.BIOMETRIC_LOST, memory) is not None:
        out_of_reach |= BIOMETRIC
    return out_of_reach


def instead_of(case: Case) -> Factor:
    """Give every single factor that would complete what is asked as well as what is said to be missing."""
    proven, point = case.request.proven, case.point
    reach = ~out_of_reach_of(point, case.person, case.memory, case.now)
    found = Factor.NONE
    for factor in (Factor.PIN, Factor.CODE, Factor.FINGERPRINT, Factor.FACE):
        if factor not in reach or factor in proven:
            continue
        then = proven | factor
        enough = assurance_of(then, clonable_card=case.card.clonable) >= point.assurance
        if enough and any(way & ~then == Factor.NONE for way in case.asks.ways):
            found |= factor
    return found


def _holds(each: AsksWhen, point: PointRules, memory: Memory, now: datetime) -> bool:
    if each.threat_level is not None and memory.threat_level < each.threat_level:
        return False
    area = point.point.to_area
    if each.area is AreaState.EMPTY and headcount(memory, area):
        return False
    if each.area is AreaState.ARMED and area not in memory.armed:
        return False
    return each.schedule is None or each.schedule.holds_at(now)
