"""The people of a large site, where they all are on a working morning, and what they ask at its doors."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from policies.companions import Gathering
from policies.door import DoorState, Phase
from policies.effects import Passage
from policies.factors import Factor
from policies.ids import AreaId, CredentialId, PersonId
from policies.memory import Guide, Memory, Uses
from policies.orders import Arm, Lockdown, SetThreatLevel
from policies.people import (
    Card,
    CardStatus,
    Holder,
    Person,
    Qualification,
    TemporaryAccess,
    UseLimits,
    Validity,
)
from policies.places import Direction
from policies.presence import move
from policies.requests import Request
from policies.rulebook import PointRules, Rulebook
from policies.warden import Warden
from tests.bench.large_site import (
    ESCORT,
    FORKLIFT,
    GROUPS,
    INDUCTION,
    LEVELS,
    ROLES,
    STREET,
    TRAINEE,
    VISITOR,
    Size,
    building,
    hall,
    rules_of,
)

NOW: Final = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
"""A Friday in winter, in the early and the day shift."""
_DAY: Final = timedelta(days=1)
_SHOWN: Final = Factor.CARD | Factor.PIN
_PAIRS: Final = tuple((first % 7, (first * 5 + 2) % len(ROLES)) for first in range(24))
"""Which roles people have together: with the groups, some hundred different combinations."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site at work."""

    rulebook: Rulebook
    holders: Sequence[Holder]
    memory: Memory


def site_of(size: Size, *, at_doors: bool = True) -> Site:
    """Make the rules and the people of a site, and let the day begin.

    ``at_doors`` says whether somebody stands at doors just now. Who asks about everybody's rights from
    elsewhere is not told of that.
    """
    rulebook = rules_of(size)
    chance = random.Random(size.people)
    holders = [_holder(number, chance) for number in range(size.people)]
    return Site(rulebook, holders, memory_of(rulebook, holders, size, at_doors=at_doors))


def ways_in(rulebook: Rulebook) -> list[PointRules]:
    """Give every access point at which somebody may be refused."""
    return [rules for rules in rulebook.points.values() if rules.point.direction is Direction.IN]


def questions(site: Site, count: int) -> list[tuple[Request, datetime]]:
    """Draw who badges where, and at which instant; one in ten shows the card alone, wherever that is.

    Nine visitors in ten badge where an escort was let in just now.
    """
    chance = random.Random(count)
    everywhere, guided = [rules.point.id for rules in ways_in(site.rulebook)], [*site.memory.guides]
    found = []
    for _ in range(count):
        holder = chance.choice(site.holders)
        is_led = VISITOR in holder.person.roles and chance.random() < 0.9
        point = chance.choice(guided if is_led else everywhere)
        now = NOW + timedelta(microseconds=chance.randrange(15_000_000))
        found.append((Request(point, holder, _proven(chance)), now))
    return found


def _proven(chance: random.Random) -> Factor:
    if chance.random() < 0.1:
        return Factor.CARD
    return _SHOWN | Factor.FINGERPRINT if chance.random() < 0.5 else _SHOWN


# ------------------------------------------------------------------------------------------ the people


def _holder(number: int, chance: random.Random) -> Holder:
    """Make somebody with a role or two and a group. Few are refused for what they are, as on a real day."""
    first, second = chance.choice(_PAIRS)
    roles = (ROLES[first], ROLES[0] if ROLES[second] == VISITOR and chance.random() < 0.5 else ROLES[second])
    person = Person(
        PersonId(f"p-{number}"),
        tuple(dict.fromkeys(roles)),
        Validity(NOW - 300 * _DAY, NOW + (300 if chance.random() < 0.99 else -1) * _DAY),
        disabled=chance.random() < 0.01,
        has_pin=chance.random() < 0.98,
        groups=(GROUPS[number % len(GROUPS)],),
        uses=UseLimits(10_000, 20) if chance.random() < 0.5 else None,
        qualifications=_qualifications(chance),
        temporary=_lent(chance),
        exempt=chance.random() < 0.02,
        extended=chance.random() < 0.05,
        seen_from=NOW - 60 * _DAY,
    )
    status = CardStatus.ACTIVE if chance.random() < 0.99 else CardStatus.LOST
    card = Card(
        CredentialId(f"c-{number}"),
        status,
        Validity(NOW - 300 * _DAY, NOW + 300 * _DAY),
        clonable=chance.random() < 0.2,
    )
    return Holder(person, card)


