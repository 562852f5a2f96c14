import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessctl.link.answers import (
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
    SignedPass,
    Tried,
)
from accessctl.link.requests import (
    AskDevices,
    AskPassKey,
    AskStatus,
    CheckCode,
    DoorOrder,
    Follow,
    ForgiveWrongPins,
    HashPin,
    MakeCardTag,
    MakeGenerator,
    MakePin,
    OfTheRecord,
    OrderDoor,
    PairReader,
    ReadCard,
    SignPass,
    TakeOutbox,
    TellOfRecord,
    TryReader,
)
from accessctl.link.wire import LONGEST_LINE, Message, MessageUnreadable, decode, encode
from tests.examples import examples
from tests.link.peer import DEVICES, PASS_FROM, PASS_UNTIL, STATUS

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["MakeCardTag", "ReadCard", "OrderDoor", "Status", "Fault", "Done", "Follow"])
MESSAGES: list[Message] = [
    MakeCardTag("iso14443-uid", "04A1B2C3"),
    ReadCard("gate-in", 12.5),
    HashPin("p-1", "4711"),
    OrderDoor("o-1", "gate", DoorOrder.RELEASE, "local:maria"),
    ForgiveWrongPins("o-2", "p-1", "local:maria"),
    TakeOutbox(),
    TellOfRecord("f-1", OfTheRecord.ROLLBACK, "the record ends with entry 7", finding="f-1", seq=8, size=9),
    AskStatus(),
    AskDevices(40),
    TryReader("gate-in.reader", 20.0, "local:maria"),
    PairReader("gate-in.reader", 120.0, "local:maria"),
    Follow(),
    CardTag("iso14443-uid", "ab" * 32, "C3"),
    PinHash("$argon2id$…"),
    MakePin("p-1", duress=True),
    MakeGenerator("p-1", "g-1", "Ana Marsh"),
    CheckCode("p-1", "287082"),
    SignPass("gate-in yard-in", "", "2026-03-18T17:00:00+00:00", 1),
    AskPassKey(),
    SignedPass("AP1" + "A" * 148, "c5" * 32, "C5", PASS_FROM, PASS_UNTIL, 0),
    PassKey("0badcafe", "5a" * 32),
    MadePin("8059", "$argon2id$…"),
    MadeGenerator("5e" * 48, 6, 30, "sha1", "GEZDGNBVGY3TQOJQ", "otpauth://totp/x"),
    CodeChecked("g-1", fits=True),
    Done(7, repeated=True),
    STATUS,
    Devices(DEVICES, 3),
    Tried("gate-in.reader", [{"at_s": 1.5, "what": "key pressed"}], 0, [{"name": "granted"}]),
    Paired("gate-in.reader", "the reader has a key of its own"),
    Reached(7),
    Fault(FaultCode.BUSY, "somebody else is enrolling"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_what_is_said_is_understood(message: Message) -> None:
    """Every message comes out of its line as it went in, and the line is one line."""
    line = encode(message)
    assert decode(line) == message
    assert line.count(b"\n") == 1
    assert len(line) < LONGEST_LINE


def understood(line: bytes) -> Message | None:
    """Give the message, or ``None`` for what is unreadable; let every other error through."""
    with suppress(MessageUnreadable):
        return decode(line)
    return None


@settings(max_examples=examples(100))
@given(st.binary(max_size=200))
def test_noise_is_unreadable(noise: bytes) -> None:
    """Whatever bytes come, they are a message or unreadable, and never another error."""
    understood(noise)


@settings(max_examples=examples(100))
@given(JSON)
def test_any_json_is_a_message_or_unreadable(body: object) -> None:
    """Whatever JSON comes, it is a message or unreadable, and never another error."""
    understood(json.dumps(body).encode())


@settings(max_examples=examples(100))
@given(NAMES, st.dictionaries(st.sampled_from(["id", "door", "order", "seq", "code", "x"]), JSON, max_size=4))
def test_any_fields_are_a_message_or_unreadable(name: str, body: dict[str, object]) -> None:
    """Whatever fields a known name comes with, it is a message or unreadable, and never another error."""
    understood(json.dumps({"say": name, **body}).encode())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "not JSON"),
        (b"[" * 10_000, "not JSON"),
        (b'{"say": "ReadCard", "access_point": "gate-in", "within_s": NaN}', "not JSON"),
        (b"[]", "no message of that name"),
        (b'{"say": "Nothing"}', "no message of that name"),
        (b'{"say": {"a": 1}}', "no message of that name"),
        (b'{"say": "ReadCard"}', "ReadCard lacks a field"),
        (b'{"say": "AskStatus", "door": "gate"}', "AskStatus has no such field"),
        (b'{"say": "Reached", "seq": true}', "Reached.seq has the wrong type"),
        (b'{"say": "Reached", "seq": "7"}', "Reached.seq has the wrong type"),
    ],
)
def test_what_is_no_message_says_why(line: bytes, why: str) -> None:
    """An unreadable line is told apart from others by its words."""
    with pytest.raises(MessageUnreadable, match=why.replace(".", r"\.")):
        decode(line)


@pytest.mark.parametrize(
    "line",
    [
        b'{"say": "HashPin", "person": "p-1", "pin": 98765432}',
        b'{"say": "HashPin", "person": "p-1", "98765432": "x"}',
        b'{"say": "98765432"}',
        b'{"say": "HashPin", "person": "p-1", "pin": "98765432"',
    ],
)
def test_an_unreadable_line_is_not_repeated(line: bytes) -> None:
    """The words never quote the line, which may hold a PIN."""
    with pytest.raises(MessageUnreadable) as unreadable:
        decode(line)
    assert "98765432" not in repr(unreadable.value) + str(unreadable.value.__cause__)


@pytest.mark.parametrize(
    "message",
    [
        HashPin("p-1", "98765432"),
        MakeCardTag("iso14443-uid", "98765432"),
        PinHash("98765432"),
        CheckCode("p-1", "98765432"),
        MadePin("98765432", "98765432"),
        MadeGenerator("98765432", 6, 30, "sha1", "98765432", "98765432"),
    ],
    ids=lambda message: type(message).__name__,
)
def test_secrets_stay_out_of_repr(message: Message) -> None:
    """A message that ends up in a traceback shows neither a PIN nor a card's number."""
    assert "98765432" not in repr(message)
