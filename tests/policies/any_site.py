"""Sites, people and moments of every kind, for properties that have to hold whatever the rules are.

A moment takes hundreds of choices. They are made from a seed, which is quick, and which a failing test names.
"""

from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Final, NamedTuple, TypeVar

from policies.area_rules import LowerLimit, Passback, PassbackKind, Together, UpperLimit
from policies.companions import Gathering
from policies.degraded import CHOICES, Condition, Degraded
from policies.door import DoorState, Phase
from policies.door_modes import DoorMode
from policies.effects import Passage
from policies.explain import with_everything_shown
from policies.factors import Asks, Factor
from policies.ids import (
    AccessPointId,
    AreaId,
    CredentialId,
    DoorId,
    LevelId,
    MemberId,
    PersonId,
    QualificationId,
    RoleId,
)
from policies.interlock import Interlock
from policies.lockout import WrongPins
from policies.memory import Guide, Memory, Uses
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
from policies.places import AccessPoint, Area, AreaState, AsksWhen, Direction, Door
from policies.presence import move
from policies.requests import Request
from policies.rulebook import AccessLevel, AccessPolicy, EscortRules, Rulebook, Traits
from tests.policies.values import ALWAYS, AT_NIGHT, HOUR, LONDON, MINUTE, NOON, schedule

T = TypeVar("T")

BY_DAY: Final = schedule("08:00-18:00")
SCHEDULES: Final = (ALWAYS, BY_DAY, AT_NIGHT)
STREET, SITE, HALL, CAGE = AREAS = tuple(map(AreaId, ("street", "site", "hall", "cage")))
DOORS: Final = tuple(map(DoorId, ("gate", "door", "hatch")))
MEMBERS: Final = tuple(map(MemberId, ("staff", "guard", "visitor", "acme")))
WANTED: Final = tuple(map(QualificationId, ("licence", "induction")))
PEOPLE: Final = tuple(map(PersonId, ("ada", "bob", "cem", "dee")))
ALL, SOME, LENT = LEVELS = tuple(map(LevelId, ("all", "some", "lent")))
ASKS: Final = (
    Asks.CARD,
    Asks.NOTHING,
    Asks.CARD_AND_PIN,
    Asks.CARD_AND_CODE,
    Asks.CARD_AND_BIOMETRIC,
    Asks.PIN,
    Asks((Factor.CARD | Factor.PIN, Factor.CARD | Factor.FACE, Factor.PIN | Factor.FACE)),
)
VALIDITIES: Final = (
    Validity(),
    Validity(end=NOON + HOUR),
    Validity(start=NOON),
    Validity(start=NOON + MINUTE),
    Validity(end=NOON),
)
PASSBACKS: Final = (
    Passback(PassbackKind.HARD),
    Passback(PassbackKind.SOFT),
    Passback(PassbackKind.TIMED, HOUR),
)
TOGETHER: Final = (
    Together(2, MINUTE),
    Together(2, MINUTE, MEMBERS[:2]),
    Together(2, MINUTE, MEMBERS[:2], one_of_each=True),
)
LIMITS: Final = (
    UpperLimit(1),
    UpperLimit(0),
    UpperLimit(1, MEMBERS[0]),
    UpperLimit(1, report_only=True),
)


class Moment(NamedTuple):
    """A rule book, what is remembered at noon, and who might ask."""

    rulebook: Rulebook
    memory: Memory
    people: tuple[Holder, ...]
    wrong_pins: dict[PersonId, WrongPins]


def moment_of(seed: int) -> Moment:
    """Make up a moment; the same seed gives the same."""
    dice = Dice(seed)
    rulebook = a_rulebook(dice)
    people = tuple(a_holder(dice, id_) for id_ in PEOPLE)
    wrong = {id_: WrongPins(5, NOON + HOUR) for id_ in dice.some(PEOPLE, 15)}
    return Moment(rulebook, a_memory(dice, rulebook, people), people, wrong)


