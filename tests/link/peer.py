"""A door process in a script: it speaks the link over a real socket and answers what it was told to."""

import asyncio
import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from accessctl.keys.code_generator import Generator
from accessctl.link.answers import (
    Answer,
    CardTag,
    CodeChecked,
    Devices,
    Done,
    Fault,
    FaultCode,
    MadeGenerator,
    MadePin,
    Paired,
    PassKey,
    PinHash,
    Reached,
    SealedNumbers,
    SignedPass,
    Status,
    Step,
    Tagged,
    Tried,
)
from accessctl.link.requests import (
    AskDevices,
    AskPassKey,
    AskStatus,
    CheckCode,
    Follow,
    ForgiveWrongPins,
    GiveOrder,
    HashPin,
    LearnFinger,
    MakeCardTag,
    MakeGenerator,
    MakePin,
    OrderDoor,
    PairReader,
    ReadCard,
    Request,
    SealNumbers,
    SignPass,
    StepOfCode,
    TagSealed,
    TakeOutbox,
    TryReader,
)
from accessctl.link.wire import decode_said, encode
from hardware.cards.pass_text import ALPHABET

STATUS = Status(
    controller="kade-1",
    site="Kade Warehouse",
    rules="7c1e0f9a2b3d",
    seq=42,
    record_ok=True,
    keys_ok=True,
    unrecorded=0,
    doors=[
        {
            "id": "gate",
            "name": "Main gate",
            "mode": "locked",
            "until": None,
            "leaf": "closed",
            "strike": "secured",
            "alarm": None,
            "lock": "fail_secure",
            "unattended": "secured",
            "fault": None,
            "inside": ["yard"],
        }
    ],
    readers=[
        {
            "id": "gate-in.reader",
            "access_point": "gate-in",
            "name": "Gate, inbound",
            "door": "gate",
            "direction": "in",
            "leads_to": "yard",
            "kind": "pcsc",
            "online": True,
        }
    ],
    roles=[{"id": "picker", "name": "Picker"}, {"id": "driver", "name": "Driver"}],
)

READER: dict[str, Any] = {
    "id": "gate-in.reader",
    "kind": "reader",
    "driver": "osdp",
    "access_point": "gate-in",
    "name": "Gate, inbound",
    "door": "gate",
    "state": "here",
    "why": "",
    "since": "2026-03-02T12:00:00.000+00:00",
    "seen": "2026-03-02T12:00:05.000+00:00",
    "silent_s": 0.1,
    "errors_this_hour": 3,
    "errors_hour_before": 2,
    "trend": "steady",
    "last_error": "torn away",
    "restarts": 0,
    "about": {"driver": "osdp", "model": "Reader 7", "firmware": "1.4.2"},
    "tampered": False,
    "power_failed": False,
    "insecure": None,
    "key": "own key",
    "pairing": False,
    "fault": None,
}
STRIKE: dict[str, Any] = {
    "id": "gate.strike",
    "door": "gate",
    "kind": "strike",
    "driver": "gpio",
    "state": "here",
    "fault": None,
}
CONTACT: dict[str, Any] = {
    "id": "gate.position",
    "door": "gate",
    "kind": "contact",
    "driver": "adc",
    **{name: READER[name] for name in ("state", "why", "since", "seen", "silent_s", "trend", "last_error")},
    **{name: READER[name] for name in ("errors_this_hour", "errors_hour_before", "restarts")},
    "about": {"driver": "mcp3008"},
    "fault": None,
}
DEVICES = [READER, CONTACT, STRIKE]

MADE_PIN = "80592736"
GENERATOR_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
GENERATOR_URI = (
    f"otpauth://totp/Kade%20Warehouse:Ana%20Marsh?secret={GENERATOR_SECRET}&issuer=Kade%20Warehouse"
)
RIGHT_CODE = "287082"
GENERATOR = Generator(base64.b32decode(GENERATOR_SECRET))
"""What shows the codes of operators, by the clock of this machine."""

PASS_FROM, PASS_UNTIL = "2026-03-17T12:00:00+00:00", "2026-03-18T12:00:00+00:00"
_DOORS = {door["id"] for door in STATUS.doors}


def _day_after(start: str) -> str:
    try:
        return (datetime.fromisoformat(start) + timedelta(days=1)).isoformat()
    except OverflowError:
        return ""


def _sealed(number: dict[str, Any]) -> dict[str, Any]:
    """Seal a number as nobody would: what comes of it is the same for the same number, and is no secret."""
    if len(number["number_hex"]) < 8:
        return {"why": "this is a number of another kind of card"}
    return {"sealed_hex": sha256(number["number_hex"].lower().encode()).hexdigest()}


