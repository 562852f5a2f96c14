"""One access point: what somebody has shown here so far, and what came of it.

One attempt at a time. While something is being checked, further cards and keys are dropped and
counted, so that a reader that babbles costs the others nothing. Every attempt has a number; an answer
that comes for an older one is ignored. A half-typed PIN dies with its reader, with the next card, and
with its time.

On a way out nothing of this can keep anybody in: whatever fails, the door is released.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from typing import Final

from accessctl.door.allowance import Allowance
from accessctl.door.clock import NS_PER_US, Clock
from accessctl.door.door_keeper import DoorKeeper
from accessctl.door.executive import Along, Executive
from accessctl.door.light import Light
from accessctl.door.proving import Found, Prover
from accessctl.door.reader_book import Place, ReaderBook, Trouble
from accessctl.door.recorder import Recorder
from accessctl.door.timers import Timers
from accessctl.keys.cards import hint_of
from accessctl.keys.pins import LONGEST
from accessctl.store.entry import Detail, Entry
from accessctl.store.errors import RecordUnavailable
from accessctl.store.record import Change
from hardware.ports import Annunciator, Pattern
from hardware.signals import CardFrame, CardUnreadable, DeviceId, KeyPressed, Technology
from policies.case import asked
from policies.decide import Decision, Outcome
from policies.degraded import Condition
from policies.event_types import EventType
from policies.factors import Factor, PinCheck
from policies.lockout import WrongPins
from policies.people import Holder
from policies.places import AccessPoint, Direction
from policies.reasons import Reason
from policies.requests import Request
from policies.turn import Answer, Turn

FACTOR_TIMEOUT: Final = timedelta(seconds=10)
"""So long may a person take from one factor, or one key, to the next."""
ATTEMPT_LIMIT: Final = timedelta(seconds=30)
"""So long may an attempt take in all, from the card to the last key."""
CHECK_TIMEOUT: Final = timedelta(seconds=3)
"""So long may a check take before it counts as impossible."""
FLOOD_REPORT_AFTER: Final = timedelta(seconds=10)
"""Dropped cards are reported together, at most this often."""

CLEAR, ENTER = "*", "#"


class Stage(Enum):
    """How far an attempt has come."""

    IDLE = auto()
    CHECKING_CARD = auto()
    AWAITING_PIN = auto()
    CHECKING_PIN = auto()
    TYPING_CODE = auto()
    """Digits are typed where a code alone opens; nobody has shown a card."""


@dataclass(slots=True)
class Attempt:
    """What one person has shown here so far."""

    number: int = 0
    stage: Stage = Stage.IDLE
    holder: Holder | None = None
    shown: Factor = Factor.CARD
    """What stands at the beginning of this attempt: a card, or a code."""
    hint: str = ""
    began_ns: int = 0
    digits: list[str] = field(default_factory=list, repr=False)
    early: list[str] = field(default_factory=list, repr=False)
    """Keys pressed by somebody faster than the check of the card. They count once it is done."""


@dataclass(frozen=True, slots=True)
class Services:
    """What every access point's keeper needs."""

    prover: Prover
    recorder: Recorder
    timers: Timers
    clock: Clock
    executive: Executive


