"""How many people are in an area, and how many may be.

Somebody who was granted and has not passed yet counts as there: otherwise two people at two doors could
take the last place together. Everybody counts once, however often they were granted.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from policies.area_rules import UpperLimit
from policies.effects import Passage
from policies.ids import AreaId, DoorId, MemberId, PersonId
from policies.memory import Memory
from policies.presence import is_in
from policies.rulebook import Rulebook


class Head(NamedTuple):
    """Somebody who asks to come in."""

    person: PersonId | None
    """``None`` for somebody whom nobody knows."""
    members: tuple[MemberId, ...]
    """The roles and groups under which they would be counted."""


def headcount(memory: Memory, area: AreaId, member: MemberId | None = None) -> int:
    """Give how many people are in an area, or how many of one role or group."""
    if member is None:
        return memory.headcounts.get(area, 0)
    return memory.member_counts.get((area, member), 0)


def waiting_at(memory: Memory, doors: Iterable[DoorId]) -> tuple[Passage, ...]:
    """Give everybody who was granted at one of these doors and has not passed yet."""
    known = memory.doors
    # Hardly anybody waits at any moment, and many doors may lead into an area.
    busy = [state for door in doors if (state := known.get(door)) is not None and state.waiting]
    return tuple(passage for state in busy for passage in state.waiting)


def is_full(
    limit: UpperLimit,
    area: AreaId,
    person: PersonId | None,
    members: tuple[MemberId, ...],
    along: Sequence[Head],
    memory: Memory,
    rulebook: Rulebook,
) -> bool:
    """Whether this person, and those who would come in ``along``, would be too many.

    ``person`` is ``None`` for somebody whom nobody knows.
    """
    waiting = waiting_at(memory, rulebook.doors_into.get(area, ()))
    return overfill(limit, area, (Head(person, members), *along), waiting, memory)


def overfill(
    limit: UpperLimit, area: AreaId, asking: Sequence[Head], waiting: Sequence[Passage], memory: Memory
) -> bool:
    """Whether those who ask would be too many. Nobody is one too many where they are already."""
    counted, more = limit.member, 0
    # No more than these can come: where there is room for them all, nobody has to be looked for.
    if headcount(memory, area, counted) + len(asking) + len(waiting) <= limit.most:
        return False
    for head in asking:
        if _is_counted(head.members, counted) and not _is_there(head, area, memory):
            more += 1
    if not more:
        return False
    if waiting:
        coming = _coming(waiting, area, asking, memory)
        more += sum(_is_counted(members, counted) for members in coming.values())
    return headcount(memory, area, counted) + more > limit.most


def company_after(area: AreaId, asking: Sequence[Head], door: DoorId, memory: Memory) -> int:
    """Give how many people will be in an area once the leaf of this door has opened for those who ask.

    Who was granted at this door and has not passed yet comes in with them; who was granted at another one
    may still turn back.
    """
    people = headcount(memory, area)
    for head in asking:
        if not _is_there(head, area, memory):
            people += 1
    waiting = waiting_at(memory, (door,))
    return people + len(_coming(waiting, area, asking, memory)) if waiting else people


def is_too_few(memory: Memory, rulebook: Rulebook, area: AreaId) -> bool:
    """Whether somebody is in an area in which more people have to be, or nobody."""
    limit = rulebook.areas[area].lower_limit
    return limit is not None and 0 < headcount(memory, area) < limit.least


def _is_counted(members: tuple[MemberId, ...], counted: MemberId | None) -> bool:
    return counted is None or counted in members


def _is_there(head: Head, area: AreaId, memory: Memory) -> bool:
    return head.person is not None and is_in(memory, head.person, area)


def _coming(
    waiting: Iterable[Passage], area: AreaId, but: Sequence[Head], memory: Memory
) -> dict[PersonId, tuple[MemberId, ...]]:
    """Give who of those who wait will come into the area, leaving out those who ask."""
    found: dict[PersonId, tuple[MemberId, ...]] = {}
    for passage in waiting:
        who = passage.person
        if who is not None and area in passage.enters and not is_in(memory, who, area):
            found[who] = passage.members
    for head in but:
        found.pop(head.person, None)  # type: ignore[arg-type]  # nobody is found under None
    return found
