"""Who is where, as the opened leaves say.

Rule 1: a presence moves when the leaf opened, not when the badge was granted. Where no position switch
        tells, it moves with the grant and is marked as assumed.
Rule 2: who is in an area is in every area that it is a part of, and is counted there.
Rule 3: a head is counted where it is and nowhere else: whoever moves is taken off exactly the counts that
        they were added to, under the roles and groups that they had then. So no count falls below nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from policies.area_rules import Passback, PassbackKind
from policies.ids import AreaId, DoorId, MemberId, PersonId
from policies.instants import in_utc
from policies.memory import Memory, Stay, Sureness


def move(
    memory: Memory,
    person: PersonId,
    chain: tuple[AreaId, ...],
    now: datetime,
    members: tuple[MemberId, ...] = (),
    sureness: Sureness = Sureness.SEEN,
    entering: Collection[AreaId] = (),
) -> None:
    """Let somebody be in the first area of ``chain``, which goes on with all that it is a part of.

    Areas that they were in already keep the instant at which they were entered, but for those that they
    enter once more by the way that they have taken (``entering``).
    """
    before = memory.stays.get(person)
    instant = in_utc(now)
    if before is None:
        entered = tuple((area, instant) for area in chain)
    else:
        known = dict(before.entered)
        entered = tuple((area, instant if area in entering else known.get(area, instant)) for area in chain)
    stay = Stay(chain[0], entered, members, sureness=sureness)
    memory.put("stays", person, stay)
    _count(memory, before, stay)


def rehome(memory: Memory, chains: Mapping[AreaId, tuple[AreaId, ...]]) -> list[PersonId]:
    """Put everybody where the areas as they are now say that they are; give those who are nowhere now.

    Who was in an area that is no more is in what is left of the areas that it was a part of. Where nothing
    is left, nobody knows where they are. ``recount`` has to follow.
    """
    nowhere = []
    for person, stay in tuple(memory.stays.items()):
        area = next((area for area, _at in stay.entered if area in chains), None)
        if area is None:
            memory.drop("stays", person)
            nowhere.append(person)
        elif tuple(entered for entered, _at in stay.entered) != chains[area]:
            known = dict(stay.entered)
            entered = tuple((each, known.get(each, known[area])) for each in chains[area])
            memory.put("stays", person, stay._replace(area=area, entered=entered))
    return nowhere


def forgive(memory: Memory, person: PersonId) -> None:
    """Let the next entry of somebody pass whatever passback says. They stay where they are."""
    stay = memory.stays.get(person)
    if stay is not None and not stay.forgiven:
        memory.put("stays", person, stay._replace(forgiven=True))


def forgive_all(memory: Memory) -> int:
    """Forgive everybody; gives how many there were."""
    waiting = [person for person, stay in memory.stays.items() if not stay.forgiven]
    for person in waiting:
        forgive(memory, person)
    return len(waiting)


def recount(memory: Memory) -> None:
    """Count every head anew, after the stays were read back or changed by more than a move."""
    for table in ("headcounts", "member_counts"):
        for key in tuple(getattr(memory, table)):
            memory.drop(table, key)
    for stay in memory.stays.values():
        _count(memory, None, stay)


def is_in(memory: Memory, person: PersonId, area: AreaId) -> bool:
    """Whether somebody is in this area or in a part of it."""
    stay = memory.stays.get(person)
    return stay is not None and stay.entered_at(area) is not None


def inside(memory: Memory, outside: Iterable[AreaId]) -> Mapping[PersonId, Stay]:
    """Give everybody who has come in and has not left for one of the areas that are outside."""
    off_site = frozenset(outside)
    return {person: stay for person, stay in memory.stays.items() if stay.area not in off_site}


def violates(passback: Passback, stay: Stay | None, area: AreaId, now: datetime) -> bool:
    """Whether somebody with this stay would enter an area that they have not left."""
    if stay is None or stay.forgiven:
        return False
    since = stay.entered_at(area)
    if since is None:
        return False
    if passback.forget_after is None:
        return True
    # A clock that was set back makes no entry older; it must not make one last for longer either.
    return abs(in_utc(now) - since) < passback.forget_after


def refuses(passback: Passback) -> bool:
    """Whether this kind of passback refuses rather than reports."""
    return passback.kind is not PassbackKind.SOFT


def on_the_way(memory: Memory, person: PersonId, doors: Iterable[DoorId]) -> DoorId | None:
    """Give the door at which somebody was granted a moment ago and has not passed yet."""
    for door in doors:
        state = memory.doors.get(door)
        if state is not None and any(one.person == person for one in state.waiting):
            return door
    return None


def _count(memory: Memory, before: Stay | None, after: Stay | None) -> None:
    """Take a head off where it was and count it where it is. Where it was before it is counted already."""
    old, new = _heads(before), _heads(after)
    for head in old:
        if head not in new:
            _add(memory, head, -1)
    for head in new:
        if head not in old:
            _add(memory, head, 1)


def _heads(stay: Stay | None) -> tuple[tuple[AreaId, MemberId | None], ...]:
    """Give every count in which somebody is one: each area with everybody (``None``) and each member."""
    if stay is None:
        return ()
    counted = (None, *dict.fromkeys(stay.members))
    return tuple((area, member) for area, _at in stay.entered for member in counted)


def _add(memory: Memory, head: tuple[AreaId, MemberId | None], by: int) -> None:
    area, member = head
    if member is None:
        memory.put("headcounts", area, memory.headcounts.get(area, 0) + by)
    else:
        memory.put("member_counts", head, memory.member_counts.get((area, member), 0) + by)
