"""What happened before the site stood still: a Monday, until shortly after noon."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from accessctl.demo.roster import BY_HANDLE
from accessctl.demo.seed import person_id
from policies.ids import PersonId
from policies.memory import Sureness
from policies.reasons import Reason


class Happened(NamedTuple):
    """An entry, so many seconds after noon; what was before noon has fewer than none."""

    after_s: int
    type: str
    facts: dict[str, Any]


class Inside(NamedTuple):
    """Somebody who is inside, where, and for how many minutes."""

    handle: str
    area: str
    minutes: int
    sureness: Sureness = Sureness.SEEN


INSIDE: Final = (
    Inside("ana-marsh", "floor", 388),
    Inside("grace-adeyemi", "floor", 385),
    Inside("priya-nair", "floor", 371),
    Inside("tomasz-wilk", "floor", 369, Sureness.ASSUMED),
    Inside("marta-quill", "floor", 55),
    Inside("harriet-lowe", "cage", 12),
    Inside("yusuf-demir", "docks", 40, Sureness.ASSUMED),
    Inside("rosa-villar", "yard", 21),
    Inside("aino-virtanen", "cold-store", 1),
    Inside("callum-reidy", "cold-store", 44),
    Inside("beth-ashdown", "lobby", 13),
    Inside("mei-tanaka", "office", 29),
)
SAFE: Final = ("ana-marsh", "beth-ashdown", "mei-tanaka", "priya-nair")
"""Who was seen safe, where a muster is going on."""


def pseudonym(handle: str) -> PersonId:
    """Give the pseudonym of somebody of the demo."""
    return PersonId(person_id(BY_HANDLE[handle]))


def _passed(after_s: int, handle: str, point: str, door: str) -> Iterator[Happened]:
    at = {"person": pseudonym(handle), "access_point": point, "door": door}
    yield Happened(after_s, Reason.GRANTED.event_type, {**at, "reason": Reason.GRANTED.words})
    yield Happened(after_s + 2, "door_opened", {"door": door})
    yield Happened(after_s + 2, "access_taken", at)
    yield Happened(after_s + 6, "door_closed", {"door": door})


def _refused(after_s: int, why: Reason, point: str, door: str, handle: str = "") -> Happened:
    facts = {"access_point": point, "door": door, "reason": why.words}
    return Happened(after_s, why.event_type, {**facts, "person": pseudonym(handle)} if handle else facts)


def day() -> tuple[Happened, ...]:
    """Give what happened, in its order."""
    found = (
        Happened(-3540, "system_start", {}),
        Happened(-3539, "reader_online", {"access_point": "staff-in", "door": "staff"}),
        *_passed(-2580, "marta-quill", "floor-in", "floor"),
        *_passed(-1920, "callum-reidy", "cold-in", "cold"),
        _refused(-1900, Reason.OUTSIDE_SCHEDULE, "staff-in", "staff", "chloe-bannister"),
        *_passed(-1680, "yusuf-demir", "aisle-out", "aisle"),
        *_passed(-1020, "mei-tanaka", "office-in", "office"),
        *_passed(-540, "rosa-villar", "gate-in", "gate"),
        *_passed(-400, "beth-ashdown", "staff-out", "staff"),
        *_passed(-60, "beth-ashdown", "staff-in", "staff"),
        *_passed(3, "harriet-lowe", "cage-in", "cage"),
        _refused(130, Reason.CARD_LOST, "staff-in", "staff", "tess-whitlock"),
        *_passed(215, "dafydd-pryce", "gate-out", "gate"),
        _refused(430, Reason.UNKNOWN_CREDENTIAL, "gate-in", "gate"),
        Happened(560, "door_forced_open", {"door": "dock-1"}),
        _refused(605, Reason.NO_ACCESS_LEVEL, "cage-in", "cage", "ana-marsh"),
        Happened(640, "door_unlocked", {"door": "gate", "detail": {"operator": "tester"}}),
        *tuple(_passed(655, "aino-virtanen", "cold-in", "cold"))[:3],
    )
    return tuple(sorted(found, key=lambda each: each.after_s))
