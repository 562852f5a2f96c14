"""What the office may ask of the door process, and how it is answered.

Whatever needs a key is done here, because the keys live here; whatever moves a door is recorded with
the operator's name before it moves.
"""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from accessctl.door.codes import CodeUnusable, code_in
from accessctl.door.controller import Controller
from accessctl.door.executive import Along
from accessctl.door.ordered import OrderUnreadable, order_in
from accessctl.door.point_keeper import Services
from accessctl.door.proving import KeysUnavailable, Prover
from accessctl.door.status import status_of
from accessctl.door.workers import Workers
from accessctl.keys.cards import CardTagger, hint_of
from accessctl.keys.pins import PinUnusable
from accessctl.link.messages import (
    Answer,
    AskStatus,
    CardTag,
    Done,
    DoorOrder,
    Fault,
    FaultCode,
    Follow,
    ForgiveWrongPins,
    GiveOrder,
    HashPin,
    MakeCardTag,
    OrderDoor,
    PinHash,
    Reached,
    ReadCard,
    Request,
    TakeOutbox,
)
from accessctl.store.entry import Entry
from accessctl.store.errors import RecordUnavailable
from accessctl.store.record import Change
from hardware.signals import CardFrame, Technology
from policies.door_modes import DoorMode
from policies.event_types import EventType
from policies.ids import AccessPointId, DoorId, PersonId
from policies.lockout import WrongPins
from policies.orders import Order, ReleaseDoor, SetMode
from policies.places import Direction
from policies.turn import Turn

LONGEST_READ_S: Final = 60.0
"""So long at most does an enrolment keep a reader from deciding."""
UID_BYTES: Final = frozenset({4, 7, 8, 10})

T = TypeVar("T")


