"""Sees every turn of a site, and objects to what must never be.

It has a model of its own of who is where: a passage is remembered from the entry of its grant, and moves the
person when the leaf is told to have opened. From the warden it takes the entries and the orders to strikes,
as a door and a record would.
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from policies.area_rules import PassbackKind
from policies.degraded import Condition, Fallback
from policies.door_modes import DoorMode
from policies.effects import Release, Secure
from policies.event_types import EventType
from policies.ids import AccessPointId, AreaId, DoorId, InputId, PersonId
from policies.memory import SITE, Memory
from policies.orders import EndEmergency, LiftLockdown, Lockdown, Order, SetMode
from policies.people import Person
from policies.places import Direction
from policies.reasons import Reason
from policies.rulebook import PointRules, Rulebook
from policies.turn import (
    ALONE,
    GATHER,
    NO_TIME,
    OVERRIDE,
    PARTED,
    QUEUE,
    AtDoor,
    Note,
    Start,
    TimerKey,
    Turn,
)
from tests.policies.site_happenings import (
    AskedOut,
    Badged,
    ConditionChanged,
    FireChanged,
    Happening,
    LeafMoved,
    LetOut,
    Ordered,
    RulesChanged,
    Started,
    TimerElapsed,
)

GRANTS: Final = {Reason.GRANTED.event_type, Reason.GRANTED_FREE.event_type}
ORDERED: Final = {EventType.DOOR_RELEASED, EventType.DOOR_PROPPED}
A_MOMENT: Final = timedelta(microseconds=1)
RELEASE_TIMER: Final = "door-release"


class SiteWitness:
    """What a bystander knows of a site who sees every door and reads every entry."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.released: set[DoorId] = set()
        self.open: set[DoorId] = set()
        self.pending: dict[DoorId, dict[PersonId, AccessPointId]] = {door: {} for door in rulebook.doors}
        self.where: dict[PersonId, AreaId] = {}
        self.forgiven: set[PersonId] = set()
        self.people: dict[PersonId, Person] = {}
        self.lost: set[tuple[Condition, str | None]] = set()
        self.lockdowns: set[str] = set()
        self.freed: set[DoorId] = set()
        self.fires: set[InputId] = set()
        self.orders: dict[DoorId, DoorMode] = {}

    def sees(
        self, what: Happening, turn: Turn, memory: Memory, running: Collection[TimerKey] | None = None
    ) -> None:
        """Take in one turn that stands, then look whether everything is as it must be."""
        self._hears(what, turn)
        for effect in turn.effects:
            match effect:
                case Note() if effect.type in GRANTS and effect.person is not None:
                    self._grant(effect, turn.now)
                case Note():
                    self._reads(effect)
                case AtDoor(door, Release()):
                    assert self._may_release(door, what, turn, memory), f"{door} was released by {what}"
                    self.released.add(door)
                case AtDoor(door, Secure()):
                    self.released.discard(door)
                    if door not in self.open:
                        self.pending[door].clear()
                case Start(key, after):
                    assert after >= NO_TIME, f"{key} should have run out before"
                case _:
                    pass
        self._leaving_was_not_refused(what)
        self._doors_are_well(memory, turn.now)
        self._everybody_is_where_they_went(memory)
        self._nothing_is_left_of_what_is_over(memory)
        if running is not None:
            nobody_waits_for_ever(memory, running)

    # -------------------------------------------------------------------------------- what happens

    def _hears(self, what: Happening, turn: Turn) -> None:
        match what:
            case Badged(request) if request.holder is not None:
                self.people[request.holder.person.id] = request.holder.person
            case LeafMoved(door, is_open):
                (self.open.add if is_open else self.open.discard)(door)
                if is_open:
                    self._all_pass(door)
            case TimerElapsed((kind, where)):
                if kind == RELEASE_TIMER and where not in self.open:
                    self.pending[DoorId(where)].clear()
                elif kind == OVERRIDE:
                    self.orders.pop(DoorId(where), None)
            case Ordered(order) if turn.refusal is None:
                self._obeys(order)
            case FireChanged(input_id, active):
                (self.fires.add if active else self.fires.discard)(input_id)
                self._frees()
            case ConditionChanged(condition, where, holds) if holds != ((condition, where) in self.lost):
                (self.lost.add if holds else self.lost.discard)((condition, where))
                if condition is Condition.CONTACT_LOST and holds:
                    self._all_pass(DoorId(str(where)))
                elif condition is Condition.CONTACT_LOST:
                    self.pending[DoorId(str(where))].clear()
            case Started():
                self.released.clear()
                self.open.clear()
                self.pending = {door: {} for door in self.rulebook.doors}
                self.lost.clear()
                self.fires.clear()
                self.orders = {door: mode for door, mode in self.orders.items() if not mode.releases}
            case RulesChanged(rulebook):
                self.goes_by(rulebook)
                self._frees()
            case _:
                pass

    def _frees(self) -> None:
        for input_id in self.fires:
            self.freed |= set(self.rulebook.fire_doors.get(input_id, ()))

    def _obeys(self, order: Order) -> None:
        match order:
            case Lockdown(scope):
                self.lockdowns.add(scope)
            case LiftLockdown(scope):
                self.lockdowns.discard(scope)
            case EndEmergency():
                self.freed.clear()
            case SetMode(door, None):
                self.orders.pop(door, None)
            case SetMode(door, mode) if mode is not None:
                self.orders[door] = mode
            case _:
                pass

    def _reads(self, note: Note) -> None:
        match note.type:
            case EventType.MUSTER if note.access_point is not None and note.person is not None:
                self._move(note.person, self.rulebook.muster_points[note.access_point].area)
            case EventType.PASSBACK_FORGIVEN if note.person is not None:
                self.forgiven.add(note.person)
            case EventType.PASSBACK_FORGIVEN if "nowhere" not in note.detail:
                self.forgiven |= set(self.where)
            case EventType.LOCKDOWN_LIFTED:
                self.lockdowns.discard(str(note.detail["scope"]))
            case _:
                pass

    def goes_by(self, rulebook: Rulebook) -> None:
        """Other rules hold: who was in an area that is gone is in what is left of it."""
        for person, area in tuple(self.where.items()):
            left = [each for each in self.rulebook.chains[area] if each in rulebook.areas]
            if left:
                self.where[person] = left[0]
            else:
                del self.where[person]
        self.rulebook = rulebook

    # ------------------------------------------------------------------------------------ passages

    def _grant(self, note: Note, now: datetime) -> None:
        assert note.access_point is not None
        assert note.person is not None
        rules = self.rulebook.points[note.access_point]
        if rules.point.direction is Direction.IN and note.type == Reason.GRANTED.event_type:
            person = self.people[note.person]
            self._is_not_denied(person, rules, now)
            self._is_not_inside_already(person, rules)
            self._may_pass_in_a_lockdown(person, rules)
        door = rules.point.door
        self.pending[door][note.person] = note.access_point
        if door in self.open or not rules.door.door.monitored or (Condition.CONTACT_LOST, door) in self.lost:
            self._all_pass(door)

    def _all_pass(self, door: DoorId) -> None:
        passing, self.pending[door] = self.pending[door], {}
        for person, point in passing.items():
            self._move(person, self.rulebook.access_points[point].to_area)

    def _move(self, person: PersonId, area: AreaId) -> None:
        self.where[person] = area
        self.forgiven.discard(person)

    def _is_not_denied(self, person: Person, rules: PointRules, now: datetime) -> None:
        for member in (*person.roles, *person.groups):
            for denied in self.rulebook.denies_of.get(member, ()):
                schedules = self.rulebook.levels[denied].get(rules.point.id, ())
                assert not any(schedule.holds_at(now) for schedule in schedules), f"{person.id} is denied"

    def _is_not_inside_already(self, person: Person, rules: PointRules) -> None:
        if person.exempt or self.rulebook.crowd_of(person).traits.exempt:
            return
        points = (*rules.door.ways_in, *rules.door.ways_out)
        if rules.door.door.degraded.reader_lost is Fallback.WITHOUT_PASSBACK and any(
            (Condition.READER_LOST, point) in self.lost for point in points
        ):
            return
        hard = {area for area, passback in rules.passbacks if passback.kind is PassbackKind.HARD}
        if person.id in self.where and person.id not in self.forgiven:
            inside = set(self.rulebook.chains[self.where[person.id]])
            assert not hard & inside, f"{person.id} came in twice running"
        for door, passing in self.pending.items():
            if door != rules.point.door and person.id in passing:
                entering = set(self.rulebook.points[passing[person.id]].enters)
                assert not hard & entering, f"{person.id} may come in by two doors"

    def _may_pass_in_a_lockdown(self, person: Person, rules: PointRules) -> None:
        if self._is_locked_down(rules.point.door) and rules.point.door not in self.freed:
            traits = self.rulebook.crowd_of(person).traits
            assert traits.passes_lockdown, f"{person.id} passed a lockdown"

    # -------------------------------------------------------------------------- what must always hold

    def _may_release(self, door: DoorId, what: Happening, turn: Turn, memory: Memory) -> bool:
        if isinstance(what, AskedOut | LetOut) and what.door == door:
            return True
        if any(note.type in GRANTS | ORDERED and note.door == door for note in turn.notes):
            return True
        mode = memory.modes.get(door, DoorMode.LOCKED)
        return mode.releases and self._may_be_in(mode, door, turn.now)

    def _may_be_in(self, mode: DoorMode, door: DoorId, now: datetime) -> bool:
        """Whether anything that the witness has seen brings a door into this mode."""
        if mode is DoorMode.FREE:
            return door in self.freed
        rules = self.rulebook.doors[door]
        by_schedule = any(
            # Of several doors whose schedules end at one instant, one comes after the other.
            rule.mode is mode and (rule.schedule.holds_at(now) or rule.schedule.holds_at(now - A_MOMENT))
            for rule in rules.door.modes
        )
        points = (*rules.ways_in, *rules.ways_out)
        by_fallback = rules.door.degraded.reader_lost is Fallback.UNLOCK and any(
            (Condition.READER_LOST, point) in self.lost for point in points
        )
        return by_schedule or by_fallback or self.orders.get(door) is mode

    def _is_locked_down(self, door: DoorId) -> bool:
        leads_into = self.rulebook.doors[door].leads_into
        return SITE in self.lockdowns or not leads_into.isdisjoint(self.lockdowns)

    def _leaving_was_not_refused(self, what: Happening) -> None:
        door: DoorId | None = None
        match what:
            case LetOut(door):
                pass
            case AskedOut(door) if self.rulebook.doors[door].door.exit_releases:
                pass
            case Badged(request) if request.access_point in self.rulebook.access_points:
                point = self.rulebook.access_points[request.access_point]
                door = point.door if point.direction is Direction.OUT else None
            case _:
                return
        assert door is None or door in self.released, f"nobody was let out by {what}"

    def _doors_are_well(self, memory: Memory, now: datetime) -> None:
        for door, rules in self.rulebook.doors.items():
            assert memory.doors[door].released == (door in self.released), (
                f"the strike of {door} is not as known"
            )
            mode = memory.modes.get(door, DoorMode.LOCKED)
            if door in self.freed:
                assert mode is DoorMode.FREE, f"{door} is not free"
                assert door in self.released, f"{door} was secured in an emergency"
            elif self._is_locked_down(door):
                assert mode is DoorMode.LOCKED_DOWN, f"{door} is not locked down"
            elif mode.releases:
                assert self._may_be_in(mode, door, now), f"{door} is {mode} for nothing"
                assert door in self.released, f"{door} is {mode} and secured"
            free = {sibling for sibling in rules.siblings if sibling in self.freed}
            if not free and door not in self.freed and door in self.released:
                both = self.released & set(rules.siblings)
                assert not both, f"{door} and {both} are released, which are interlocked"

    def _everybody_is_where_they_went(self, memory: Memory) -> None:
        seen = {person: stay.area for person, stay in memory.stays.items()}
        assert seen == self.where, "somebody is not where the leaves say"
        heads: Counter[object] = Counter()
        for stay in memory.stays.values():
            chain = tuple(area for area, _at in stay.entered)
            assert chain == self.rulebook.chains[stay.area], (
                "somebody is in an area and not in the whole of it"
            )
            for area in self.rulebook.chains[stay.area]:
                heads[area] += 1
                heads.update((area, member) for member in set(stay.members))
        counted: dict[object, int] = {}
        for counts in (memory.headcounts, memory.member_counts):
            counted.update(counts.items())
        assert min(counted.values(), default=0) >= 0, "fewer than nobody is somewhere"
        assert {key: count for key, count in counted.items() if count} == dict(heads), "heads are miscounted"

    def _nothing_is_left_of_what_is_over(self, memory: Memory) -> None:
        """What can be given back, or taken over, is so only until the leaf has opened or the time is over."""
        for door, person in memory.counted:
            assert person in self.pending[door], f"a use of {person} at {door} would be given back too late"
        for visitor in memory.guided:
            assert any(visitor in waiting for waiting in self.pending.values()), f"{visitor} follows nobody"


def nobody_waits_for_ever(memory: Memory, running: Collection[TimerKey]) -> None:
    """Whoever or whatever waits has a timer that ends it, and no timer runs for nobody."""
    wanted: list[TimerKey] = [(GATHER, point) for point in memory.companions]
    wanted += [(QUEUE, point) for point in memory.queued]
    wanted += [(ALONE, area) for area, alarmed in memory.alone.items() if not alarmed]
    wanted += [(PARTED, visitor) for visitor, alarmed in memory.parted.items() if not alarmed]
    wanted += [(OVERRIDE, door) for door, order in memory.overrides.items() if order.until is not None]
    idle = [
        key for key in running if key[0] in {GATHER, QUEUE, ALONE, PARTED, OVERRIDE} and key not in wanted
    ]
    assert not idle, f"nobody waits for {idle}"
    wanted += [(RELEASE_TIMER, door) for door, state in memory.doors.items() if state.waiting]
    for timer in wanted:
        assert timer in running, f"nothing ends {timer}"
