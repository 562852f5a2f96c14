"""Everything that can be wrong with a request that would be granted, one fault at a time.

The site is that of ``sites``; Alice asks at its front door with her card and her PIN.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from policies.area_rules import LowerLimit, Together, UpperLimit
from policies.degraded import Condition, Degraded, Fallback
from policies.door import Phase
from policies.door_modes import DoorMode
from policies.factors import Asks, Factor
from policies.ids import AccessPointId, DoorId, QualificationId
from policies.interlock import Interlock
from policies.lockout import WrongPins
from policies.marks import Mark
from policies.people import Card, CardStatus, UseLimits, Validity
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Traits
from policies.tries import Tries
from tests.policies.scene import Scene, asks
from tests.policies.sites import ALICE, GUARD, HARD, STAFF, area, but, door, level, person, site, way_in
from tests.policies.values import ALWAYS, AT_NIGHT, MINUTE, NOON

CARD, PIN, CODE, FACE = Factor.CARD, Factor.PIN, Factor.CODE, Factor.FACE
EXPIRED: Final = Validity(end=NOON)
NOT_YET: Final = Validity(start=NOON + MINUTE)
FRONT: Final = ("front-in",)


@dataclass(frozen=True)
class Fault:
    """What is otherwise than in a request that would be granted, and the reason that follows."""

    name: str
    reason: Reason
    of: Mapping[str, Any]
    """By what it is about: ``person.disabled``, ``card.status``, ``hall.passback`` …"""
    scene: Callable[[Scene], object] = field(default=lambda scene: scene)


FAULTS: Final = (
    Fault("unknown card", Reason.UNKNOWN_CREDENTIAL, {"known": False}),
    Fault("void", Reason.FACTOR_TIMEOUT, {"known": True, "request.void": Reason.FACTOR_TIMEOUT}),
    Fault("card revoked", Reason.CARD_REVOKED, {"card.status": CardStatus.REVOKED}),
    Fault("card lost", Reason.CARD_LOST, {"card.status": CardStatus.LOST}),
    Fault("card stolen", Reason.CARD_STOLEN, {"card.status": CardStatus.STOLEN}),
    Fault("card damaged", Reason.CARD_DAMAGED, {"card.status": CardStatus.DAMAGED}),
    Fault("person disabled", Reason.PERSON_DISABLED, {"person.disabled": True}),
    Fault("card not yet valid", Reason.NOT_YET_VALID, {"card.validity": NOT_YET}),
    Fault("card expired", Reason.EXPIRED, {"card.validity": EXPIRED}),
    Fault("person not yet valid", Reason.NOT_YET_VALID, {"person.validity": NOT_YET}),
    Fault("person expired", Reason.EXPIRED, {"person.validity": EXPIRED}),
    Fault("for another door", Reason.OTHER_DOOR, {"card.points": frozenset({AccessPointId("back-in")})}),
    Fault(
        "spent",
        Reason.CREDENTIAL_SPENT,
        {"card.uses": 2},
        lambda at: at.memory.spent.update({ALICE.card.id: 2}),
    ),
    Fault(
        "code used before",
        Reason.CODE_REPLAYED,
        {"request.marks": (Mark("totp:g", 7, Reason.CODE_REPLAYED),)},
        lambda at: at.memory.marks.update({"totp:g": 7}),
    ),
    Fault(
        "counter not risen",
        Reason.CARD_REPLAYED,
        {"request.marks": (Mark("card:c", 7, Reason.CARD_REPLAYED),)},
        lambda at: at.memory.marks.update({"card:c": 8}),
    ),
    Fault("plain number", Reason.CLONABLE_CARD, {"hall.refuses_clonable": True}),
    Fault("lockdown", Reason.LOCKED_DOWN, {"mode": 1}, lambda at: at.mode("front", DoorMode.LOCKED_DOWN)),
    Fault("blocked", Reason.DOOR_BLOCKED, {"mode": 2}, lambda at: at.mode("front", DoorMode.BLOCKED)),
    Fault("threat", Reason.THREAT_LEVEL, {}, lambda at: at.threat(1)),
    Fault(
        "on battery",
        Reason.DEGRADED,
        {"degraded.on_battery": Fallback.REFUSE},
        lambda at: at.gone(Condition.ON_BATTERY),
    ),
    Fault(
        "clock not trusted",
        Reason.CLOCK_UNTRUSTED,
        {"degraded.clock_untrusted": Fallback.REFUSE},
        lambda at: at.gone(Condition.CLOCK_UNTRUSTED),
    ),
    Fault("denied", Reason.DENIED_BY_LEVEL, {"denies": [level("no", FRONT)]}),
    Fault("no level", Reason.NO_ACCESS_LEVEL, {"schedules": ()}),
    Fault("outside schedule", Reason.OUTSIDE_SCHEDULE, {"schedules": (AT_NIGHT,)}),
    Fault(
        "away too long",
        Reason.NOT_SEEN,
        {"traits.unseen_limit": MINUTE, "person.seen_from": NOON - MINUTE},
    ),
    Fault("no use left", Reason.USES_SPENT, {"person.uses": UseLimits(total=0)}),
    Fault("no use left today", Reason.DAILY_USES_SPENT, {"person.uses": UseLimits(a_day=0)}),
    Fault("no licence", Reason.PREREQUISITE_MISSING, {"hall.requires": (QualificationId("licence"),)}),
    Fault("inside already", Reason.PASSBACK, {"hall.passback": HARD}, lambda at: at.inside(ALICE)),
    Fault("full", Reason.AREA_FULL, {"hall.upper_limits": (UpperLimit(0),), "place": "outside"}),
    Fault("alone", Reason.TOO_FEW_PEOPLE, {"hall.lower_limit": LowerLimit(3, timedelta())}),
    Fault("no escort", Reason.NO_ESCORT, {"traits.needs_escort": True}),
    Fault(
        "wrong role", Reason.WRONG_COMPANION, {"hall.together": Together(2, MINUTE, (GUARD,)), "role": "own"}
    ),
    Fault("too little proven", Reason.TOO_LITTLE_ASSURANCE, {"hall.assurance": 3}),
    Fault(
        "sensor gone",
        Reason.SENSOR_UNAVAILABLE,
        {"asks": Asks((CARD | PIN | FACE,))},
        lambda at: at.gone(Condition.BIOMETRIC_LOST, "front-in"),
    ),
    Fault(
        "reader locked",
        Reason.READER_LOCKED_OUT,
        {},
        lambda at: at.memory.tries.update({"reader:front-in": Tries(20, NOON, NOON + MINUTE)}),
    ),
    Fault("no pin", Reason.NO_PIN, {"known": True, "person.has_pin": False, "request.proven": CARD}),
    Fault("ten wrong pins", Reason.TOO_MANY_WRONG_PINS, {"request.wrong_pins": WrongPins(10)}),
    Fault("five wrong pins", Reason.LOCKED_OUT, {"request.wrong_pins": WrongPins(5, NOON + MINUTE)}),
    Fault(
        "no generator",
        Reason.NO_CODE,
        {"asks": Asks((CARD | PIN | CODE,)), "person.enrolled": Factor.NONE},
    ),
    Fault(
        "ten wrong codes",
        Reason.TOO_MANY_WRONG_CODES,
        {"asks": Asks((CARD | PIN | CODE,)), "codes": 10},
        lambda at: at.memory.tries.update({"code:alice": Tries(10, NOON, NOON + MINUTE)}),
    ),
    Fault(
        "five wrong codes",
        Reason.CODE_LOCKED_OUT,
        {"asks": Asks((CARD | PIN | CODE,)), "codes": 5},
        lambda at: at.memory.tries.update({"code:alice": Tries(5, NOON, NOON + MINUTE)}),
    ),
    Fault(
        "no face",
        Reason.NO_BIOMETRIC,
        {"asks": Asks((CARD | PIN | FACE,)), "person.enrolled": Factor.NONE},
    ),
    Fault(
        "fifty wrong faces",
        Reason.BIOMETRIC_OFF,
        {"asks": Asks((CARD | PIN | FACE,)), "faces": 50},
        lambda at: at.memory.tries.update({"biometric:alice": Tries(50, NOON, NOON + MINUTE / 2)}),
    ),
    Fault(
        "five wrong faces",
        Reason.BIOMETRIC_LOCKED_OUT,
        {"asks": Asks((CARD | PIN | FACE,)), "faces": 5},
        lambda at: at.memory.tries.update({"biometric:alice": Tries(5, NOON, NOON + MINUTE / 2)}),
    ),
    Fault(
        "wrong pin",
        Reason.WRONG_PIN,
        {"known": True, "request.failure": Reason.WRONG_PIN, "request.proven": CARD},
    ),
    Fault(
        "pin too late",
        Reason.FACTOR_TIMEOUT,
        {"known": True, "request.failure": Reason.FACTOR_TIMEOUT, "request.proven": CARD},
    ),
    Fault("no record", Reason.RECORD_UNAVAILABLE, {}, lambda at: at.gone(Condition.RECORD_UNWRITABLE)),
    Fault(
        "pin not entered",
        Reason.PIN_WANTED,
        {"known": True, "request.failure": None, "request.proven": CARD},
    ),
    Fault(
        "face not shown",
        Reason.FACTOR_WANTED,
        {"asks": Asks((CARD | PIN | FACE,)), "request.proven": CARD | PIN},
    ),
    Fault("nobody else there", Reason.COMPANION_WANTED, {"hall.together": Together(2, MINUTE)}),
    Fault(
        "other door open",
        Reason.INTERLOCK_WANTED,
        {"interlock": MINUTE},
        lambda at: at.phase("store", Phase.OPEN),
    ),
    Fault(
        "other door open, no waiting",
        Reason.INTERLOCKED,
        {"interlock": None},
        lambda at: at.phase("store", Phase.OPEN),
    ),
)
"""In order of rank: of two faults the first is named."""


def with_faults(faults: Iterable[Fault], at: str = "front-in") -> tuple[Scene, Request]:
    """Set the scene for a request with all these faults at once."""
    of: dict[str, Any] = {}
    for fault in faults:
        of |= fault.of

    def about(what: str) -> dict[str, Any]:
        return {key.partition(".")[2]: value for key, value in of.items() if key.startswith(f"{what}.")}

    points = [way_in("front", of.get("asks", Asks.CARD_AND_PIN))]
    levels = [
        level(f"level {number}", ("front-in", "front-out", "back-in"), when)
        for number, when in enumerate(of.get("schedules", (ALWAYS,)))
    ]
    locks = [Interlock((DoorId("front"), DoorId("store")), of["interlock"])] if "interlock" in of else []
    book = site(
        points=points,
        areas=[area("hall", **about("hall"))],
        doors=[door("front", degraded=Degraded(**about("degraded")))],
        levels_of={STAFF: levels},
        denies_of={STAFF: of.get("denies", [])},
        traits_of={STAFF: Traits(**about("traits"))},
        interlocks=locks,
    )
    scene = Scene(book)
    for fault in faults:
        fault.scene(scene)
    who = person(
        "alice", card=but(Card(ALICE.card.id), about("card")), **{"has_pin": True, **about("person")}
    )
    request: Request = but(asks(who if of.get("known", True) else None, at, CARD | PIN), about("request"))
    return scene, request


def contradict(one: Fault, other: Fault) -> bool:
    """Whether two faults are about the same thing and want it otherwise."""
    return any(key in other.of and other.of[key] != value for key, value in one.of.items()) or (
        # Who is inside is not one more there.
        {one.name, other.name} == {"inside already", "full"}
    )