class Desk:
    """Answers requests. Used from the loop's thread."""

    def __init__(self, controller: Controller, services: Services, workers: Workers) -> None:
        """Take the doors, and who hashes."""
        self._controller, self._services, self._workers = controller, services, workers
        self._prover: Prover = services.prover

    async def answer(self, request: Request) -> Answer:
        """Answer one request; what cannot be done is a ``Fault`` with words, never an exception."""
        try:
            return await self._answer(request)
        except KeysUnavailable as error:
            return Fault(FaultCode.KEYS_UNAVAILABLE, str(error))
        except RecordUnavailable as error:
            return Fault(FaultCode.RECORD_UNAVAILABLE, str(error))
        except PinUnusable as error:
            return Fault(FaultCode.PIN_UNUSABLE, str(error))
        except CodeUnusable as error:
            return Fault(FaultCode.CARD_UNUSABLE, str(error))
        except OrderUnreadable as error:
            return Fault(FaultCode.ORDER_UNREADABLE, str(error))

    async def _answer(self, request: Request) -> Answer:
        match request:
            case MakeCardTag(technology, number_hex):
                return await self._make_card_tag(technology, number_hex)
            case ReadCard(access_point, within_s):
                return await self._read_card(AccessPointId(access_point), within_s)
            case HashPin(person, pin):
                return PinHash(await self._off_the_loop(self._prover.hashing(PersonId(person), pin)))
            case OrderDoor():
                return self._give(_as_order(request), request.id, request.operator)
            case GiveOrder():
                return self._give(order_in(request), request.id, request.operator)
            case ForgiveWrongPins():
                return self._forgive(request)
            case TakeOutbox():
                self._controller.take_outbox()
                return Done(self._services.recorder.seq)
            case AskStatus():
                return status_of(self._controller, self._services.recorder, self._prover)
            case Follow():
                return Reached(self._services.recorder.seq)

    # ---------------------------------------------------------------------------------- orders

    def _give(self, order: Order, id_: str, operator: str) -> Answer:
        """Have an order carried out, once for its id."""
        door = getattr(order, "door", None)
        if door is not None and door not in self._controller.doors:
            return Fault(FaultCode.UNKNOWN_DOOR, f"there is no door {door!r}")
        executive, clock = self._services.executive, self._services.clock
        refusals: list[str] = []

        def along(turn: Turn) -> Along:
            if turn.refusal is not None:
                refusals.append(turn.refusal)
            return Along(order=id_ if turn.refusal is None else None)

        answer = self._once(
            id_,
            lambda: executive.permit(
                lambda: executive.warden.order(order, operator, clock.now(), id_), along
            ),
        )
        if refusals:
            return Fault(FaultCode.ORDER_REFUSED, refusals[-1])
        keeper = None if door is None else self._controller.doors[door]
        if keeper is not None and keeper.fault is not None:
            return Fault(
                FaultCode.DOOR_FAULT, f"it is recorded, but the strike does not answer: {keeper.fault}"
            )
        return answer

    def _forgive(self, request: ForgiveWrongPins) -> Answer:
        person = PersonId(request.person)
        entry = Entry(
            self._services.clock.moment(),
            EventType.LOCKOUT_RELINQUISHED,
            person=person,
            reason=f"Forgiven by {request.operator}.",
            detail={"operator": request.operator, "order": request.id},
        )
        change = Change((entry,), (person, WrongPins()), request.id)
        return self._once(request.id, lambda: self._services.recorder.write(change))

    def _once(self, order: str, carry_out: Callable[[], object]) -> Answer:
        """Carry an order out unless that was done before."""
        recorder = self._services.recorder
        if recorder.is_waiting(order):
            return Fault(FaultCode.RECORD_UNAVAILABLE, "it is done; that could not be recorded yet")
        if recorder.was_done(order):
            return Done(recorder.seq, repeated=True)
        carry_out()
        if recorder.is_waiting(order):
            return Fault(FaultCode.RECORD_UNAVAILABLE, "it is done; that could not be recorded yet")
        return Done(recorder.seq)

    # ------------------------------------------------------------------------- what needs a key

    async def _make_card_tag(self, technology: str, number_hex: str) -> Answer:
        if technology == Technology.CODE:
            digits = code_in(number_hex, self._controller.site.codes)
            return await self._tag(self._prover.tagger(), technology, digits, hint="")
        number = _number_of(number_hex)
        if number is None or technology not in list(Technology):
            return Fault(
                FaultCode.CARD_UNUSABLE,
                "a card's number is 4, 7, 8 or 10 bytes in hex, not all alike, such as 0412AB34CD56EF",
            )
        return await self._tag(self._prover.tagger(), technology, number, hint=hint_of(number))

    async def _read_card(self, point: AccessPointId, within_s: float) -> Answer:
        keeper = self._controller.points.get(point)
        if keeper is None:
            return Fault(FaultCode.UNKNOWN_ACCESS_POINT, f"there is no access point {point!r}")
        if keeper.point.direction is Direction.OUT:
            words = f"{point} leads out, and nobody may wait there for an enrolment; use a reader on a way in"
            return Fault(FaultCode.WAY_OUT, words)
        tagger = self._prover.tagger()
        shown: asyncio.Future[CardFrame] = asyncio.get_running_loop().create_future()

        def take(frame: CardFrame) -> None:
            if not shown.done():
                shown.set_result(frame)

        if not keeper.enrol_next(take):
            return Fault(FaultCode.BUSY, f"somebody else is enrolling a card at {point}")
        try:
            frame = await asyncio.wait_for(shown, min(max(within_s, 0.0), LONGEST_READ_S))
        except TimeoutError:
            return Fault(FaultCode.TIMED_OUT, f"no card was shown at {point} in time")
        finally:
            keeper.stop_enrolling(take)
        return await self._tag(tagger, frame.technology, frame.number, hint=hint_of(frame.number))

    async def _tag(self, tagger: CardTagger, technology: str, number: bytes, *, hint: str) -> CardTag:
        tag = await self._off_the_loop(lambda: tagger.tag(technology, number))
        return CardTag(technology, tag.hex(), hint)

    async def _off_the_loop(self, task: Callable[[], T]) -> T:
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def hand_over(result: T | Exception) -> None:
            if done.done():
                return  # whoever asked has gone
            if isinstance(result, Exception):
                done.set_exception(result)
            else:
                done.set_result(result)

        self._workers.submit(task, hand_over)
        return await done


def _as_order(request: OrderDoor) -> Order:
    door = DoorId(request.door)
    match request.order:
        case DoorOrder.RELEASE:
            return ReleaseDoor(door)
        case DoorOrder.UNLOCK:
            return SetMode(door, DoorMode.UNLOCKED)
        case DoorOrder.LOCK:
            return SetMode(door, DoorMode.LOCKED)


def _number_of(number_hex: str) -> bytes | None:
    try:
        number = bytes.fromhex(number_hex.replace(":", ""))
    except ValueError:
        return None
    return number if len(number) in UID_BYTES and len(set(number)) > 1 else None
