"""Several people at one access point: those who open together, and visitors behind their escort."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.area_rules import Together
from policies.ids import MemberId, PersonId
from policies.instants import in_utc
from policies.memory import Guide, Memory
from policies.presence import is_in
from policies.requests import Request
from policies.rulebook import PointRules, Rulebook


@dataclass(frozen=True, slots=True)
class Gathering:
    """Who has badged at an access point that wants several people, and waits for the others."""

    requests: tuple[Request, ...]
    since: datetime

    def joined_by(self, request: Request) -> "Gathering":
        """Add somebody; who badges twice is one person still, with what was shown last."""
        others = tuple(one for one in self.requests if person_of(one) != person_of(request))
        return Gathering((*others, request), self.since)

    def is_over(self, together: Together, now: datetime) -> bool:
        """Whether the time for it has run out."""
        return not timedelta() <= in_utc(now) - self.since < together.within


def person_of(request: Request) -> PersonId | None:
    """Give who asks."""
    return None if request.holder is None else request.holder.person.id


def counts_for(together: Together, members: Iterable[MemberId]) -> tuple[MemberId, ...]:
    """Give the roles and groups for which somebody counts; none at all means that they do not count."""
    if not together.members:
        return tuple(members)
    return tuple(member for member in members if member in together.members)


def are_enough(together: Together, people: Sequence[tuple[MemberId, ...]]) -> bool:
    """Whether these people, each given by what they count for, may open together."""
    if len(people) < together.persons:
        return False
    if not together.one_of_each:
        return True
    return _pairs(people, {}) >= together.persons


def _pairs(people: Sequence[tuple[MemberId, ...]], taken: dict[MemberId, int]) -> int:
    """Give how many people can be paired with a role or group of their own (Kuhn's matching)."""

    def finds_one(who: int, tried: set[MemberId]) -> bool:
        for member in people[who]:
            if member in tried:
                continue
            tried.add(member)
            if member not in taken or finds_one(taken[member], tried):
                taken[member] = who
                return True
        return False

    return sum(finds_one(who, set()) for who in range(len(people)))


def guide_for(
    visitor: PersonId, point: PointRules, rulebook: Rulebook, memory: Memory, now: datetime
) -> PersonId | None:
    """Give the escort who may bring a visitor through here now, or ``None``.

    That is whoever may escort, was granted here last and not long ago, is still at the door or has gone
    where it leads and is not on the way out again, and does not have too many visitors already.
    """
    guide: Guide | None = memory.guides.get(point.point.id)
    if guide is None or guide.person == visitor:
        return None
    if not timedelta() <= in_utc(now) - guide.at <= rulebook.escort.within:
        return None
    if not _is_with_visitors(guide.person, point, memory):
        return None
    # Counted by the interpreter itself: there may be thousands of visitors, and this is asked at every badge.
    others = list(memory.escorts.values()).count(guide.person) - (memory.escorts.get(visitor) == guide.person)
    return None if others >= rulebook.escort.most_visitors else guide.person


def _is_with_visitors(escort: PersonId, point: PointRules, memory: Memory) -> bool:
    state = memory.doors.get(point.point.door)
    for passage in () if state is None else state.waiting:
        if passage.person == escort:
            return not passage.leaving
    return is_in(memory, escort, point.point.to_area)


def visitors_of(escort: PersonId, memory: Memory) -> tuple[PersonId, ...]:
    """Give the visitors whom somebody has with them."""
    if escort not in memory.escorts.values():
        return ()
    return tuple(visitor for visitor, brought_by in memory.escorts.items() if brought_by == escort)


def are_apart(visitor: PersonId, memory: Memory, rulebook: Rulebook) -> bool:
    """Whether a visitor is inside and not where the escort is."""
    stay, escort = memory.stays.get(visitor), memory.escorts.get(visitor)
    if stay is None or escort is None or rulebook.areas[stay.area].outside:
        return False
    other = memory.stays.get(escort)
    return other is None or other.area != stay.area