class Dice:
    """Chooses. Some moments are calm: where too much is wrong at once, one rule hides the others."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._trouble = self._random.choice((0.1, 0.3, 1.0))

    def one(self, values: Iterable[T]) -> T:
        return self._random.choice(tuple(values))

    def chance(self, percent: int) -> bool:
        """Whether something happens that takes no right away."""
        return self._random.random() * 100 < percent

    def mishap(self, percent: int) -> bool:
        """Whether something happens that may."""
        return self._random.random() * 100 < percent * self._trouble

    def some(self, values: Iterable[T], percent: int) -> tuple[T, ...]:
        return tuple(value for value in values if self.chance(percent))

    def mishaps(self, values: Iterable[T], percent: int) -> tuple[T, ...]:
        return tuple(value for value in values if self.mishap(percent))

    def perhaps(self, values: Iterable[T], percent: int) -> T | None:
        return self.one(values) if self.mishap(percent) else None


# ------------------------------------------------------------------------------------------- the site


def a_rulebook(dice: Dice) -> Rulebook:
    """Make a site of three doors and four areas, each with a way in and perhaps a way out and another in."""
    points = [point for door in DOORS for point in _points(dice, door)]
    levels = {id_: _level(dice, id_, points) for id_ in LEVELS}
    given = {
        member: [level for id_, level in levels.items() if id_ != LENT and dice.chance(60)]
        for member in MEMBERS
    }
    denied = {member: [levels[SOME]] for member in dice.mishaps(MEMBERS, 10)}
    return Rulebook.of(
        "any",
        points,
        given,
        doors=[_door(dice, door) for door in DOORS],
        areas=[_area(dice, area) for area in AREAS],
        denies_of=denied,
        traits_of={member: _traits(dice) for member in MEMBERS},
        more_levels=[levels[LENT]],
        escort=EscortRules(most_visitors=dice.one((1, 5))),
        interlocks=[Interlock(DOORS[:2], dice.one((MINUTE, None))) for _ in dice.some("x", 50)],
        timezone=LONDON,
    )


def _points(dice: Dice, door: DoorId) -> list[AccessPoint]:
    from_area, to_area = dice.one(((STREET, HALL), (STREET, SITE), (HALL, CAGE), (SITE, CAGE)))
    found = []
    for number in range(1 + dice.chance(20)):
        id_, asks = AccessPointId(f"{door}-in-{number}"), dice.one(ASKS)
        when = tuple(_asks_when(dice) for _ in dice.some("x", 20))
        found.append(AccessPoint(id_, door, door, from_area, to_area, Direction.IN, asks, when))
    if dice.chance(30):
        out = AccessPointId(f"{door}-out")
        found.append(AccessPoint(out, door, door, to_area, from_area, Direction.OUT, Asks.CARD))
    return found


def _asks_when(dice: Dice) -> AsksWhen:
    state = dice.one(AreaState)
    when: dict[str, object] = dice.one(({"schedule": BY_DAY}, {"threat_level": 2}, {"area": state}))
    return AsksWhen(dice.one(ASKS), **when)  # type: ignore[arg-type]


def _level(dice: Dice, id_: LevelId, points: list[AccessPoint]) -> AccessLevel:
    return AccessLevel(
        id_, tuple(AccessPolicy(point.id, dice.one(SCHEDULES)) for point in dice.some(points, 80))
    )


def _door(dice: Dice, id_: DoorId) -> Door:
    chosen = {condition.value: dice.one(choices) for condition, choices in CHOICES.items()}
    return Door(id_, id_, degraded=Degraded(**chosen) if dice.chance(50) else Degraded())


def _area(dice: Dice, id_: AreaId) -> Area:
    return Area(
        id_,
        id_,
        within=SITE if id_ == HALL else HALL if id_ == CAGE and dice.chance(50) else None,
        outside=id_ == STREET,
        passback=dice.perhaps(PASSBACKS, 70),
        upper_limits=dice.mishaps(LIMITS, 20),
        lower_limit=dice.perhaps([LowerLimit(2, timedelta()), LowerLimit(3, timedelta())], 40),
        together=dice.perhaps(TOGETHER, 70),
        assurance=dice.perhaps((1, 2), 50) or 0,
        requires=dice.mishaps(WANTED, 40),
    )


def _traits(dice: Dice) -> Traits:
    return Traits(
        passes_lockdown=dice.chance(30),
        threat_authority=dice.one((0, 2)),
        exempt=dice.chance(10),
        may_escort=dice.chance(30),
        needs_escort=dice.mishap(20),
        unseen_limit=dice.perhaps([timedelta(days=30)], 20),
    )


# ---------------------------------------------------------------------------------------- who may ask


def a_holder(dice: Dice, id_: PersonId) -> Holder:
    """Make somebody with a card, most often a good one."""
    person = Person(
        id_,
        tuple(RoleId(member) for member in dice.some(MEMBERS[:3], 40)) or (RoleId(MEMBERS[0]),),
        dice.one(VALIDITIES) if dice.mishap(20) else Validity(),
        disabled=dice.mishap(5),
        has_pin=dice.chance(60),
        groups=dice.some(MEMBERS[3:], 30),
        uses=dice.perhaps([UseLimits(2, None), UseLimits(None, 1), UseLimits(2, 1)], 20),
        qualifications=tuple(
            Qualification(wanted, dice.one((None, NOON, NOON + MINUTE))) for wanted in dice.some(WANTED, 70)
        ),
        temporary=tuple(TemporaryAccess(LENT, dice.one(VALIDITIES[1::3])) for _ in dice.some("xx", 20)),
        exempt=dice.chance(10),
        seen_from=dice.perhaps([NOON - timedelta(days=30), NOON], 50),
    )
    status = CardStatus.LOST if dice.mishap(5) else CardStatus.ACTIVE
    validity = dice.one(VALIDITIES) if dice.mishap(20) else Validity()
    return Holder(person, Card(CredentialId(f"card-{id_}"), status, validity, clonable=dice.chance(60)))


# --------------------------------------------------------------------------------- what is remembered


def a_memory(dice: Dice, rulebook: Rulebook, people: tuple[Holder, ...]) -> Memory:
    """Make up what happened before noon."""
    memory = Memory()
    for holder in dice.some(people, 60):
        _stay(dice, memory, rulebook, holder)
    for id_ in PEOPLE:
        if dice.chance(40):
            memory.uses[id_] = Uses(dice.one((1, 2)), 1, dice.one((NOON, NOON - 24 * HOUR)).date())
        if dice.chance(20):
            memory.escorts[id_] = dice.one(PEOPLE)
        if dice.chance(20):
            memory.seen[id_] = NOON - dice.one((timedelta(days=30), timedelta(days=29)))
    memory.numbers["threat_level"] = dice.perhaps((1, 3), 30) or 0
    memory.armed.update(dict.fromkeys(dice.some(AREAS, 20), "op"))
    for door in DOORS:
        _door_state(dice, memory, rulebook, people, door)
    for point in rulebook.points:
        if dice.chance(30):
            memory.guides[point] = Guide(dice.one(PEOPLE), NOON - dice.one((MINUTE / 3, MINUTE)))
        if dice.chance(30):
            _gathering(dice, memory, rulebook, dice.some(people, 50), point)
    for condition in dice.mishaps(Condition, 40):
        memory.gone.update({(condition, where): True for where in (None, *DOORS, *rulebook.points)})
    memory.settle()
    return memory


def _stay(dice: Dice, memory: Memory, rulebook: Rulebook, holder: Holder) -> None:
    since = NOON - dice.one((MINUTE, HOUR, 2 * HOUR))
    area, members = dice.one(AREAS), rulebook.crowd_of(holder.person).members
    move(memory, holder.person.id, rulebook.chains[area], since, members)
    if dice.chance(15):
        stay = memory.stays[holder.person.id]
        memory.stays[holder.person.id] = stay._replace(forgiven=True)


def _door_state(
    dice: Dice, memory: Memory, rulebook: Rulebook, people: tuple[Holder, ...], door: DoorId
) -> None:
    if dice.mishap(40):
        memory.modes[door] = dice.one(DoorMode)
    phase = dice.one(Phase) if dice.chance(30) else Phase.SECURED
    own = [rules for rules in rulebook.points.values() if rules.point.door == door]
    waiting = tuple(
        Passage(
            rules.point.id,
            holder.person.id,
            holder.card.id,
            rules.enters,
            rulebook.crowd_of(holder.person).members,
            rules.point.direction is Direction.OUT,
        )
        for holder in dice.some(people, 6)
        for rules in [dice.one(own)]
    )
    memory.doors[door] = DoorState(phase, waiting)


def _gathering(
    dice: Dice, memory: Memory, rulebook: Rulebook, people: tuple[Holder, ...], point: AccessPointId
) -> None:
    requests = tuple(
        with_everything_shown(Request(point, holder), rulebook, NOON, memory) for holder in people
    )
    memory.companions[point] = Gathering(requests, NOON - dice.one((timedelta(), MINUTE / 2, MINUTE)))
