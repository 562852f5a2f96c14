"""Sites of every kind.

A site takes hundreds of choices. They are made from a seed, which is quick, and which a failing test names.
"""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Final, TypeVar

from policies.area_rules import LowerLimit, Passback, PassbackKind, Together, UpperLimit
from policies.degraded import CHOICES, Condition, Degraded
from policies.door_modes import DoorMode, ModeRule
from policies.factors import Asks
from policies.ids import AccessPointId, AreaId, DoorId, InputId, MemberId
from policies.interlock import Interlock
from policies.people import Holder, UseLimits
from policies.places import Area, AreaState, AsksWhen, Door, MusterPoint
from policies.rulebook import EscortRules, Rulebook, Traits
from tests.policies.sites import BY_DAY, GUARD, STAFF, VISITOR, door, everywhere, level, person, site, way_in
from tests.policies.values import ALWAYS, MINUTE, s, schedule

T = TypeVar("T")

CATALOGUE: Final[Mapping[str, tuple[str, str]]] = {
    "front": ("street", "hall"),
    "store": ("hall", "store"),
    "back": ("street", "hall"),
    "cage": ("store", "cage"),
    "hatch": ("street", "store"),
    "dock": ("street", "dock"),
    "gate": ("dock", "hall"),
}
AREAS: Final = ("hall", "store", "cage", "dock")
YARD: Final = MusterPoint(AccessPointId("yard"), "Yard", AreaId("yard"))
FIRES: Final = (InputId("smoke"), InputId("button"))
ACME: Final = MemberId("acme")
LUNCH: Final = schedule("12:00-13:00")
AFTER_LUNCH: Final = schedule("13:00-13:01")

PEOPLE: Final[Sequence[Holder]] = (
    person("ann"),
    person("ben", groups=("acme",), has_pin=True),
    person("cem", uses=UseLimits(total=3, a_day=2)),
    person("dot", GUARD, has_pin=True),
    person("eve", GUARD, extended=True),
    person("vic", VISITOR),
    person("win", VISITOR, groups=("acme",)),
    person("zed", exempt=True, disabled=True),
)
PASSBACKS: Final = (
    None,
    Passback(PassbackKind.HARD),
    Passback(PassbackKind.HARD),
    Passback(PassbackKind.SOFT),
    Passback(PassbackKind.TIMED, 10 * MINUTE),
)
LIMITS: Final = (
    (),
    (),
    (UpperLimit(1),),
    (UpperLimit(2, report_only=True), UpperLimit(1, ACME)),
)
LOWER_LIMITS: Final = (None, None, LowerLimit(2, s(30)), LowerLimit(2, s(0)))
TOGETHER: Final = (
    None,
    None,
    None,
    Together(2, s(30)),
    Together(2, s(20), (STAFF, GUARD), one_of_each=True),
)
MODES: Final = (
    (),
    (),
    (),
    (ModeRule(DoorMode.UNLOCKED, BY_DAY),),
    (ModeRule(DoorMode.BLOCKED, LUNCH), ModeRule(DoorMode.UNLOCKED, BY_DAY, first_card=True)),
)
ASKS: Final = (Asks.CARD, Asks.CARD, Asks.CARD, Asks.CARD_AND_PIN, Asks.NOTHING)
ASKS_WHEN: Final = (
    (),
    (AsksWhen(Asks.CARD_AND_PIN, threat_level=2),),
    (AsksWhen(Asks.CARD_AND_PIN, area=AreaState.EMPTY), AsksWhen(Asks.NOTHING, area=AreaState.ARMED)),
)


def build(plan_seed: int, seed: int) -> Rulebook:
    """Make a site: the first seed says which doors there are, the second which rules hold there."""
    plan_of, made = Random(plan_seed), Random(seed)
    names = sorted(plan_of.sample(sorted(CATALOGUE), plan_of.randint(3, 6)))
    plan = {name: CATALOGUE[name] for name in names}
    points = [f"{name}-{way}" for name in names for way in ("in", "out")]
    levels = {
        STAFF: [everywhere(plan, made.choice((BY_DAY, ALWAYS)), "staff")],
        GUARD: [everywhere(plan)],
        VISITOR: [level("some", _some(made, points, 0.8))],
    }
    return site(
        plan=plan,
        areas=_areas(made),
        doors=[_door(made, name, monitored=plan_of.random() < 0.85) for name in names],
        points=[way_in(name, made.choice(ASKS), plan, asks_when=made.choice(ASKS_WHEN)) for name in names],
        levels_of=levels,
        denies_of={ACME: [level("never", _some(made, points, 0.2), made.choice((BY_DAY, LUNCH)))]},
        traits_of={
            GUARD: Traits(passes_lockdown=made.random() < 0.5, threat_authority=5, may_escort=True),
            VISITOR: Traits(needs_escort=made.random() < 0.7),
            ACME: Traits(threat_authority=2, exempt=made.random() < 0.2),
        },
        interlocks=_interlocks(made, names),
        escort=EscortRules(s(30), s(60), made.randint(1, 2)),
        forgives=made.choice((None, AFTER_LUNCH)),
        fire_doors={fire: tuple(DoorId(name) for name in _some(made, names, 0.5)) for fire in FIRES},
        muster_points=[YARD],
    )


def _some(made: Random, things: Iterable[T], part: float) -> list[T]:
    return [thing for thing in things if made.random() < part]


def _areas(made: Random) -> list[Area]:
    nested = made.random() < 0.7
    within = {"store": "hall", "cage": "store"} if nested else {}
    return [
        Area(AreaId("yard"), "yard", outside=made.random() < 0.5),
        *(
            Area(
                AreaId(name),
                name,
                AreaId(within[name]) if name in within else None,
                passback=made.choice(PASSBACKS),
                upper_limits=made.choice(LIMITS),
                lower_limit=made.choice(LOWER_LIMITS),
                together=made.choice(TOGETHER),
            )
            for name in AREAS
        ),
    ]


def _door(made: Random, name: str, *, monitored: bool) -> Door:
    chosen = {condition.value: made.choice(CHOICES[condition]) for condition in Condition}
    return door(
        name,
        monitored=monitored,
        exit_releases=made.random() < 0.85,
        modes=made.choice(MODES),
        degraded=Degraded(**chosen),
        extended=door(name).times,
    )


def _interlocks(made: Random, names: Sequence[str]) -> list[Interlock]:
    groups = made.choice((0, 1, 1, 2))
    return [
        Interlock(
            tuple(DoorId(name) for name in made.sample(names, made.randint(2, 3))), made.choice((None, s(20)))
        )
        for _ in range(groups)
    ]
