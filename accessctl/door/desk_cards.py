"""The site's own cards: the keys that they carry are made here, and a reader here is told to encode one.

A key enters here when it is given by somebody, and leaves only to the readers, when the door process starts:
a reader's process is given its keys once. So what counts as in use is what was really given to them then.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from accessctl.config import Site
from accessctl.door.clock import Clock
from accessctl.door.enrolment import EnrolmentSessions, NoSuchEnrolment, Progress, SensorInUse
from accessctl.door.key_files import card_key_store, proofs_wanted
from accessctl.door.recorder import Recorder
from accessctl.door.refusing import DeskRefuses, way_in
from accessctl.home import Home
from accessctl.keys.card_keys import (
    CardKeysExist,
    CardKeyStore,
    CardKeysUnusable,
    CardKeysWrong,
    CardKind,
)
from accessctl.keys.root import RootKeyUnusable
from accessctl.link.answers import Answer, CardKeysHeld, CardTag, FaultCode
from accessctl.link.requests import AskCardKeys, EncodeCard, MakeCardKeys
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from hardware.board import Board
from hardware.errors import HardwareError
from hardware.ports import CardEncoder
from hardware.signals import CardEncoded, DeviceId, DeviceLost, SensorFailed, Signal, Technology
from hardware.specs import CardKeys, CardProof, PcscReaderSpec
from hardware.tickets import ENCODING_S, GRACE_S
from policies.event_types import EventType
from policies.places import AccessPoint

LONGEST_WAIT_S: Final = 60.0
SLACK_S: Final = ENCODING_S + GRACE_S + 1.0
"""So long after the time for showing a card is waited for the reader, which says itself that it failed."""
_LOOK_S: Final = 1.0
_FOR: Final = "a card; use a reader on a way in"
TECHNOLOGY: Final[Mapping[CardKind, Technology]] = {
    CardKind.DESFIRE: Technology.DESFIRE,
    CardKind.SUN: Technology.SUN,
}

MakesTag = Callable[[Technology, bytes, str], Awaitable[CardTag]]
"""Makes the tag of a card's number, for a person or for ``""``."""


@dataclass(frozen=True, slots=True)
class CardPlace:
    """What this controller is, as far as its cards go."""

    home: Home
    site: Callable[[], Site]
    """The site in force."""
    board: Board
    sessions: EnrolmentSessions
    recorder: Recorder
    clock: Clock
    given: CardKeys | None = field(repr=False)
    """The keys that the readers were given when the door process started."""


