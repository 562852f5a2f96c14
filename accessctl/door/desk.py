"""What the office may ask of the door process, and how it is answered.

Whatever needs a key is done here, because the keys live here; whatever moves a door is recorded with
the operator's name before it moves.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, TypeVar

from accessctl.door.card_numbers import CardUnusable, number_in
from accessctl.door.codes import CodeUnusable, code_in
from accessctl.door.controller import Controller
from accessctl.door.desk_biometrics import BiometricDesk, Place
from accessctl.door.desk_cards import CardDesk, CardPlace
from accessctl.door.desk_codes import CodeDesk
from accessctl.door.desk_faces import FaceDesk
from accessctl.door.desk_files import FilesDesk
from accessctl.door.desk_passes import PassDesk
from accessctl.door.desk_pruning import PruningDesk
from accessctl.door.desk_record import RecordDesk
from accessctl.door.desk_tagging import TaggingDesk
from accessctl.door.devices import devices_of
from accessctl.door.executive import Along
from accessctl.door.levels import levels_from
from accessctl.door.ordered import OrderUnreadable, order_in
from accessctl.door.pairing import KeysMissing, Outcome, WindowOpen
from accessctl.door.proving import KeysUnavailable, Prover
from accessctl.door.reader_trial import Trial
from accessctl.door.refusing import DeskRefuses
from accessctl.door.services import Services
from accessctl.door.status import status_of
from accessctl.door.workers import Workers
from accessctl.home import Home
from accessctl.keys.cards import CardTagger, hint_of
from accessctl.keys.pins import PinUnusable
from accessctl.link.answers import Answer, CardTag, Devices, Done, Fault, FaultCode, Paired, Reached, Tried
from accessctl.link.requests import (
    AskDevices,
    AskLevels,
    AskStatus,
    DoorOrder,
    Follow,
    ForgiveWrongPins,
    GiveOrder,
    MakeCardTag,
    OrderDoor,
    PairReader,
    ReadCard,
    Request,
    TakeOutbox,
    TryReader,
)
from accessctl.store.codes import CodeReader
from accessctl.store.entry import Entry
from accessctl.store.errors import RecordUnavailable
from accessctl.store.record import Change
from hardware.ports import Pattern, SecureReader
from hardware.signals import CardFrame, DeviceId, Technology
from hardware.specs import CardKeys, OsdpReaderSpec, ReaderSpec, WiegandReaderSpec
from policies.door_modes import DoorMode
from policies.event_types import EventType
from policies.ids import AccessPointId, DoorId, PersonId
from policies.lockout import WrongPins
from policies.marks import Mark
from policies.orders import Order, ReleaseDoor, SetMode
from policies.places import Direction
from policies.turn import Turn

LONGEST_READ_S: Final = 60.0
"""So long at most does an enrolment keep a reader from deciding."""
LONGEST_TRIAL_S: Final = 60.0
SHORTEST_WINDOW_S: Final = 10.0
LONGEST_WINDOW_S: Final = 600.0
A_PATTERN_S: Final = 1.0
"""So long is each pattern shown when a reader is tested."""
DEVICES_AT_ONCE: Final = 40
"""So many fit into one line of the link, whatever their drivers say of them."""

T = TypeVar("T")


class Desk:
    """Answers requests. Used from the loop's thread."""

    def __init__(
        self,
        controller: Controller,
        services: Services,
        workers: Workers,
        people: CodeReader,
        card_keys: CardKeys | None = None,
        beside: Workers | None = None,
    ) -> None:
        """Take the doors, who hashes, what the store knows of PINs and codes, what readers have.

        ``beside`` does what nobody waits for, where no badge is queued behind it.
        """
        self._controller, self._services, self._workers = controller, services, workers
        self._behind = beside or workers
        self._prover: Prover = services.prover
        self.a_pattern_s = A_PATTERN_S
        self._further: dict[type, Callable[[Any], Awaitable[Answer]]] = {}
        """What the other parts of the desk answer, by the kind of request."""
        passes = PassDesk(self._prover, lambda: controller.site, services.clock, self._off_the_loop)
        self._further.update(passes.answers())
        self._codes = CodeDesk(
            self._prover,
            lambda: controller.site,
            people,
            services.clock,
            self._off_the_loop,
            self._use_up,
        )
        self._further.update(self._codes.answers())
        place = Place(
            lambda: controller.site,
            controller.board,
            controller.enrolments,
            controller.parts.people,
            services.clock,
            lambda: services.recorder.seq,
        )
        faces = FaceDesk(lambda: controller.site, controller.parts.templates, workers)
        self._further.update(faces.answers())
        cards = CardPlace(
            Home(people.path.parent),
            lambda: controller.site,
            controller.board,
            controller.enrolments,
            services.recorder,
            services.clock,
            card_keys,
        )
        self._further.update(CardDesk(cards, self._tag_of).answers())
        tagging = TaggingDesk(self._prover, lambda: controller.site, self._beside)
        self._further.update(tagging.answers())
        self._further.update(BiometricDesk(place, self._prover, faces.session).answers())
        self._further.update(RecordDesk(services.recorder, services.clock).answers())
        pruning = PruningDesk(
            Home(people.path.parent).record,
            lambda: controller.site,
            self._prover.root,
            services.recorder,
            services.clock,
        )
        self._further.update(pruning.answers())
        self._further.update(FilesDesk(Home(people.path.parent), self._off_the_loop).answers())

    def also(self, answers: Mapping[type, Callable[[Any], Awaitable[Answer]]]) -> None:
        """Let somebody else answer further kinds of requests."""
        self._further.update(answers)

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
        except KeysMissing as error:
            return Fault(FaultCode.KEYS_UNAVAILABLE, str(error))
        except WindowOpen as error:
            return Fault(FaultCode.BUSY, str(error))
        except (CodeUnusable, CardUnusable) as error:
            return Fault(FaultCode.CARD_UNUSABLE, str(error))
        except OrderUnreadable as error:
            return Fault(FaultCode.ORDER_UNREADABLE, str(error))
        except DeskRefuses as error:
            return Fault(error.code, str(error))

    async def _answer(self, request: Request) -> Answer:
        if (further := self._further.get(type(request))) is not None:
            return await further(request)
        match request:
            case MakeCardTag():
                return await self._make_card_tag(request)
            case ReadCard(access_point, within_s, person):
                return await self._read_card(AccessPointId(access_point), within_s, person)
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
            case AskDevices(first):
                devices = devices_of(self._controller, self._services.clock)
                return Devices(devices[max(0, first) :][:DEVICES_AT_ONCE], len(devices))
            case AskLevels(first):
                return levels_from(self._controller.site, first)
            case TryReader():
                return await self._try_reader(request)
            case PairReader():
                return await self._pair(request)
            case Follow():
                return Reached(self._services.recorder.seq)
            case _:
                raise DeskRefuses(FaultCode.NOT_SET_UP, "nobody here answers that")

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
        executive, clock = self._services.executive, self._services.clock
        along = Along(wrong_pins=(person, WrongPins()), order=request.id)
        return self._once(
            request.id,
            lambda: executive.permit(
                lambda: executive.warden.forgive(person, request.operator, clock.now(), request.id),
                lambda _turn: along,
            ),
        )

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

    # --------------------------------------------------------------------------------- readers

    async def _try_reader(self, request: TryReader) -> Answer:
        """Let an installer see what a reader reads, and see and hear its patterns."""
        device = self._reader_named(request.device)
        if device is None:
            return _no_such_reader(request.device)
        seconds = min(max(request.seconds, 0.0), LONGEST_TRIAL_S)
        keeper, services = self._controller.keeper_of(device), self._services
        trial = Trial(services.clock.monotonic_ns, self._bits_of(device))
        if not self._controller.begin_trial(device, trial):
            return Fault(FaultCode.BUSY, f"somebody else is testing {device}")
        try:
            self._note_trial(device, seconds, request.operator)
            shown: list[str] = []
            showing = asyncio.ensure_future(self._show_patterns(device, shown))
            try:
                await asyncio.sleep(seconds)
            finally:
                showing.cancel()
                await asyncio.gather(showing, return_exceptions=True)
                keeper.light.restore()
        finally:
            self._controller.end_trial(device)
        return Tried(device, trial.reads, trial.more, [{"name": name} for name in shown])

    async def _show_patterns(self, device: DeviceId, shown: list[str]) -> None:
        """Play every pattern for a moment; an alarm of the door is not played over."""
        light = self._controller.keeper_of(device).light
        for pattern in Pattern:
            if not light.there or not light.calm:
                return
            light.flash(pattern)
            shown.append(pattern.name.lower())
            await asyncio.sleep(self.a_pattern_s)
        light.restore()

    def _note_trial(self, device: DeviceId, seconds: float, operator: str) -> None:
        place = self._controller.place_of(device)
        detail = {"device": device, "seconds": seconds, "operator": operator}
        moment = self._services.clock.moment()
        entry = Entry(moment, EventType.READER_TESTED, place.door, place.point, detail=detail)
        self._services.recorder.note(Change((entry,)))

    async def _pair(self, request: PairReader) -> Answer:
        """Open the window in which a reader takes a key of its own, and wait for what comes of it."""
        device = self._reader_named(request.device)
        if device is None:
            return _no_such_reader(request.device)
        reader = self._controller.board.readers[device]
        if not isinstance(self._spec_of(device), OsdpReaderSpec) or not isinstance(reader, SecureReader):
            return Fault(FaultCode.NOT_PAIRABLE, f"{device} is no OSDP reader: only those have a key")
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def then(outcome: Outcome) -> None:
            if not done.done():
                done.set_result(outcome)

        window = timedelta(seconds=min(max(request.window_s, SHORTEST_WINDOW_S), LONGEST_WINDOW_S))
        self._controller.pairing.open(reader, window, request.operator, then)
        outcome = await done
        if not outcome.paired:
            return Fault(FaultCode.PAIRING_FAILED, f"{device} was not paired: {outcome.words}")
        return Paired(device, outcome.words)

    def _reader_named(self, name: str) -> DeviceId | None:
        """Find a reader or keypad by its own name, or by its access point's."""
        there = {spec.id for spec in self._controller.site.board.readers}
        wanted = (DeviceId(name), DeviceId(f"{name}.reader"), DeviceId(f"{name}.keypad"))
        return next((device for device in wanted if device in there), None)

    def _spec_of(self, device: DeviceId) -> ReaderSpec:
        return next(spec for spec in self._controller.site.board.readers if spec.id == device)

    def _bits_of(self, device: DeviceId) -> int | None:
        spec = self._spec_of(device)
        if isinstance(spec, OsdpReaderSpec | WiegandReaderSpec) and spec.format is not None:
            return spec.format.bits
        return None

    # ------------------------------------------------------------------------- what needs a key

    async def _make_card_tag(self, request: MakeCardTag) -> Answer:
        technology, number_hex = request.technology, request.number_hex
        if technology == Technology.CODE:
            digits = code_in(number_hex, self._controller.site.codes, break_glass=request.break_glass)
            return await self._tag(self._prover.tagger(), technology, digits, hint="")
        number = number_in(technology, number_hex, self._controller.site.card_formats)
        hint = hint_of(number, technology)
        return await self._tag(self._prover.tagger(), technology, number, hint=hint, person=request.person)

    async def _read_card(self, point: AccessPointId, within_s: float, person: str) -> Answer:
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
        if frame.technology is Technology.PASS:
            raise CardUnusable("this is a pass; passes are made by `accessctl passes make`, not enrolled")
        return await self._tag(
            tagger,
            frame.technology,
            frame.number,
            hint=hint_of(frame.number, frame.technology),
            person=person,
        )

    async def _tag_of(self, technology: Technology, number: bytes, person: str) -> CardTag:
        hint = hint_of(number, technology)
        return await self._tag(self._prover.tagger(), technology, number, hint=hint, person=person)

    async def _tag(
        self, tagger: CardTagger, technology: str, number: bytes, *, hint: str, person: str = ""
    ) -> CardTag:
        tag = await self._off_the_loop(lambda: tagger.tag(technology, number))
        like_pin = await self._codes.is_like_pin(person, technology, number)
        return CardTag(technology, tag.hex(), hint, like_pin)

    def _use_up(self, mark: Mark) -> None:
        executive, clock = self._services.executive, self._services.clock
        executive.happened(lambda: executive.warden.use_up((mark,), clock.now()))

    async def _off_the_loop(self, task: Callable[[], T]) -> T:
        return await self._by(self._workers, task)

    async def _beside(self, task: Callable[[], T]) -> T:
        return await self._by(self._behind, task)

    async def _by(self, workers: Workers, task: Callable[[], T]) -> T:
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def hand_over(result: T | Exception) -> None:
            if done.done():
                return  # whoever asked has gone
            if isinstance(result, Exception):
                done.set_exception(result)
            else:
                done.set_result(result)

        workers.submit(task, hand_over)
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


def _no_such_reader(name: str) -> Fault:
    return Fault(FaultCode.UNKNOWN_READER, f"there is no reader {name!r}")