class PointKeeper:
    """Keeps one access point. Used from the loop's thread."""

    def __init__(
        self,
        point: AccessPoint,
        door: DoorKeeper,
        annunciator: Annunciator | None,
        services: Services,
        devices: Sequence[DeviceId],
    ) -> None:
        """Take the point, its door, its light and tone, what every keeper needs, and its readers."""
        self.point, self.door = point, door
        self._services, self.light = services, Light(annunciator, door)
        self._allowance = Allowance(services.clock)
        self._attempt = Attempt()
        self._dropped = 0
        self._reporting = False
        self._enrolling: Callable[[CardFrame], None] | None = None
        self.book = ReaderBook(
            Place(point.id, point.door),
            devices,
            (services.recorder, services.clock),
            self._allowance,
            self.drop,
        )

    @property
    def online(self) -> bool:
        """Whether every reader here answers."""
        return self.book.online

    # ------------------------------------------------------------------ what the reader reports

    def card_shown(self, frame: CardFrame) -> None:
        """Begin an attempt with this card."""
        if self._attempt.stage in {Stage.CHECKING_CARD, Stage.CHECKING_PIN} or not self._allowance.take():
            self.drop()
            return
        if self._attempt.stage is Stage.AWAITING_PIN:
            self._decide(PinCheck.TIMED_OUT, {"why": "another card was shown"})
        self._reset()
        attempt = self._begin(hint_of(frame.number, frame.technology))
        self._services.prover.find(frame, lambda found: self._found(attempt, frame, found))
        if self._is_at(attempt, Stage.CHECKING_CARD):
            self._services.timers.start(
                self._timer, CHECK_TIMEOUT, lambda: self._found(attempt, frame, _NOT_CHECKED)
            )

    def card_unreadable(self, signal: CardUnreadable) -> None:
        """Refuse a card that could not be read, or let its holder out. What somebody else began goes on."""
        if self._attempt.stage is not Stage.IDLE or not self._allowance.take():
            self.drop()
        elif self.point.direction is Direction.OUT and not signal.shown:
            self._note_noise(signal.why)
        else:
            self._begin("")
            self._ask(Factor.NONE, Reason.CARD_UNREADABLE, {"why": signal.why})

    def _note_noise(self, why: str) -> None:
        """Record what may have been nobody. Whoever does stand there shows their card again."""
        self.light.flash(Pattern.REFUSED)
        reason, moment = Reason.CARD_UNREADABLE, self._services.clock.moment()
        where = (self.point.door, self.point.id)
        entry = Entry(moment, reason.event_type, *where, reason=reason.words, detail={"why": why})
        self._services.recorder.note(Change((entry,)))

    def key_pressed(self, signal: KeyPressed) -> None:
        """Take a key of a PIN. Every key is answered alike, whatever it is and whether it counts."""
        self.light.flash(Pattern.KEY)
        attempt = self._attempt
        if attempt.stage in {Stage.AWAITING_PIN, Stage.TYPING_CODE}:
            self._take_key(attempt, signal.key)
        elif attempt.stage is Stage.IDLE and self._takes_codes() and self._allowance.take():
            self._begin("", Factor.PIN)
            self._attempt.stage = Stage.TYPING_CODE
            self._take_key(self._attempt, signal.key)
        elif attempt.stage is Stage.CHECKING_CARD and len(attempt.early) <= LONGEST:
            attempt.early.append(signal.key)

    def button_pressed(self) -> None:
        """Let somebody through who pressed the button of a free way in."""
        if self._attempt.stage is Stage.IDLE and self._allowance.take():
            self._begin("")
            self._ask(Factor.NONE, None, {"by": "button"})

    def reader_lost(self, device: DeviceId, why: str) -> None:
        """End what was going on here: nobody goes on typing at a reader or a keypad that is gone."""
        self.interrupt("the reader was lost")
        self.book.be(device, Trouble.LOST, holds=True, why=why)
        self._tell_the_rules()

    def reader_back(self, device: DeviceId) -> None:
        """Remember that the reader answers."""
        self.book.be(device, Trouble.LOST, holds=False)
        self._tell_the_rules()
        self.light.restore()

    def interrupt(self, why: str) -> None:
        """End what was going on here. What was typed so far is forgotten."""
        if self._attempt.stage is Stage.AWAITING_PIN:
            self._decide(PinCheck.TIMED_OUT, {"why": why})
        self._reset()

    def drop(self, count: int = 1) -> None:
        """Leave so many cards or keys unlooked at; a flood of them is reported, once in a while."""
        self._dropped += count
        if not self._reporting:
            self._reporting = True
            self._services.timers.start(("flood", self.point.id), FLOOD_REPORT_AFTER, self._report)

    # ------------------------------------------------------------------------------- enrolment

    def enrol_next(self, take: Callable[[CardFrame], None]) -> bool:
        """Hand the next card that nobody holds to ``take``; ``False`` when somebody waits for it already.

        A card that is known is decided about as ever: its holder wants to pass, not to be enrolled.
        """
        if self._enrolling is not None:
            return False
        self._enrolling = take
        self.light.prompt()
        return True

    def stop_enrolling(self, take: Callable[[CardFrame], None]) -> None:
        """Decide about every card again, if it is still this one that waits."""
        if self._enrolling is take:
            self._enrolling = None
            self.light.prompt_over()

    # -------------------------------------------------------------------------------- attempts

    @property
    def _timer(self) -> tuple[str, str]:
        return ("attempt", self.point.id)

    def _begin(self, hint: str, shown: Factor = Factor.CARD) -> int:
        now_ns = self._services.clock.monotonic_ns()
        number = self._attempt.number + 1
        self._attempt = Attempt(number, Stage.CHECKING_CARD, shown=shown, hint=hint, began_ns=now_ns)
        return number

    def _is_at(self, number: int, stage: Stage) -> bool:
        return self._attempt.number == number and self._attempt.stage is stage

    def _reset(self) -> None:
        self._attempt = Attempt(self._attempt.number + 1)
        self._services.timers.cancel(self._timer)

    def _found(self, number: int, frame: CardFrame, found: Found) -> None:
        if not self._is_at(number, Stage.CHECKING_CARD):
            return
        attempt = self._attempt
        if not found.checked:
            self._ask(Factor.NONE, Reason.AUTHENTICATION_UNAVAILABLE, {})
        elif found.holder is None and self._enrolling is not None and attempt.shown is Factor.CARD:
            take, self._enrolling = self._enrolling, None
            self._reset()
            self.light.flash(Pattern.GRANTED)
            take(frame)
        else:
            attempt.holder = found.holder
            self._ask(attempt.shown, None, {} if found.holder or not attempt.hint else {"card": attempt.hint})

    def _decide(self, pin: PinCheck, detail: Detail) -> None:
        """Ask the rules about a card and what came of the PIN."""
        proven = self._attempt.shown | pin.proves
        self._ask(proven, pin.failure, detail, duress=pin is PinCheck.DURESS)

    def _ask(self, proven: Factor, failure: Reason | None, detail: Detail, *, duress: bool = False) -> None:
        """Have the rules decide, and what they decide recorded and done."""
        services, holder = self._services, self._attempt.holder
        try:
            wrong = WrongPins() if holder is None else services.recorder.wrong_pins_of(holder.person.id)
        except RecordUnavailable:
            wrong = WrongPins()  # nothing can be granted now anyway
        request = Request(self.point.id, holder, proven, failure, duress, wrong)
        executive = services.executive

        def judge() -> Turn:
            return executive.warden.present(request, services.clock.now(), dict(detail))

        def along(turn: Turn) -> Along:
            return self._along(request, turn)

        if self.point.direction is Direction.OUT:
            executive.happened(judge, along)
        else:
            executive.permit_or_refuse(judge, along)

    def answered(self, decision: Decision) -> None:
        """Show what was decided. A prompt waits for what is wanted; everything else ends the attempt."""
        if decision.outcome is Outcome.MORE:
            self._attempt.stage = Stage.AWAITING_PIN
            self.light.prompt()
            self._await_key()
            self._take_early_keys(self._attempt)
            return
        self._reset()
        self.light.prompt_over()
        if decision.outcome is Outcome.GRANTED:
            self.light.flash(Pattern.GRANTED)
        elif decision.outcome is Outcome.REFUSED:
            self.light.flash(Pattern.LOCKED_OUT if decision.reason in _LOCKOUTS else Pattern.REFUSED)
        else:
            self.light.prompt()  # another person is wanted, or another door has to shut

    def _take_early_keys(self, attempt: Attempt) -> None:
        early, attempt.early = attempt.early, []
        for key in early:
            if attempt.stage is Stage.AWAITING_PIN:
                self._take_key(attempt, key)

    def _take_key(self, attempt: Attempt, key: str) -> None:
        if key == ENTER and attempt.digits:
            if attempt.stage is Stage.TYPING_CODE:
                self._find_code(attempt)
            else:
                self._check_pin(attempt)
            return
        if key == CLEAR:
            attempt.digits.clear()
        elif key != ENTER and len(attempt.digits) <= LONGEST:  # one too many is kept: such a PIN is wrong
            attempt.digits.append(key)
        self._await_key()

    def _await_key(self) -> None:
        """Wait for the next key, but for no attempt longer than its limit, however many keys come."""
        spent = timedelta(
            microseconds=(self._services.clock.monotonic_ns() - self._attempt.began_ns) // NS_PER_US
        )
        self._services.timers.start(
            self._timer,
            max(timedelta(), min(FACTOR_TIMEOUT, ATTEMPT_LIMIT - spent)),
            lambda: self._decide(PinCheck.TIMED_OUT, {"why": "the PIN was not entered in time"}),
        )

    def _takes_codes(self) -> bool:
        """Whether a code alone opens here now."""
        warden = self._services.executive.warden
        rules = warden.rulebook.points[self.point.id]
        return Factor.PIN in asked(rules, warden.memory, self._services.clock.now()).ways

    def _find_code(self, attempt: Attempt) -> None:
        """Find whose code was typed, as a card's holder is found."""
        digits = "".join(attempt.digits)
        attempt.digits.clear()
        number, attempt.stage = attempt.number, Stage.CHECKING_CARD
        frame = CardFrame(DeviceId(""), attempt.began_ns, Technology.CODE, digits.encode())
        self._services.timers.start(
            self._timer, CHECK_TIMEOUT, lambda: self._found(number, frame, _NOT_CHECKED)
        )
        self._services.prover.find(frame, lambda found: self._found(number, frame, found))

    def _check_pin(self, attempt: Attempt) -> None:
        if attempt.holder is None:
            return
        number, attempt.stage = attempt.number, Stage.CHECKING_PIN
        pin = "".join(attempt.digits)
        attempt.digits.clear()
        self._services.timers.start(
            self._timer, CHECK_TIMEOUT, lambda: self._pin_checked(number, PinCheck.UNAVAILABLE)
        )
        self._services.prover.check_pin(
            attempt.holder.person.id, pin, lambda check: self._pin_checked(number, check)
        )

    def _pin_checked(self, number: int, check: PinCheck) -> None:
        if not self._is_at(number, Stage.CHECKING_PIN) or self._attempt.holder is None:
            return
        # While the digits were typed the card may have been revoked, or the person disabled.
        again = self._services.prover.find_again(self._attempt.holder)
        if again.checked:
            self._attempt.holder = again.holder
        self._decide(check if again.checked else PinCheck.UNAVAILABLE, {})

    # ------------------------------------------------------------------------- what goes with it

    def _along(self, request: Request, turn: Turn) -> Along:
        """Count a wrong PIN, or forget those before a right one, together with what was decided."""
        holder = request.holder
        decision = next((effect.decision for effect in turn.effects if isinstance(effect, Answer)), None)
        if holder is None or decision is None:
            return Along()
        wrong = _count_after(decision, request, self._services.clock)
        if wrong is None:
            return Along()
        return Along(self._lockout(holder, wrong), (holder.person.id, wrong))

    def _lockout(self, holder: Holder, wrong: WrongPins) -> tuple[Entry, ...]:
        if wrong.until is None:
            return ()
        words = (
            f"{wrong.count} wrong PINs in a row: no PIN is tried before {wrong.until:%Y-%m-%d %H:%M:%S} UTC."
        )
        moment = self._services.clock.moment()
        where = (self.point.door, self.point.id, holder.person.id, holder.card.id)
        return (Entry(moment, EventType.LOCKOUT, *where, words, {"wrong_pins": wrong.count}),)

    def _tell_the_rules(self) -> None:
        """Let the rules know whether this reader answers; what the record says of it is said here."""
        executive, now = self._services.executive, self._services.clock.now()
        executive.happened(
            lambda: executive.warden.condition(
                Condition.READER_LOST, self.point.id, now, holds=self.book.lost, quietly=True
            )
        )

    def _report(self) -> None:
        """Record what was left out: how much was dropped, and how the readers stand if that is news."""
        dropped, self._dropped, self._reporting = self._dropped, 0, False
        if dropped >= _A_FLOOD:
            words = f"{dropped} cards, keys or interruptions came faster than they could be looked at."
            self._note(EventType.READER_FLOOD, words)
        self.book.catch_up()

    def _note(self, kind: EventType, why: str | None = None) -> None:
        moment = self._services.clock.moment()
        self._services.recorder.note(
            Change((Entry(moment, kind, self.point.door, self.point.id, reason=why),))
        )


def _count_after(decision: Decision, request: Request, clock: Clock) -> WrongPins | None:
    """Give the count of wrong PINs after this, or ``None`` when it stays as it is."""
    wrong = request.wrong_pins
    if decision.reason is Reason.WRONG_PIN:
        return wrong.after_another(clock.now())
    right = Factor.PIN in request.proven and Factor.CARD in request.proven
    return WrongPins() if right and wrong.count and decision.outcome is not Outcome.REFUSED else None


_LOCKOUTS: Final = frozenset({Reason.LOCKED_OUT, Reason.TOO_MANY_WRONG_PINS})
_NOT_CHECKED: Final = Found(None, checked=False)
_A_FLOOD: Final = 10