def _qualifications(chance: random.Random) -> tuple[Qualification, ...]:
    until = NOW + (100 if chance.random() < 0.98 else -1) * _DAY
    forklift = (Qualification(FORKLIFT, NOW + 10 * _DAY),) if chance.random() < 0.7 else ()
    return (*forklift, Qualification(INDUCTION, until))


def _lent(chance: random.Random) -> tuple[TemporaryAccess, ...]:
    if chance.random() < 0.7:
        return ()
    until = NOW + chance.choice((-1, 1, 2)) * _DAY
    return (TemporaryAccess(chance.choice(LEVELS), Validity(NOW - 5 * _DAY, until)),)


# --------------------------------------------------------------------------------- what is remembered


def memory_of(rulebook: Rulebook, holders: Sequence[Holder], size: Size, *, at_doors: bool) -> Memory:
    """Let the day begin: a stay for everybody, a lockdown, a threat, some people at doors."""
    warden, chance = Warden(rulebook), random.Random(size.doors)
    warden.start(NOW)
    for door in rulebook.doors:
        warden.leaf(door, NOW, is_open=False)
    warden.order(SetThreatLevel(1), "maria", NOW)
    warden.order(Lockdown(building(size.buildings - 1)), "maria", NOW)
    for number in range(0, size.halls, 10):
        warden.order(Arm(hall(number)), "maria", NOW)
    memory = warden.memory
    for holder in holders:
        _remember(holder, memory, rulebook, size, chance)
        memory.settle()
    insiders = [one for one in holders if _is_staff(one.person)]
    escorts = [one for one in insiders if ESCORT in one.person.roles]
    _escort(holders, escorts, memory)
    for place, rules in enumerate(ways_in(rulebook) if at_doors else ()):
        _stand_before(rules, place, chance.choice(insiders), chance.choice(escorts), memory)
    memory.settle()
    return memory


def _remember(holder: Holder, memory: Memory, rulebook: Rulebook, size: Size, chance: random.Random) -> None:
    """Half of the people are somewhere inside, since this morning."""
    person = holder.person
    since = NOW - timedelta(minutes=chance.randrange(240))
    area: AreaId = STREET if chance.random() < 0.5 else hall(chance.randrange(size.halls))
    move(memory, person.id, rulebook.chains[area], since, (*person.roles, *person.groups))
    away = 40 if chance.random() < 0.02 else 1
    memory.put("seen", person.id, NOW - away * _DAY)
    if person.uses is not None:
        today = 20 if chance.random() < 0.01 else 3
        memory.put("uses", person.id, Uses(500, today, date(2026, 11, 20)))


def _escort(holders: Sequence[Holder], escorts: Sequence[Holder], memory: Memory) -> None:
    """Let three visitors each be inside with one escort."""
    visitors = [one.person.id for one in holders if VISITOR in one.person.roles]
    inside = [visitor for visitor in visitors if memory.stays[visitor].area != STREET]
    for place, visitor in enumerate(inside):
        memory.put("escorts", visitor, escorts[place // 3 % len(escorts)].person.id)


def _is_staff(person: Person) -> bool:
    return not {VISITOR, TRAINEE} & {*person.roles} and not person.disabled


def _stand_before(rules: PointRules, place: int, somebody: Holder, escort: Holder, memory: Memory) -> None:
    """Let somebody be on the way through one door in twenty, an escort through another, and some wait."""
    if place % 20 == 1:
        _on_the_way(rules, somebody, memory)
    if place % 20 == 6:
        _on_the_way(rules, escort, memory)
        memory.put("guides", rules.point.id, Guide(escort.person.id, NOW - timedelta(seconds=10)))
    if rules.together is not None and place % 2:
        request = Request(rules.point.id, somebody, _SHOWN | Factor.FINGERPRINT)
        memory.put("companions", rules.point.id, Gathering((request,), NOW - timedelta(seconds=10)))


def _on_the_way(rules: PointRules, somebody: Holder, memory: Memory) -> None:
    person, point = somebody.person, rules.point
    members = (*person.roles, *person.groups)
    passage = Passage(point.id, person.id, somebody.card.id, rules.enters, members)
    memory.put("doors", point.door, DoorState(Phase.RELEASED, (passage,)))