class DoorPeer:
    """The other end of the link. Lives in the loop that opens it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        """By which codes of operators are checked."""
        self.heard: list[Request] = []
        self.heard_by: list[int | None] = []
        """By when each of them had to be begun."""
        self.abandoned: list[Request] = []
        """Requests whose client hung up without an answer."""
        self._news = asyncio.Event()
        self.connections = 0
        self.hang_up_on: set[type[Request]] = set()
        self.silent_on: set[type[Request]] = set()
        self._told: dict[type[Request], Answer] = {}
        self._done: set[str] = set()
        self.passes: list[str] = []
        """The texts of the passes that were signed."""
        self._generators: dict[str, str] = {}
        self._seq = 0
        self._followers: set[asyncio.StreamWriter] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self.path)

    async def close(self) -> None:
        """Go, as a process that is killed goes: with every connection at once."""
        assert self._server is not None
        self._server.close()
        self.drop()
        self.path.unlink(missing_ok=True)
        await asyncio.sleep(0)  # the handlers see the end of their streams

    def drop(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    @contextmanager
    def answering(self, request: type[Request], answer: Answer) -> Iterator[None]:
        """Give this answer to every such request for a while, then what was given before."""
        before = self._told.get(request)
        self._told[request] = answer
        try:
            yield
        finally:
            if before is None:
                del self._told[request]
            else:
                self._told[request] = before

    @contextmanager
    def refusing(
        self, request: type[Request], code: FaultCode, why: str = "it is as it is"
    ) -> Iterator[None]:
        with self.answering(request, Fault(code, why)):
            yield

    def reach(self, seq: int) -> None:
        """Tell every follower that the record has grown."""
        self._seq = seq
        for writer in self._followers:
            writer.write(encode(Reached(seq)))

    def heard_of(self, kind: type[Request]) -> list[Request]:
        return [request for request in self.heard if isinstance(request, kind)]

    async def until_heard(self, kind: type[Request]) -> None:
        """Wait until such a request has come."""
        while not self.heard_of(kind):
            self._news.clear()
            await self._news.wait()

    async def until_abandoned(self, kind: type[Request]) -> None:
        """Wait until the client of such a request has hung up without an answer."""
        while not any(isinstance(request, kind) for request in self.abandoned):
            self._news.clear()
            await self._news.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        unanswered: list[Request] = []
        with suppress(ConnectionError):
            while line := await reader.readline():
                said = decode_said(line)
                request = said.message
                assert isinstance(request, Request)
                self.heard.append(request)
                self.heard_by.append(said.by_ns)
                self._news.set()
                if type(request) in self.hang_up_on:
                    break
                if isinstance(request, Follow):
                    self._followers.add(writer)
                if type(request) in self.silent_on:
                    unanswered.append(request)
                else:
                    writer.write(encode(self._answer(request)))
        self.abandoned += unanswered
        self._news.set()
        self._followers.discard(writer)
        self._writers.discard(writer)
        writer.close()

    def _answer(self, request: Request) -> Answer:
        if type(request) in self._told:
            return self._told[type(request)]
        match request:
            case MakeCardTag(technology, number):
                return CardTag(technology, (number.lower() * 32)[:64], number[-2:].upper())
            case ReadCard():
                return CardTag("iso14443-uid", "ab" * 32, "AB")
            case MakePin(person):
                return MadePin(MADE_PIN, f"$hashed$for${person}")
            case MakeGenerator(person, generator):
                self._generators[person] = generator
                return MadeGenerator("5e" * 48, 6, 30, "sha1", GENERATOR_SECRET, GENERATOR_URI)
            case StepOfCode(owner, generator, _, code):
                made = self._generators.get(owner) == generator
                return Step((made and GENERATOR.matching_step(code, self.now())) or 0)
            case CheckCode(person, code):
                return CodeChecked(self._generators.get(person, "g-nobodys"), code == RIGHT_CODE)
            case SealNumbers(numbers):
                return SealedNumbers([_sealed(each) for each in numbers])
            case TagSealed(cards):
                return Tagged([{"tag_hex": each["sealed_hex"], "hint": "F6"} for each in cards])
            case SignPass():
                return self._sign(request)
            case AskPassKey():
                return PassKey("0badcafe", "5a" * 32)
            case HashPin(person):
                return PinHash(f"$hashed$for${person}")
            case OrderDoor(door=door) | GiveOrder(door=door) if door and door not in _DOORS:
                return Fault(FaultCode.UNKNOWN_DOOR, f"there is no door '{door}'")
            case OrderDoor(id=order) | GiveOrder(id=order) | ForgiveWrongPins(id=order):
                repeated = order in self._done
                self._done.add(order)
                return Done(42, repeated=repeated)
            case TakeOutbox() | LearnFinger():
                return Done(42)
            case AskStatus():
                return STATUS
            case AskDevices(first):
                return Devices(DEVICES[first : first + 2], len(DEVICES))
            case TryReader(device):
                return Tried(device, [{"at_s": 1.5, "what": "key pressed"}], 0, [{"name": "granted"}])
            case PairReader(device):
                return Paired(device, "the reader has a key of its own")
            case Follow():
                return Reached(self._seq)
            case _:  # what a test has to be told
                return Fault(
                    FaultCode.NOT_SET_UP, f"this peer was told no answer to {type(request).__name__}"
                )

    def _sign(self, request: SignPass) -> SignedPass | Fault:
        """Make what looks like a pass; each has a number of its own."""
        start = request.valid_from or PASS_FROM
        end = request.valid_until or _day_after(start)
        if not end or datetime.fromisoformat(end) <= datetime.fromisoformat(start):
            return Fault(FaultCode.UNUSABLE, "a pass ends after it begins")
        # As if by chance: what is nothing but zeros stands in every file, and is found there.
        number = sha256(b"pass %d" % len(self.passes)).hexdigest()[:32]
        self.passes.append("AP1" + "".join(ALPHABET[int(digit, 16)] for digit in number) + "A" * 116)
        return SignedPass(self.passes[-1], number * 2, number[-2:].upper(), start, end, request.uses)
