"""Puts each door into each condition, and looks who passes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accessctl.drill.people import Right, party, with_drill_roles
from policies.decide import Outcome
from policies.degraded import Condition, Fallback
from policies.door_modes import DoorMode
from policies.explain import with_everything_shown
from policies.factors import BIOMETRIC, Factor
from policies.ids import AccessPointId
from policies.memory import Memory
from policies.orders import SetMode
from policies.presence import move, refuses
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import DoorRules, Rulebook
from policies.turn import Answer, Turn
from policies.warden import Warden

_REFUSES_ALL: Final = {Right.TIMELESS: False, Right.TIMED: False, Right.OVER: False, Right.NONE: False}
_AS_USUAL: Final = {Right.TIMELESS: True, Right.TIMED: True, Right.OVER: False, Right.NONE: False}
_MEANS: Final = {
    Fallback.REFUSE: _REFUSES_ALL,
    Fallback.TIMELESS_ONLY: {**_AS_USUAL, Right.TIMED: False},
    Fallback.IGNORE_SCHEDULES: {**_AS_USUAL, Right.OVER: True},
}
"""Who passes by each fallback; by the others those who usually do."""
_KEEPS_NOTHING_RELEASED: Final = frozenset({Fallback.NO_UNLOCKING, Fallback.REFUSE})
_ABOUT_DEVICES: Final = frozenset({Condition.READER_LOST, Condition.CONTACT_LOST, Condition.ON_BATTERY})


@dataclass(frozen=True, slots=True)
class Drilled:
    """What was seen at one door under one condition."""

    door: str
    condition: str
    stated: str
    seen: tuple[str, ...]
    differs: tuple[str, ...]
    """What was otherwise than stated; nothing when all was."""


def drill(rulebook: Rulebook, now: datetime) -> Iterator[Drilled]:
    """Drill every door that somebody comes in by, under every condition that it can meet."""
    drilled = with_drill_roles(rulebook, now)
    for rules in drilled.doors.values():
        if not rules.ways_in:
            continue
        for condition in Condition:
            point = _place(rules, drilled, condition)
            if point is not None:
                yield _Stage(drilled, rules, point, now).under(condition)


def _place(rules: DoorRules, rulebook: Rulebook, condition: Condition) -> AccessPointId | None:
    """Give the way in to try; ``None`` where this door cannot meet the condition."""
    if condition is Condition.CONTACT_LOST and not rules.door.monitored:
        return None
    if condition is not Condition.BIOMETRIC_LOST:
        return rules.ways_in[0]
    return next((p for p in rules.ways_in if _asks_biometrics(rulebook, p)), None)


def _asks_biometrics(rulebook: Rulebook, point: AccessPointId) -> bool:
    return bool(rulebook.access_points[point].asks.factors & BIOMETRIC)


class _Stage:
    """One door, everything shut and in order but one thing."""

    def __init__(self, rulebook: Rulebook, rules: DoorRules, point: AccessPointId, now: datetime) -> None:
        self._rules, self._point, self._now = rules, rulebook.points[point], now
        self._warden = Warden(rulebook, Memory())
        self._warden.start(now)
        for door, each in rulebook.doors.items():
            if each.door.monitored:
                self._warden.leaf(door, now, is_open=False)
        self._warden.memory.settle()
        self._seen: list[str] = []
        self._differs: list[str] = []

    def under(self, condition: Condition) -> Drilled:
        """Try everything that this condition may change."""
        fallback = self._rules.door.degraded.under(condition)
        usual = {right: self._try(lambda right=right: self._badge(right)) for right in Right}  # type: ignore[misc]
        mode, released = self._stands()
        self._fail(condition)
        self._is_no_wider(fallback, mode, released=released)
        self._passes(self._meant(condition, fallback), fallback, usual)
        self._stays_released(condition, fallback)
        self._comes_in_twice(fallback)
        self._gets_out()
        return Drilled(
            self._rules.door.id, condition.value, fallback.value, tuple(self._seen), tuple(self._differs)
        )

    # ---------------------------------------------------------------------------------- what is tried

    def _meant(self, condition: Condition, fallback: Fallback) -> dict[Right, bool]:
        """Give who passes by what is stated."""
        asks = self._point.point.asks
        if condition is Condition.BIOMETRIC_LOST and not all(way & BIOMETRIC for way in asks.ways):
            return _AS_USUAL  # there is a way without finger and face
        return _MEANS.get(fallback, _AS_USUAL)

    def _passes(
        self, meant: dict[Right, bool], fallback: Fallback, usual: dict[Right, Reason | None]
    ) -> None:
        """See who passes, and hold it against what the fallback means and against what is usual."""
        free = self._point.point.asks.is_free
        for right in Right:
            refused = self._try(lambda right=right: self._badge(right))  # type: ignore[misc]
            passed = refused is None
            self._see(f"{'lets in' if passed else 'refuses'} somebody {right.value}", refused)
            stated = meant[right] if not free else fallback is not Fallback.REFUSE
            usually = usual[right] is None
            if stated and _AS_USUAL[right] and not usually:
                continue  # something else keeps them out here at this hour, condition or not
            if passed != stated:
                self._differ(f"somebody {right.value} is {'let in' if passed else 'refused'}")
            if passed and not usually and not fallback.is_wider:
                self._differ(f"somebody {right.value} passes only while this is gone, and no word says so")

    def _stands(self) -> tuple[DoorMode, bool]:
        door, warden = self._rules.door.id, self._warden
        return warden.passing.mode(door), warden.memory.doors[door].released

    def _is_no_wider(self, fallback: Fallback, mode: DoorMode, *, released: bool) -> None:
        """Nothing that is gone opens a door, or unblocks one, unless a word of the site file says wider."""
        now, released_now = self._stands()
        if released_now and not released:
            self._see("the strike is released by that alone")
        if fallback.is_wider:
            return
        if released_now and not released:
            self._differ("the strike is released by that alone")
        if mode is DoorMode.BLOCKED and now is not DoorMode.BLOCKED:
            self._differ("the door is not blocked any more")

    def _stays_released(self, condition: Condition, fallback: Fallback) -> None:
        door = self._rules.door.id
        if fallback is Fallback.UNLOCK and not self._rules.siblings:
            released = self._warden.memory.doors[door].released
            self._see("the strike is released" if released else "the strike is secured")
            if not released and self._warden.passing.mode(door) is not DoorMode.BLOCKED:
                self._differ("the strike is secured")
        device = condition in _ABOUT_DEVICES
        if not device or fallback not in _KEEPS_NOTHING_RELEASED or self._rules.siblings:
            return
        self._warden.order(SetMode(door, DoorMode.UNLOCKED), "drill", self._now)
        released = self._warden.memory.doors[door].released
        self._warden.memory.undo()
        self._see("an unlock order keeps nothing released" if not released else "an unlock order releases it")
        if released:
            self._differ("an unlock order releases it")

    def _comes_in_twice(self, fallback: Fallback) -> None:
        areas = [area for area, passback in self._point.passbacks if refuses(passback)]
        if not areas or fallback is Fallback.REFUSE:
            return
        refused = self._try(lambda: self._badge(Right.TIMELESS, inside=True))
        self._see("lets in somebody who is inside already" if refused is None else "refuses a second entry")
        if (refused is None) != (fallback is Fallback.WITHOUT_PASSBACK):
            self._differ("a second entry is " + ("let in" if refused is None else "refused"))

    def _gets_out(self) -> None:
        """Nobody is kept in, whatever is gone."""
        warden, door = self._warden, self._rules.door
        for way_out in self._rules.ways_out:
            warden.present(Request(way_out, None), self._now)
            released = warden.memory.doors[door.id].released
            warden.memory.undo()
            if not released:
                self._differ(f"{way_out} does not let people out")
        if door.exit_releases:
            warden.exit_requested(door.id, self._now)
            released = warden.memory.doors[door.id].released
            warden.memory.undo()
            if not released:
                self._differ("the exit request does not release the strike")
        self._see("lets everybody out")

    # ------------------------------------------------------------------------------------------ how

    def _fail(self, condition: Condition) -> None:
        where: str | None = None
        if condition in {Condition.READER_LOST, Condition.BIOMETRIC_LOST}:
            where = self._point.point.id
        elif condition is Condition.CONTACT_LOST:
            where = self._rules.door.id
        self._warden.condition(condition, where, self._now, holds=True)
        self._warden.memory.settle()

    def _try(self, badge: Callable[[], Reason | None]) -> Reason | None:
        """Try something, give why it was refused, and let it not have happened."""
        try:
            return badge()
        finally:
            self._warden.memory.undo()

    def _badge(self, right: Right, *, inside: bool = False) -> Reason | None:
        warden, rulebook = self._warden, self._warden.rulebook
        refused: Reason | None = Reason.NO_COMPANION
        for holder in party(right, self._point):
            if inside:
                chain = rulebook.chains[self._point.point.to_area]
                move(warden.memory, holder.person.id, chain, self._now)
            request = Request(self._point.point.id, holder, Factor.CARD)
            shown = with_everything_shown(request, rulebook, self._now, warden.memory)
            turn = warden.present(shown, self._now)
            refused = _refusal(turn)
        return refused

    def _see(self, words: str, reason: Reason | None = None) -> None:
        self._seen.append(words if reason is None else f"{words} ({reason.event_type})")

    def _differ(self, words: str) -> None:
        self._differs.append(words)


def _refusal(turn: Turn) -> Reason | None:
    """Give why a turn let nobody in; ``None`` when it did, or would as soon as the others shut."""
    decision = next(effect.decision for effect in turn.effects if isinstance(effect, Answer))
    return None if decision.outcome in {Outcome.GRANTED, Outcome.QUEUE} else decision.reason
