"""Has the rules judge what happens, makes that durable, and carries it out.

Order of things. What releases a strike for somebody who comes in is written first and done afterwards
(``permit``): no door opens without its record. Whatever has happened already, and whatever makes a door
safer or lets somebody out, is done first and written afterwards (``happened``): a disk that does not answer
must not keep a door open or a person in.

What the rules remember (who is where, lockdowns, uses) is written in the same transaction as the entries
that tell of it. A turn that could not be written, and had to be, is taken back as a whole.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from accessctl.door.clock import NS_PER_US, Clock
from accessctl.door.door_keeper import DoorKeeper
from accessctl.door.recorder import Recorder
from accessctl.door.timers import Timers
from accessctl.store.entry import Entry
from accessctl.store.errors import RecordUnavailable
from accessctl.store.memory_rows import remember, rows_of
from accessctl.store.record import Change
from policies.decide import Decision
from policies.degraded import Condition
from policies.effects import Release, Secure, Sound
from policies.ids import AccessPointId, DoorId, PersonId
from policies.lockout import WrongPins
from policies.turn import Answer, AtDoor, Note, Start, Stop, TimerKey, Turn
from policies.warden import Warden

TRY_AGAIN: Final = timedelta(seconds=1)
"""How long after it could not be recorded something that a timer brought is tried again."""

A_STEP: Final = timedelta(seconds=2)
"""A wall clock that has moved so far against the monotonic one was set."""

log = logging.getLogger(__name__)


class Shows(Protocol):
    """Somebody who tells a person at an access point what was decided."""

    def answered(self, decision: Decision) -> None:
        """Show it."""
        ...


@dataclass(frozen=True, slots=True)
class Along:
    """What is written together with what a turn brings about."""

    entries: tuple[Entry, ...] = ()
    wrong_pins: tuple[PersonId, WrongPins] | None = None
    order: str | None = None


NOTHING_ALONG: Final = Along()
Judge = Callable[[], Turn]
"""Asks the warden; called again when what came out of it could not be recorded."""
WithTurn = Callable[[Turn], Along]


def _nothing(_turn: Turn) -> Along:
    return NOTHING_ALONG


class Executive:
    """Stands between the warden and the devices, the record and the timers. Used from the loop's thread."""

    def __init__(self, warden: Warden, recorder: Recorder, timers: Timers, clock: Clock) -> None:
        """Take who judges, who records and who keeps time; doors and access points are named later."""
        self.warden = warden
        self._recorder, self._timers, self._clock = recorder, timers, clock
        self.doors: Mapping[DoorId, DoorKeeper] = {}
        self.points: Mapping[AccessPointId, Shows] = {}
        self._remembered = False
        self._ahead: datetime | None = None
        """Where the wall clock stands when the monotonic clock shows nothing; it moves when it is set."""

    def start(self) -> None:
        """Let what was remembered hold again, and bring every door where it belongs."""
        self._recall()
        self.happened(lambda: self.warden.start(self._clock.now()))

    def permit(self, judge: Judge, along: WithTurn = _nothing) -> int:
        """Judge, record, act; give the number of the last entry.

        A turn that releases no strike is acted on whatever becomes of its entries. Raises
        ``RecordUnavailable`` for one that does; then nothing has happened.
        """
        self._learn_about_the_record()
        turn = judge()
        if not turn.releases:
            self._finish(turn, along(turn))
            return self._recorder.seq
        try:
            seq = self._recorder.write(self._change(turn, along(turn)))
        except RecordUnavailable:
            self.warden.memory.undo()
            # Not tried again at once: were it well again, what is judged next would be granted, and done
            # before it is recorded. Of an entry that no record can hold that would be so each time.
            self._learn_about_the_record(again=False)
            raise
        self.warden.memory.settle()
        self._carry_out(turn)
        return seq

    def permit_or_refuse(self, judge: Judge, along: WithTurn = _nothing) -> None:
        """As ``permit``; what cannot be recorded is judged again, now that the rules know that."""
        try:
            self.permit(judge, along)
        except RecordUnavailable:
            self.happened(judge, along)

    def happened(self, judge: Judge, along: WithTurn = _nothing) -> bool:
        """Judge, act, record; tells whether it is recorded already. Never raises for a record."""
        turn = judge()
        return self._finish(turn, along(turn))

    def learn_about_the_clock(self) -> None:
        """Tell the rules whether the wall clock is to be trusted, and when somebody has set it."""
        moment = self._clock.moment()
        ahead = moment.at - timedelta(microseconds=moment.mono_ns // NS_PER_US)
        if self._ahead is not None and abs(ahead - self._ahead) > A_STEP:
            log.warning("the wall clock was set by %s", ahead - self._ahead)
            if not self._follow_the_clock():
                return  # at the next look again
        self._ahead = ahead
        trusted = moment.clock_synced
        if ((Condition.CLOCK_UNTRUSTED, None) in self.warden.memory.gone) == trusted:
            self.happened(
                lambda: self.warden.condition(
                    Condition.CLOCK_UNTRUSTED, None, self._clock.now(), holds=not trusted
                )
            )

    def _follow_the_clock(self) -> bool:
        """Bring doors where the new time wants them; tells whether that could be recorded."""
        try:
            self.permit(lambda: self.warden.clock_stepped(self._clock.now()))
        except RecordUnavailable:
            return False
        return True

    # ------------------------------------------------------------------------------ within a turn

    def _finish(self, turn: Turn, along: Along) -> bool:
        self._carry_out(turn)
        change = self._change(turn, along)
        self.warden.memory.settle()
        empty = change == Change(())
        return empty or self._recorder.note(change)

    def _change(self, turn: Turn, along: Along) -> Change:
        moment = self._clock.moment()
        entries = tuple(
            Entry(moment, str(n.type), n.door, n.access_point, n.person, n.credential, n.reason, n.detail)
            for n in turn.notes
        )
        facts = rows_of(self.warden.memory.changes())
        return Change((*entries, *along.entries), along.wrong_pins, along.order, facts=facts)

    def _carry_out(self, turn: Turn) -> None:
        for effect in turn.effects:
            match effect:
                case Note():
                    pass  # written by the caller, in one transaction with what brought it about
                case AtDoor(door, do):
                    self._at_door(self.doors[door], do)
                case Start(key, after):
                    self._start(key, after)
                case Stop(key):
                    self._timers.cancel(("rule", *key))
                case Answer():
                    pass  # last, so that the strike is free before the light says so
        for keeper in self.doors.values():
            keeper.follow_mode()
        for effect in turn.effects:
            if isinstance(effect, Answer):
                self.points[effect.access_point].answered(effect.decision)

    def _at_door(self, keeper: DoorKeeper, do: Release | Secure | Sound) -> None:
        match do:
            case Sound(tone):
                keeper.sound(tone)
            case _:
                keeper.drive(do)

    def _start(self, key: TimerKey, after: timedelta) -> None:
        self._timers.start(("rule", *key), after, lambda: self._elapsed(key))

    def _elapsed(self, key: TimerKey) -> None:
        try:
            self.permit(lambda: self.warden.elapsed(key, self._clock.now()))
        except RecordUnavailable:
            self._start(key, TRY_AGAIN)

    # ------------------------------------------------------------------------------ the record

    def _learn_about_the_record(self, *, again: bool = True) -> None:
        """Tell the rules whether anything can be recorded; ``again``: what could not be is tried first."""
        if again and not self._recorder.ok:
            self._recorder.try_again()
        lost = not self._recorder.ok
        if ((Condition.RECORD_UNWRITABLE, None) in self.warden.memory.gone) != lost:
            self.warden.condition(
                Condition.RECORD_UNWRITABLE, None, self._clock.now(), holds=lost, quietly=True
            )
            self.warden.memory.settle()
        if not lost and not self._remembered and self._recall():
            self.happened(lambda: self.warden.recall(self._clock.now()))

    def _recall(self) -> bool:
        """Take up what the record says the rules knew; tells whether it could be read."""
        try:
            rows = self._recorder.facts()
        except RecordUnavailable as error:
            log.warning("what the rules knew cannot be read yet: %s", error)
            return False
        self._remembered = True
        unreadable = remember(self.warden.memory, rows)
        if unreadable:
            log.error("%d facts that the rules knew cannot be read and are forgotten", unreadable)
        return True