class CardDesk:
    """Makes keys and has cards encoded. Used from the loop's thread."""

    def __init__(self, place: CardPlace, tag: MakesTag) -> None:
        """Take the place, and who makes tags."""
        self._place, self._tag = place, tag
        self._asked_for = proofs_wanted(place.site())
        """What readers ask cards for, which no reload of the site file changes."""
        self._tickets = 0

    def answers(self) -> Mapping[type, Callable[[Any], Awaitable[Answer]]]:
        """Give who answers what."""
        return {MakeCardKeys: self._make, AskCardKeys: self._held, EncodeCard: self._encode}

    # ------------------------------------------------------------------------------------ keys

    async def _make(self, request: MakeCardKeys) -> CardKeysHeld:
        kind = _kind(request.kind)
        store = self._store()
        given = None if not request.given else request.given
        now = self._place.clock.now()
        try:
            made = store.make(kind, now, given)
        except CardKeysExist as error:
            raise DeskRefuses(FaultCode.KEYS_EXIST, str(error)) from error
        except CardKeysWrong as error:
            raise DeskRefuses(FaultCode.UNUSABLE, str(error)) from error
        except CardKeysUnusable as error:
            raise DeskRefuses(FaultCode.KEYS_UNAVAILABLE, str(error)) from error
        detail = {
            "kind": str(kind),
            "imported": made.imported,
            "check": made.check,
            "operator": request.operator,
        }
        self._note(Entry(self._place.clock.moment(), EventType.CARD_KEYS_MADE, detail=detail))
        return self._as_held(store)

    async def _held(self, _request: AskCardKeys) -> CardKeysHeld:
        return self._as_held(self._store())

    def _as_held(self, store: CardKeyStore) -> CardKeysHeld:
        return CardKeysHeld(
            [{**asdict(held), "in_use": self._in_use(store, held.kind)} for held in store.held()]
        )

    def _in_use(self, store: CardKeyStore, kind: CardKind) -> bool:
        """Whether readers ask for this proof and were given these very keys."""
        given = None if self._place.given is None else getattr(self._place.given, kind)
        return CardProof(kind) in self._asked_for and given == getattr(store.keys, kind)

    def _store(self) -> CardKeyStore:
        try:
            return card_key_store(self._place.home)
        except (RootKeyUnusable, CardKeysUnusable) as error:
            raise DeskRefuses(FaultCode.KEYS_UNAVAILABLE, str(error)) from error

    # -------------------------------------------------------------------------------- encoding

    async def _encode(self, request: EncodeCard) -> CardTag:
        kind = _kind(request.kind)
        point = way_in(self._place.site(), request.access_point, _FOR)
        reader = self._reader(point, kind)
        self._check_keys(kind)
        within_s = min(max(request.within_s, 0.0), LONGEST_WAIT_S)
        encoded = await self._encoded(reader, TECHNOLOGY[kind], within_s)
        detail = {"technology": str(encoded.technology), "operator": request.operator}
        moment = self._place.clock.moment()
        self._note(Entry(moment, EventType.CARD_ENCODED, point.door, point.id, detail=detail))
        return await self._tag(encoded.technology, encoded.number, request.person)

    async def _encoded(self, reader: CardEncoder, kind: Technology, within_s: float) -> CardEncoded:
        done: asyncio.Future[CardEncoded | str] = asyncio.get_running_loop().create_future()

        def then(outcome: CardEncoded | str) -> None:
            if not done.done():
                done.set_result(outcome)

        sessions = self._place.sessions
        self._tickets += 1
        id_ = f"encode {reader.id} {self._tickets}"
        session = Encoding(reader, kind, within_s, then)
        try:
            sessions.begin(id_, session)
            outcome = await _attended(done, id_, sessions, within_s + SLACK_S)
        except SensorInUse as error:
            raise DeskRefuses(FaultCode.BUSY, str(error)) from error
        except HardwareError as error:
            raise DeskRefuses(FaultCode.SENSOR_FAILED, str(error)) from error
        finally:
            sessions.stop(id_)
        if isinstance(outcome, str):
            raise DeskRefuses(FaultCode.SENSOR_FAILED, outcome)
        return outcome

    def _reader(self, point: AccessPoint, kind: CardKind) -> CardEncoder:
        device = DeviceId(f"{point.id}.reader")
        spec = next((each for each in self._place.site().board.readers if each.id == device), None)
        reader = self._place.board.readers.get(device)
        if not isinstance(spec, PcscReaderSpec) or not isinstance(reader, CardEncoder):
            raise DeskRefuses(
                FaultCode.NOT_SET_UP, f"{point.id} has no reader that can encode cards: a PC/SC reader can"
            )
        if CardProof(kind) not in spec.proofs:
            words = f"the reader at {point.id} asks no card for this proof: its proofs lack {kind}"
            raise DeskRefuses(FaultCode.NOT_SET_UP, words)
        return reader

    def _check_keys(self, kind: CardKind) -> None:
        store = self._store()
        if kind not in {held.kind for held in store.held()}:
            words = f"this controller has no keys for {kind} cards: accessctl cards keys make {kind}"
            raise DeskRefuses(FaultCode.NOT_SET_UP, words)
        if not self._in_use(store, kind):
            words = "readers learn of new keys when the door process starts: restart it first"
            raise DeskRefuses(FaultCode.NOT_SET_UP, words)

    def _note(self, entry: Entry) -> None:
        self._place.recorder.note(Change((entry,)))


class Encoding:
    """Has one card encoded at one reader. ``then`` hears once what came of it."""

    def __init__(
        self,
        reader: CardEncoder,
        kind: Technology,
        within_s: float,
        then: Callable[[CardEncoded | str], None],
    ) -> None:
        """Take the reader, what to encode, and who hears of it."""
        self._reader, self._kind, self._within_s, self._then = reader, kind, within_s, then
        self._ticket: int | None = None
        self._over = False

    @property
    def device(self) -> DeviceId:
        """The reader that it keeps, which reports no card as read while it waits for one to encode."""
        return self._reader.id

    def begin(self, tickets: Callable[[], int]) -> None:
        """Order it."""
        self._ticket = tickets()
        self._reader.encode(self._ticket, self._kind, self._within_s)

    def hear(self, signal: Signal) -> None:
        """Take what the reader reports."""
        match signal:
            case CardEncoded(ticket=self._ticket) | SensorFailed(ticket=self._ticket) if not self._over:
                self._end(signal if isinstance(signal, CardEncoded) else signal.why)
            case DeviceLost(why=why) if not self._over:
                self._end(f"the reader is gone: {why}")

    def stop(self) -> None:
        """Stop the reader, unless it has ended."""
        if not self._over:
            self._end("no card was shown in time")
            if self._ticket is not None:
                self._reader.stop(self._ticket)

    def progress(self) -> Progress:
        """Tell how it goes."""
        return Progress("hold a card to the reader, and leave it there")

    def _end(self, outcome: CardEncoded | str) -> None:
        self._over = True
        self._then(outcome)


async def _attended(
    done: asyncio.Future[CardEncoded | str], id_: str, sessions: EnrolmentSessions, within_s: float
) -> CardEncoded | str:
    """Wait for the outcome, and keep the session going meanwhile: it ends when nobody asks for it."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within_s
    while not done.done() and loop.time() < until:
        await asyncio.wait({done}, timeout=_LOOK_S)
        with suppress(NoSuchEnrolment):
            sessions.ask(id_)
    return done.result() if done.done() else "no card was shown in time"


def _kind(name: str) -> CardKind:
    try:
        return CardKind(name)
    except ValueError:
        words = f"there are no keys for such cards; there are keys for {' and '.join(CardKind)}"
        raise DeskRefuses(FaultCode.UNUSABLE, words) from None
