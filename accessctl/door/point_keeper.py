"""One access point: what somebody has shown here so far, and what came of it.

One attempt at a time. While something is being checked, further cards and keys are dropped and
counted, so that a reader that babbles costs the others nothing. Every attempt has a number; an answer
that comes for an older one is ignored. A half-typed PIN dies with its reader, with the next card, and
with its time.

On a way out nothing of this can keep anybody in: whatever fails, the door is released.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from accessctl.config.site import BREAK_GLASS_DIGITS
from accessctl.door.allowance import Allowance
from accessctl.door.attempt import (
    CHECK_TIMEOUT,
    ENTER,
    FACTOR_LIMIT,
    FACTOR_TIMEOUT,
    IN_TURN,
    PROMPT,
    TYPED,
    Attempt,
    Stage,
    first_of,
)
from accessctl.door.door_keeper import DoorKeeper
from accessctl.door.dropped import Dropped
from accessctl.door.executive import Along
from accessctl.door.gathering import Checked, Gathers
from accessctl.door.light import Light
from accessctl.door.pin_count import counted_along
from accessctl.door.point_sensors import NO_SENSORS, SENSOR_GRACE, PointSensors, saw_nobody
from accessctl.door.proving import Found
from accessctl.door.reader_book import Place, ReaderBook, Trouble
from accessctl.door.services import Services
from accessctl.keys.cards import hint_of
from accessctl.keys.pin_choice import LONGEST
from accessctl.store.entry import Detail, Entry
from accessctl.store.errors import RecordUnavailable
from accessctl.store.record import Change
from hardware.ports import Annunciator, Pattern
from hardware.signals import CardForged, CardFrame, CardUnreadable, DeviceId, KeyPressed, Signal, Technology
from policies.case import asked, case_of, instead_of
from policies.decide import Decision, Outcome
from policies.degraded import Condition
from policies.factors import ALL_FACTORS, BIOMETRIC, Factor, PinCheck
from policies.ids import PersonId
from policies.lockout import WrongPins
from policies.marks import Mark
from policies.people import Holder
from policies.places import AccessPoint, Direction
from policies.proofs import Proof, assurance, of_two_people, proven_by
from policies.reasons import Reason
from policies.requests import Request
from policies.turn import Turn

log = logging.getLogger(__name__)


class PointKeeper:
    """Keeps one access point. Used from the loop's thread."""

    def __init__(
        self,
        point: AccessPoint,
        door: DoorKeeper,
        annunciator: Annunciator | None,
        services: Services,
        devices: Sequence[DeviceId],
        gatherers: Mapping[Factor, Gathers] = NO_SENSORS,
    ) -> None:
        """Take the point, its door, its light and tone, what every keeper needs, its readers and sensors."""
        self.point, self.door = point, door
        self._services, self.light = services, Light(annunciator, door)
        self._sensors = PointSensors(point, services, gatherers, self._offered)
        self._allowance = Allowance(services.clock)
        self._attempt = Attempt()
        self._enrolling: Callable[[CardFrame], None] | None = None
        place = Place(point.id, point.door)
        dropped = Dropped(place, (services.recorder, services.clock, services.timers), self._catch_up)
        self.drop = dropped.drop
        self.book = ReaderBook(
            place, devices, (services.recorder, services.clock), self._allowance, dropped.drop
        )

    @property
    def online(self) -> bool:
        """Whether every reader here answers."""
        return self.book.online

    # ------------------------------------------------------------------ what the reader reports

    def card_shown(self, frame: CardFrame) -> None:
        """Begin an attempt with this card."""
        attempt = self._attempt
        if attempt.stage is Stage.CHECKING or not self._allowance.take():
            self.drop()
            return
        if attempt.stage is Stage.AWAITING:
            self._time_is_over("a card was shown meanwhile")
        early = self._attempt if self._attempt.stage is Stage.EARLY else None
        self._reset()
        number = self._begin(hint_of(frame.number, frame.technology))
        if early is not None:
            self._attempt.begin_after(early)
        self._find(number, frame)

    def card_unreadable(self, signal: CardUnreadable | CardForged) -> None:
        """Refuse a card that could not be read, or let its holder out. What somebody else began goes on."""
        if not self._allowance.take():
            self.drop()
        elif isinstance(signal, CardForged):
            self._forged(signal)
        elif self._attempt.stage is not Stage.IDLE:
            self.drop()
        elif self.point.direction is Direction.OUT and not signal.shown:
            self.light.flash(Pattern.REFUSED)  # whoever does stand there shows their card again
            self._note(Reason.CARD_UNREADABLE, {"why": signal.why})
        else:
            self._begin("")
            self._ask(Factor.NONE, Reason.CARD_UNREADABLE, {"why": signal.why})

    def _forged(self, signal: CardForged) -> None:
        """Refuse a card that did not prove its key; during somebody else's attempt, only record it."""
        detail = {"why": signal.why, "technology": signal.technology.value}
        if self._attempt.stage is Stage.IDLE:
            self._begin("")
            self._ask(Factor.NONE, Reason.CARD_FORGED, detail)
            return
        self._note(Reason.CARD_FORGED, detail)

    def _note(self, reason: Reason, detail: Detail) -> None:
        """Record what ends nobody's attempt: what may have been nobody, or came during somebody else's."""
        where = (self.point.door, self.point.id)
        entry = Entry(
            self._services.clock.moment(), reason.event_type, *where, reason=reason.words, detail=detail
        )
        self._services.recorder.note(Change((entry,)))

    def key_pressed(self, signal: KeyPressed) -> None:
        """Take a key. Every key is answered alike, whatever it is and whether it counts."""
        self.light.flash(Pattern.KEY)
        attempt = self._attempt
        if attempt.takes_keys:
            self._take_key(attempt, signal.key)
        elif attempt.stage in {Stage.CHECKING, Stage.EARLY}:
            if len(attempt.early) <= LONGEST + 1:
                attempt.early.append(signal.key)
        elif attempt.stage is Stage.IDLE and self._takes_first_key() and self._allowance.take():
            self._begin("", Factor.PIN)
            self._attempt.stage = Stage.TYPING_CODE
            self._take_key(self._attempt, signal.key)

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

    def sensor_lost(self, factor: Factor, why: str) -> None:
        """Remember that no finger, or no face, can be checked here; what was being checked cannot be."""
        self._sensors.lose(factor, why)

    def sensor_back(self, factor: Factor) -> None:
        """Remember that it answers."""
        self._sensors.regain(factor)
        self.watch()

    def sensed(self, factor: Factor, signal: Signal) -> None:
        """Hand what a sensor here reports to whoever asked for it."""
        self._sensors.hear(factor, signal)

    def watch(self) -> None:
        """Look for a finger or face that nobody has asked for, where one may begin an attempt."""
        if self._attempt.stage is Stage.IDLE:
            self._sensors.watch()

    def interrupt(self, why: str) -> None:
        """End what was going on here. What was typed so far is forgotten."""
        if self._attempt.stage is Stage.AWAITING:
            self._time_is_over(why)
        self._reset()

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
        self._sensors.stop()
        now_ns = self._services.clock.monotonic_ns()
        number = self._attempt.number + 1
        self._attempt = Attempt(number, Stage.CHECKING, shown=shown, hint=hint, asked_ns=now_ns)
        # Whatever goes wrong from here on, the attempt ends: the next card must not find it in its way.
        self._start_timer(CHECK_TIMEOUT, lambda: self._cannot_tell(number))
        return number

    def _cannot_tell(self, number: int) -> None:
        if self._is_at(number, Stage.CHECKING):
            self._ask(Factor.NONE, Reason.AUTHENTICATION_UNAVAILABLE, {})

    def _is_at(self, number: int, stage: Stage) -> bool:
        return self._attempt.number == number and self._attempt.stage is stage

    def _reset(self) -> None:
        self._sensors.stop()
        self._services.claims.release(self.point.id)
        self._attempt = Attempt(self._attempt.number + 1)
        self._services.timers.cancel(self._timer)
        self._sensors.watch_soon()

    def _find(self, number: int, frame: CardFrame) -> None:
        self._start_timer(CHECK_TIMEOUT, lambda: self._cannot_tell(number))
        self._services.prover.find(frame, partial(self._safely, partial(self._found, number, frame)))

    def forget(self) -> None:
        """Begin anew, after something went wrong that nobody foresaw."""
        self._reset()
        self.light.prompt_over()

    def give_up(self) -> None:
        """Refuse somebody, or let them out, about whom a fault that nobody foresaw kept us from deciding."""
        self.forget()
        self.light.flash(Pattern.REFUSED)
        self._note(Reason.AUTHENTICATION_UNAVAILABLE, {"why": "a fault in the program: its log says more"})
        if self.point.direction is Direction.OUT:
            executive, now = self._services.executive, self._services.clock.now()
            executive.happened(lambda: executive.warden.let_out(self.point.door, now))

    def _safely(self, then: Callable[..., None], *came: object) -> None:
        """Take what came of something that was waited for. A fault in here ends the attempt, and no more."""
        try:
            then(*came)
        except Exception:
            log.exception("what was shown at %s could not be decided about", self.point.id)
            self.give_up()

    def _start_timer(self, after: timedelta, then: Callable[[], None]) -> None:
        self._services.timers.start(self._timer, after, partial(self._safely, then))

    def _found(self, number: int, frame: CardFrame, found: Found) -> None:
        if not self._is_at(number, Stage.CHECKING):
            return
        attempt = self._attempt
        if found.refusal is not None:
            attempt.holder = found.holder
            self._ask(Factor.NONE, None, {}, void=found.refusal)
        elif found.holder is None and self._enrolling is not None and attempt.shown is Factor.CARD:
            take, self._enrolling = self._enrolling, None
            self._reset()
            self.light.prompt_over()
            self.light.flash(Pattern.GRANTED)
            take(frame)
        else:
            self._is_shown(attempt, frame, found.holder)

    def _is_shown(self, attempt: Attempt, frame: CardFrame, holder: Holder | None) -> None:
        """Take a card or code that was looked up, with whatever was shown before it."""
        if attempt.shown is Factor.PIN and not self._counts_alone(holder):
            self._no_such_code(attempt, holder)
            return
        if holder is None:
            attempt.proofs.clear()
            self._ask(attempt.shown, None, {"card": attempt.hint} if attempt.hint else {})
            return
        attempt.holder = holder
        attempt.proofs.append(Proof.of(holder.person.id, attempt.shown, clonable=holder.card.clonable))
        if frame.counter is not None:
            attempt.marks = (Mark(f"card:{holder.card.id}", frame.counter, Reason.CARD_REPLAYED),)
        self._ask_for_all({})

    def _ask_for_all(self, detail: Detail, failure: Reason | None = None, void: Reason | None = None) -> None:
        """Ask the rules about everything that was proven, or about what failed beside it."""
        attempt = self._attempt
        if of_two_people(attempt.proofs):
            holder = attempt.holder
            attempt.proofs = [
                p for p in attempt.proofs if holder is not None and p.person == holder.person.id
            ]
            void = Reason.OTHER_PERSON
        proven = proven_by(attempt.proofs)
        if attempt.proofs:
            shown = _NAMES[proven.value]
            detail = {**detail, "proven": shown, "assurance": assurance(attempt.proofs)}
        self._ask(proven, failure, detail, void)

    def _ask(
        self, proven: Factor, failure: Reason | None, detail: Detail, void: Reason | None = None
    ) -> None:
        """Have the rules decide, and what they decide recorded and done."""
        services, attempt = self._services, self._attempt
        holder = attempt.holder
        try:
            wrong = WrongPins() if holder is None else services.recorder.wrong_pins_of(holder.person.id)
        except RecordUnavailable:
            wrong = WrongPins()  # nothing can be granted now anyway
        marks = attempt.take_marks()
        request = Request(self.point.id, holder, proven, failure, attempt.duress, wrong, void, marks)
        executive = services.executive

        def judge() -> Turn:
            return executive.warden.present(request, services.clock.now(), dict(detail))

        def along(turn: Turn) -> Along:
            return counted_along(request, turn, self.point, services.clock)

        if self.point.direction is Direction.OUT:
            executive.happened(judge, along)
        else:
            executive.permit_or_refuse(judge, along)

    def answered(self, decision: Decision) -> None:
        """Show what was decided. A prompt waits for what is wanted; everything else ends the attempt."""
        if decision.outcome is Outcome.MORE:
            self._want(decision.wanted)
            return
        self._reset()
        self.light.prompt_over()
        if decision.outcome is Outcome.GRANTED:
            self.light.flash(Pattern.GRANTED)
        elif decision.outcome is Outcome.REFUSED:
            self.light.flash(Pattern.LOCKED_OUT if decision.reason in _LOCKOUTS else Pattern.REFUSED)
        else:
            self.light.prompt()  # another person is wanted, or another door has to shut

    # ------------------------------------------------------------------------ what else is wanted

    def _want(self, wanted: Factor) -> None:
        """Ask for the next factor, and listen for whatever would do instead of it."""
        attempt, now_ns = self._attempt, self._services.clock.monotonic_ns()
        others = self._instead(attempt)
        first = first_of(
            wanted | others if wanted in IN_TURN else wanted, self._sensors.lost | attempt.failed
        )
        if first is None or Factor.CARD in wanted:
            # A card is wanted of somebody who began with something else: they have to begin with the card.
            self._ask_for_all({}, void=Reason.FACTOR_TIMEOUT)
            return
        attempt.stage, attempt.wanted, attempt.asked_ns = Stage.AWAITING, first, now_ns
        attempt.instead = others & ~first
        self.light.prompt(PROMPT[first])
        if (first | attempt.instead) & ~Factor.PIN and not self._is_here_alone(attempt):
            self._checked(attempt.number, Checked(first, Reason.FACTOR_ELSEWHERE))
            return
        self._ask_sensors(attempt)
        if self._is_at(attempt.number, Stage.AWAITING) and attempt.takes_keys:
            self._await_key()
            self._take_early_keys(attempt)

    def _instead(self, attempt: Attempt) -> Factor:
        """Give what would do as well as what is asked for; nothing for a stranger, who is told nothing."""
        if attempt.holder is None:
            return Factor.NONE
        warden, now = self._services.executive.warden, self._services.clock.now()
        request = Request(self.point.id, attempt.holder, proven_by(attempt.proofs))
        found = instead_of(case_of(request, warden.rulebook, now, warden.memory))
        for factor in self._sensors.lost | attempt.failed:
            found &= ~factor
        return found

    def _is_here_alone(self, attempt: Attempt) -> bool:
        holder = attempt.holder
        return holder is None or self._services.claims.claim(holder.person.id, self.point.id)

    def _ask_sensors(self, attempt: Attempt) -> None:
        """Have every sensor look that could bring what is wanted, or what would do instead."""
        number, wanted = attempt.number, attempt.wanted
        if not wanted & TYPED:
            if not self._sensors.has(wanted):
                self._checked(number, Checked(wanted, Reason.SENSOR_UNAVAILABLE))
                return
            self._start_timer(
                FACTOR_LIMIT + SENSOR_GRACE,
                lambda: self._checked(number, Checked(wanted, Reason.SENSOR_UNAVAILABLE)),
            )
        for factor in self._sensors.besides(wanted | attempt.instead):
            if self._is_at(number, Stage.AWAITING):
                felt = partial(self._safely, partial(self._felt, number, factor))
                self._sensors.ask(factor, attempt.holder, felt)

    def _felt(self, number: int, factor: Factor, checked: Checked) -> None:
        """Take what a sensor found. One that was listened to besides and saw nobody says nothing."""
        attempt = self._attempt
        gone = checked.failure is Reason.SENSOR_UNAVAILABLE
        if not self._is_at(number, Stage.AWAITING):
            return
        if gone and (strange := self._sensors.strange(factor)) is not None:
            self._checked(number, replace(checked, failure=strange))  # pulling a plug undoes no failure
        elif factor is not attempt.wanted and saw_nobody(checked):
            return
        elif gone and attempt.instead & ~factor:
            attempt.failed.add(factor)
            self._want(attempt.wanted)
        else:
            self._checked(number, checked)

    def _checked(self, number: int, checked: Checked) -> None:
        """Take what came of a further factor, and ask the rules again."""
        attempt = self._attempt
        if number != attempt.number or attempt.stage not in {Stage.AWAITING, Stage.CHECKING}:
            return
        self._sensors.stop()
        attempt.stage = Stage.CHECKING
        attempt.duress = attempt.duress or checked.duress
        attempt.marks = (*attempt.marks, *checked.marks)  # used up, whatever becomes of the rest
        failure, void = checked.failure, None
        if attempt.holder is None:  # a stranger, who was asked as everybody is
            self._ask(attempt.shown, Reason.UNKNOWN_CREDENTIAL, self._about_a_stranger())
            return
        # While it was checked the card may have been revoked, or the person disabled.
        again = self._services.prover.find_again(attempt.holder.card.id)
        if not again.checked:
            void = Reason.AUTHENTICATION_UNAVAILABLE
        elif again.holder is None:
            attempt.holder, attempt.proofs = None, []
            self._ask(attempt.shown, Reason.UNKNOWN_CREDENTIAL, {})
            return
        else:
            attempt.holder = again.holder
        if failure is None and checked.person is not None:
            attempt.proofs.append(Proof.of(checked.person, checked.factor))
        self._ask_for_all(checked.detail, failure, void)

    def _about_a_stranger(self) -> Detail:
        return {"card": self._attempt.hint} if self._attempt.hint else {}

    def _time_is_over(self, why: str) -> None:
        """Refuse somebody who did not show in time what was wanted."""
        attempt = self._attempt
        failure = self._sensors.too_late(attempt.wanted, attempt.instead) or Reason.FACTOR_TIMEOUT
        self._sensors.stop()
        if attempt.holder is None:
            self._ask(attempt.shown, Reason.UNKNOWN_CREDENTIAL, self._about_a_stranger())
        else:
            self._ask_for_all({"why": why}, failure, void=failure)

    # -------------------------------------------------------------------------------------- keys

    def _take_early_keys(self, attempt: Attempt) -> None:
        early, attempt.early = attempt.early, []
        for key in early:
            if attempt.takes_keys:
                self._take_key(attempt, key)

    def _take_key(self, attempt: Attempt, key: str) -> None:
        if not attempt.take_key(key):
            self._await_key()
        elif attempt.stage is Stage.TYPING_CODE:
            self._digits_before_a_card(attempt)
        elif Factor.CODE in attempt.wanted | attempt.instead:
            self._check_code(attempt)
        else:
            self._check_pin(attempt)

    def _await_key(self) -> None:
        """Wait for the next key, but for no factor longer than its limit, however many keys come."""
        attempt = self._attempt
        typing = attempt.stage is Stage.TYPING_CODE
        longer = SENSOR_GRACE if (attempt.wanted | attempt.instead) & BIOMETRIC else timedelta()
        self._start_timer(
            attempt.time_left(self._services.clock.monotonic_ns()) + longer,
            self._code_is_late if typing else lambda: self._time_is_over("it was not shown in time"),
        )

    def _code_is_late(self) -> None:
        if self._takes_codes():
            self._ask(self._attempt.shown, Reason.FACTOR_TIMEOUT, {"why": "the digits did not come in time"})
        else:
            self._reset()

    def _takes_first_key(self) -> bool:
        """Whether keys mean something here before a card is shown."""
        if self.point.direction is Direction.OUT:
            return False
        return self.point.any_order or self._services.takes_break_glass() or self._takes_codes()

    def _takes_codes(self) -> bool:
        """Whether a code alone opens here now."""
        warden = self._services.executive.warden
        rules = warden.rulebook.points[self.point.id]
        return Factor.PIN in asked(rules, warden.memory, self._services.clock.now()).ways

    def _digits_before_a_card(self, attempt: Attempt) -> None:
        """Take digits that nobody asked for: a code that stands alone, or a PIN that came early."""
        long_enough = len(attempt.digits) == BREAK_GLASS_DIGITS and self._services.takes_break_glass()
        if self.point.any_order:
            attempt.early = [*attempt.digits, ENTER]
        if self._takes_codes() or long_enough:
            self._find_code(attempt)
        elif self.point.any_order:
            attempt.digits.clear()
            self._await_a_card(attempt)
        else:
            self._nothing_followed()

    def _counts_alone(self, holder: Holder | None) -> bool:
        """Whether a code that was looked up may open by itself here now."""
        if holder is not None and holder.card.break_glass:
            return self._services.takes_break_glass()
        return self._takes_codes()

    def _no_such_code(self, attempt: Attempt, holder: Holder | None) -> None:
        """Digits that were looked up are no code that counts here: a PIN that came early, or nothing."""
        off = holder is not None and holder.card.break_glass
        attempt.holder = None
        if self.point.any_order:
            self._await_a_card(attempt)
        else:
            self._ask(attempt.shown, None, {"why": "break-glass codes are switched off"} if off else {})

    def _await_a_card(self, attempt: Attempt) -> None:
        """Keep what was shown, for the card that comes next."""
        attempt.stage = Stage.EARLY
        self.light.prompt()
        self._start_timer(FACTOR_TIMEOUT, self._nothing_followed)

    def _nothing_followed(self) -> None:
        """Forget what was shown before a card that never came. It proved nothing, so nothing is recorded."""
        self._reset()
        self.light.prompt_over()
        self.light.flash(Pattern.REFUSED)

    def _find_code(self, attempt: Attempt) -> None:
        """Find whose code was typed, as a card's holder is found."""
        digits, attempt.stage = attempt.take_digits(), Stage.CHECKING
        frame = CardFrame(DeviceId(""), attempt.asked_ns, Technology.CODE, digits.encode())
        self._find(attempt.number, frame)

    def _check_pin(self, attempt: Attempt) -> None:
        number, pin = self._begin_check(attempt)
        self._verify_pin(number, None if attempt.holder is None else attempt.holder.person.id, pin)

    def _verify_pin(self, number: int, person: PersonId | None, pin: str) -> None:
        def checked(check: PinCheck) -> None:
            self._checked(number, _pin_checked(person, check))

        self._services.prover.check_pin(person, pin, partial(self._safely, checked))

    def _check_code(self, attempt: Attempt) -> None:
        """Take digits for a one-time code, or else for a PIN where a PIN would do as well."""
        number, digits = self._begin_check(attempt)
        holder, or_a_pin = attempt.holder, Factor.PIN in attempt.wanted | attempt.instead
        if holder is None:
            return

        def checked(code: Checked) -> None:
            if code.failure is not None and or_a_pin:
                if self._is_at(number, Stage.CHECKING):
                    self._verify_pin(number, holder.person.id, digits)
            else:
                self._checked(number, code)

        self._services.codes.check(holder, digits, partial(self._safely, checked))

    def _begin_check(self, attempt: Attempt) -> tuple[int, str]:
        number, factor, digits = attempt.number, attempt.typing, attempt.take_digits()
        attempt.stage = Stage.CHECKING
        self._sensors.stop()
        self._start_timer(
            CHECK_TIMEOUT,
            lambda: self._checked(number, Checked(factor, Reason.AUTHENTICATION_UNAVAILABLE)),
        )
        return number, digits

    # ------------------------------------------------------------------ a finger or face before a card

    def _offered(self, checked: Checked) -> bool:
        """Take a finger or face that came by itself; tells whether anybody waited for it."""
        if self._attempt.stage is not Stage.IDLE or not self._allowance.take():
            return False
        self._safely(self._begin_with, checked)
        return True

    def _begin_with(self, checked: Checked) -> None:
        """Begin an attempt with a finger or face, or with one that nobody knows."""
        self._begin("", checked.factor)
        attempt = self._attempt
        if checked.person is None or checked.credential is None or checked.failure is not None:
            self._ask(Factor.NONE, checked.failure or Reason.UNKNOWN_CREDENTIAL, checked.detail)
            return
        attempt.duress = checked.duress
        attempt.proofs.append(Proof.of(checked.person, checked.factor))
        warden = self._services.executive.warden
        rules = warden.rulebook.points[self.point.id]
        ways = asked(rules, warden.memory, self._services.clock.now()).ways
        if not self._services.claims.claim(checked.person, self.point.id):
            self._ask(Factor.NONE, Reason.FACTOR_ELSEWHERE, checked.detail)
            return
        if checked.factor not in ways:
            if self.point.any_order:
                self._await_a_card(attempt)
            else:
                self._reset()  # at this hour it is not asked for
            return
        found = self._services.prover.find_again(checked.credential)
        if found.holder is None:
            reason = Reason.UNKNOWN_CREDENTIAL if found.checked else Reason.AUTHENTICATION_UNAVAILABLE
            self._ask(Factor.NONE, reason, checked.detail)
            return
        attempt.holder = found.holder
        self._ask_for_all(checked.detail)

    def _catch_up(self) -> None:
        self.book.catch_up()

    def _tell_the_rules(self) -> None:
        """Let the rules know whether this reader answers; what the record says of it is said here."""
        executive, now = self._services.executive, self._services.clock.now()
        executive.happened(
            lambda: executive.warden.condition(
                Condition.READER_LOST, self.point.id, now, holds=self.book.lost, quietly=True
            )
        )


def _pin_checked(person: PersonId | None, check: PinCheck) -> Checked:
    return Checked(Factor.PIN, check.failure, person, duress=check is PinCheck.DURESS)


# Flags are slow to work with, and every badge asks.
_NAMES: Final = tuple(
    tuple(str(factor.name).lower() for factor in Factor if factor.value & proven)
    for proven in range(ALL_FACTORS.value + 1)
)
_LOCKOUTS: Final = frozenset(
    {
        Reason.LOCKED_OUT,
        Reason.TOO_MANY_WRONG_PINS,
        Reason.CODE_LOCKED_OUT,
        Reason.TOO_MANY_WRONG_CODES,
        Reason.BIOMETRIC_LOCKED_OUT,
        Reason.BIOMETRIC_OFF,
        Reason.READER_LOCKED_OUT,
        Reason.SENSOR_LOCKED_OUT,
    }
)
