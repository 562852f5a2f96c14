"""Traces of every kind, on sites of every kind.

What happens is a list of steps, each of a few small numbers, so that a failing trace can be made short.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final, NamedTuple, TypeVar

from hypothesis import strategies as st

from policies.degraded import Condition
from policies.door_modes import ORDERABLE, DoorMode
from policies.factors import Factor
from policies.ids import AreaId, DoorId, PersonId
from policies.memory import SITE
from policies.orders import (
    Arm,
    Disarm,
    EndEmergency,
    EndMuster,
    Forgive,
    LiftLockdown,
    Lockdown,
    Order,
    PropDoor,
    ReleaseDoor,
    Renew,
    SeenSafe,
    SetMode,
    SetThreatLevel,
    StartMuster,
)
from tests.policies.made_sites import AREAS, FIRES, PEOPLE, YARD, build
from tests.policies.site_story import SiteStory
from tests.policies.values import HOUR, MINUTE, NOON, s

T = TypeVar("T")

SHOWN: Final = (Factor.CARD, Factor.CARD, Factor.CARD | Factor.PIN, Factor.NONE)
PAUSES: Final = (s(0.5), s(1), s(4), s(5), s(10), s(30), MINUTE, 10 * MINUTE, HOUR, 9 * HOUR)


class Step(NamedTuple):
    """Something that happens; the numbers choose what exactly, whatever there is to choose from."""

    what: int
    which: int
    who: int
    how: int


STEPS: Final = st.lists(
    st.builds(
        Step,
        st.integers(0, 99),
        st.integers(0, 250),
        st.integers(0, 250),
        st.integers(0, 250),
    ),
    min_size=20,
    max_size=80,
)
SEEDS: Final = st.integers(0, 2**32)


class Play(SiteStory):
    """A story on a site that was made from a seed."""

    def __init__(self, seed: int, *, may_cry: bool = True) -> None:
        super().__init__(build(seed, seed), at=NOON - HOUR)
        self.seed, self.may_cry = seed, may_cry


def one_of(things: Iterable[T], number: int) -> T:
    found = tuple(things)
    return found[number % len(found)]


def _badges(story: Play, step: Step) -> None:
    point = one_of(
        sorted({**story.warden.rulebook.points, **story.warden.rulebook.muster_points}), step.which
    )
    holder = None if step.who % 17 == 0 else one_of(PEOPLE, step.who)
    shown = one_of(SHOWN, step.how)
    story.badge(holder, point, shown, duress=story.may_cry and step.how % 7 == 0)


def _passes(story: Play, step: Step) -> None:
    """Somebody badges as they should, and goes through if they may."""
    point = story.warden.rulebook.points[one_of(sorted(story.warden.rulebook.points), step.which)].point
    duress = story.may_cry and step.how % 9 == 0
    story.badge(one_of(PEOPLE, step.who), point.id, Factor.CARD | Factor.PIN, duress=duress)
    if story.is_released(point.door):
        _moves_leaf(story, point.door, is_open=True)
        if step.how % 4:
            story.after(1)
            _moves_leaf(story, point.door, is_open=False)


def _moves_leaf(story: Play, name: DoorId, *, is_open: bool) -> None:
    contact = (Condition.CONTACT_LOST, name)
    if story.warden.rulebook.doors[name].door.monitored and contact not in story.warden.memory.gone:
        (story.leaf_opens if is_open else story.leaf_closes)(name)


def _leaf(story: Play, step: Step) -> None:
    _moves_leaf(story, one_of(sorted(story.warden.rulebook.doors), step.which), is_open=step.how % 2 == 0)


def _leaves(story: Play, step: Step) -> None:
    name = one_of(sorted(story.warden.rulebook.doors), step.which)
    (story.let_out if step.how % 5 == 0 else story.exit_button)(name)


def _waits(story: Play, step: Step) -> None:
    story.at(story.now + one_of(PAUSES, step.how))


def _orders(story: Play, step: Step) -> None:
    name = DoorId(one_of(sorted(story.warden.rulebook.doors), step.which))
    whom = PersonId(one_of(PEOPLE, step.who).person.id)
    area = AreaId(one_of(AREAS, step.who))
    until = None if step.how % 3 else story.now + 10 * MINUTE
    mode = one_of((None, *ORDERABLE, DoorMode.UNLOCKED), step.who)
    scope = one_of((SITE, area), step.how)
    orders: tuple[Order, ...] = (
        ReleaseDoor(name),
        SetMode(name, mode, until),
        SetMode(name, mode, until),
        PropDoor(name, 2 * MINUTE),
        Lockdown(scope),
        LiftLockdown(scope),
        LiftLockdown(scope),
        EndEmergency(),
        SetThreatLevel(step.how % 4),
        SetThreatLevel(0),
        Forgive(None if step.how % 2 else whom),
        Renew(whom),
        Arm(area),
        Disarm(area),
        StartMuster(),
        EndMuster(),
        SeenSafe(whom),
    )
    order = one_of(orders, step.how)
    if getattr(order, "area", None) in story.warden.rulebook.areas or not isinstance(order, Arm | Disarm):
        story.order(order)


def _burns(story: Play, step: Step) -> None:
    story.fire(one_of(FIRES, step.which), active=step.how % 2 == 0)


def _breaks(story: Play, step: Step) -> None:
    doors, points = sorted(story.warden.rulebook.doors), sorted(story.warden.rulebook.points)
    condition = one_of(Condition, step.who)
    where: str | None = None
    if condition is Condition.CONTACT_LOST:
        where = one_of(
            [name for name in doors if story.warden.rulebook.doors[name].door.monitored] or doors, step.which
        )
    elif condition in {Condition.READER_LOST, Condition.BIOMETRIC_LOST}:
        where = one_of([*points, YARD.id], step.which)
    (story.lost if step.how % 2 else story.back)(condition, where)


def _upsets(story: Play, step: Step) -> None:
    """The clock is set, the process starts again, other rules come into force, or somebody tampers."""
    moved = one_of((-HOUR, -MINUTE, MINUTE, HOUR, timedelta(days=1)), step.who)
    match step.how % 4:
        case 0:
            story.clock_is_set(story.now + moved)
        case 1:
            story.restarts()
        case 2:
            story.follows(build(story.seed, step.which))
        case _:
            story.tamper(one_of(sorted(story.warden.rulebook.doors), step.which))


HAPPENINGS: Final[Sequence[tuple[int, Callable[[Play, Step], None]]]] = (
    (22, _badges),
    (50, _passes),
    (58, _leaf),
    (66, _leaves),
    (78, _waits),
    (90, _orders),
    (93, _burns),
    (97, _breaks),
    (100, _upsets),
)
"""Below which number each of them happens."""


def play(seed: int, steps: Iterable[Step], *, may_cry: bool = True) -> SiteStory:
    """Tell a story with these steps; the witness objects to whatever must not be."""
    story = Play(seed, may_cry=may_cry)
    for step in steps:
        happens = next(happens for below, happens in HAPPENINGS if step.what < below)
        happens(story, step)
    return story
