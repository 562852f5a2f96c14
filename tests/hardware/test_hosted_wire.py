"""What the door process and a hosted driver say to each other, and who judges them: the pure parts."""

import json
import pickle
from dataclasses import replace
from math import inf, nan
from struct import pack as pack_numbers
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.health import HOUR_NS, DeviceState, Health
from hardware.hosted.flood import PER_S, STOCK, Allowance
from hardware.hosted.orders import Close, Open, Order, Pair, Show, pack, unpack
from hardware.hosted.past_errors import PastErrors
from hardware.hosted.unit import HostedUnit
from hardware.hosted.watchdog import SILENCE_S, STALE_PULSES, STALE_S, START_S, Watchdog
from hardware.hosted.wire import (
    KEYS,
    LONGEST_PACKET,
    LONGEST_TEXT,
    LONGEST_VECTOR,
    MOST_ERRORS,
    MOST_VECTORS,
    MOST_WORDS,
    HostedSignal,
    NotUnderstood,
    Pulse,
    decode,
    encode,
)
from hardware.ports import Look, Pattern, Turn
from hardware.signals import (
    CardEncoded,
    CardForged,
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    DeviceLost,
    FaceSeen,
    FingerChecked,
    FingerEnrolled,
    FingerForgotten,
    KeyPressed,
    Live,
    PairingFailed,
    ReaderInsecure,
    ReaderPaired,
    ReaderPower,
    ReaderSecured,
    ReaderTampered,
    SensorFailed,
    SensorStep,
    Technology,
)
from hardware.specs import (
    CameraKind,
    CameraSpec,
    CardKeys,
    DesfireKeys,
    FprintdSensorSpec,
    OsdpBusSpec,
    OsdpReaderSpec,
    PcscReaderSpec,
    UartSensorSpec,
)
from hardware.tickets import Encode, Enrol, Forget, LookAt, StopTicket, Verify
from tests.examples import examples

S = 1_000_000_000
GATE = DeviceId("gate-in.reader")
KEY = bytes.fromhex("8f3ac1d2e4b5968778695a4b3c2d1e0f")

VECTOR = pack_numbers("<128f", *(number / 128 for number in range(128)))

FACE = json.loads(encode(FaceSeen(GATE, 19, 6, "dlib", (VECTOR,), (), Live.UNKNOWN)))
LONGEST_FACE = FaceSeen(GATE, 1, 1, "m", (bytes(LONGEST_VECTOR),) * MOST_VECTORS, (), Live.LIVE)
SIGNALS: list[HostedSignal] = [
    CardFrame(GATE, 1, Technology.WIEGAND, b"h10301:1:2\xff"),
    CardUnreadable(GATE, 2, "bent"),
    KeyPressed(GATE, 3, "7"),
    ReaderTampered(GATE, 4, active=True),
    ReaderPower(GATE, 5, failed=False),
    ReaderInsecure(GATE, 6, "a wrong key"),
    ReaderSecured(GATE, 7, 0),
    ReaderPaired(GATE, 8),
    PairingFailed(GATE, 9, "the window closed"),
    DeviceLost(GATE, 10, "unplugged"),
    DeviceBack(GATE, 11),
    CardFrame(GATE, 12, Technology.SUN, b"\4\xa1\xb2", 4711),
    CardForged(GATE, 13, Technology.DESFIRE, "its answer was made with another key"),
    CardEncoded(GATE, 14, 1, Technology.DESFIRE, b"\4\xa1"),
    FingerChecked(GATE, 15, 2, "p-7f3a:1"),
    FingerChecked(GATE, 16, 3, None, "the sensor keeps none of these fingers"),
    FingerEnrolled(GATE, 17, 4, "slot-17"),
    FingerForgotten(GATE, 18, 5, "slot-17"),
    FaceSeen(GATE, 19, 6, "dlib 12ab", (VECTOR, VECTOR), ("it is blurred",), Live.SPOOFED),
    SensorStep(GATE, 20, 7, "come closer"),
    SensorStep(GATE, 20, 7, "once more", unmatched=True),
    SensorFailed(GATE, 21, 8, "nobody was there"),
    SensorFailed(GATE, 21, 8, "looking failed", broken=True),
]
PAGE = Health(
    DeviceState.LOST, "unplugged", 1, None, 3, 4, 5, "a bad frame", 6, MappingProxyType({"model": "ß 00 00"})
)


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: type(signal).__name__)
def test_a_signal_arrives_as_it_was(signal: HostedSignal) -> None:
    """Every kind of signal that a reader may report comes out as it went in."""
    assert decode(encode(signal)) == signal


def test_every_signal_of_a_reader_is_covered() -> None:
    """The list above has them all."""
    assert {type(signal) for signal in SIGNALS} == set(HostedSignal.__args__)


def test_a_pulse_arrives_as_it_was() -> None:
    """The pages of all readers come out as they went in, also one of which nothing is known."""
    pulse = Pulse(12, None, {GATE: PAGE, DeviceId("yard-in.reader"): Health()})
    assert decode(encode(pulse)) == pulse


def test_the_pages_of_a_full_line_fit() -> None:
    """An OSDP line has at most 126 readers; all their pages are one packet."""
    wordy = replace(PAGE, why="x" * 100, last_error="y" * 100, about={str(n): "z" * 20 for n in range(8)})
    pulse = Pulse(12, 13, {DeviceId(f"gate-{number}.reader"): wordy for number in range(126)})
    assert len(encode(pulse)) < LONGEST_PACKET


def test_the_unit_of_a_full_line_fits() -> None:
    """So do the orders for it, with two keys for each reader; they arrive as they were."""
    bus = OsdpBusSpec("yard", "/dev/serial/by-path/platform-fe980000.usb-usb-0:1.3:1.0-port0")
    specs = tuple(OsdpReaderSpec(DeviceId(f"gate-{number}.reader"), bus, number) for number in range(126))
    unit = HostedUnit(specs, keys={spec.id: (KEY, bytes(16)) for spec in specs})
    assert len(pack(unit)) < LONGEST_PACKET
    assert unpack(pack(unit)) == unit


ORDERS: list[Order] = [
    Open(GATE),
    Close(GATE),
    Show(GATE, Pattern.ALARM),
    Pair(GATE, KEY, 30),
    Verify(GATE, 1, ("p-7f3a:1", "p-7f3a:2"), 10),
    Enrol(GATE, 2, "slot-17", 60),
    Forget(GATE, 3, "slot-17"),
    LookAt(GATE, 4, Look(5, passive=True, turn=Turn.LEFT), 10),
    Encode(GATE, 5, Technology.DESFIRE, 30),
    StopTicket(GATE, 6),
]


def test_a_unit_tells_no_key() -> None:
    """The site's keys for cards go along to the process that needs them, and are not shown."""
    keys = CardKeys(DesfireKeys(b"\1\2\3", KEY))
    unit = HostedUnit((PcscReaderSpec(GATE, "ACS"),), card_keys=keys)
    assert unpack(pack(unit)) == unit
    assert repr(KEY) not in repr(unit)
    assert KEY.hex() not in repr(unit)


def test_a_unit_names_all_of_its_devices() -> None:
    """Sensors and cameras are opened as readers are, and arrive as they were."""
    finger, other = DeviceId("gate-in.finger"), DeviceId("side-in.finger")
    camera = DeviceId("gate-in.camera")
    unit = HostedUnit(
        fingers=(FprintdSensorSpec(finger), UartSensorSpec(other, "/dev/ttyS0")),
        cameras=(CameraSpec(camera, CameraKind.FILES, "faces"),),
    )
    assert unit.names == (finger, other, camera)
    assert unpack(pack(unit)) == unit


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_arrives_as_it_was(order: Order) -> None:
    """Orders come out as they went in, and show no key."""
    assert unpack(pack(order)) == order
    assert KEY.hex() not in repr(order)
    assert repr(KEY) not in repr(order)


class Planted:
    """What would run a command if it were unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("this must not be seen",)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "ContactChanged", "device": GATE, "mono_ns": 1, "active": True},
        {"kind": "DeviceBack", "device": GATE},
        {"kind": "DeviceBack", "device": GATE, "mono_ns": "1"},
        {"kind": "DeviceBack", "device": GATE, "mono_ns": True},
        {"kind": "DeviceBack", "device": 7, "mono_ns": 1},
        {"kind": "DeviceBack", "device": GATE, "mono_ns": 1, "more": 1},
        {"kind": "ReaderTampered", "device": GATE, "mono_ns": 1, "active": 1},
        {"kind": "CardFrame", "device": GATE, "mono_ns": 1, "technology": "magic", "number": "04"},
        {"kind": "CardFrame", "device": GATE, "mono_ns": 1, "technology": "ndef", "number": "0"},
        {**FACE, "vectors": VECTOR.hex()},
        {**FACE, "vectors": [7]},
        {**FACE, "vectors": ["0"]},
        {**FACE, "quality": "blurred"},
        {**FACE, "quality": [None]},
        {**FACE, "live": "surely"},
        {**FACE, "ticket": "6"},
        {"kind": "FingerChecked", "device": GATE, "mono_ns": 1, "ticket": 1, "matched": 42},
        {"kind": "FingerChecked", "device": GATE, "mono_ns": 1, "ticket": None, "matched": None},
        {
            "kind": "CardFrame",
            "device": GATE,
            "mono_ns": 1,
            "technology": "uid",
            "number": "04",
            "counter": "1",
        },
        {"kind": "Pulse", "at_ns": 1, "busy_ns": None, "pages": [1]},
        {"kind": "Pulse", "at_ns": None, "busy_ns": None, "pages": {}},
        {"kind": "Pulse", "at_ns": 1, "busy_ns": None, "pages": {GATE: {"state": "here"}}},
        [],
        None,
    ],
)
def test_what_is_no_message_is_not_understood(body: object) -> None:
    """A message of an unknown kind, with a value missing, too many or of the wrong type is none at all."""
    with pytest.raises(NotUnderstood):
        decode(json.dumps(body).encode())


OUT_OF_RANGE: list[tuple[HostedSignal | Pulse, dict[str, object]]] = [
    (SIGNALS[0], {"number": "00" * (LONGEST_TEXT + 1)}),
    (SIGNALS[1], {"why": "x" * (LONGEST_TEXT + 1)}),
    (SIGNALS[1], {"why": "half a character: \ud83d"}),
    (SIGNALS[2], {"key": "A"}),
    (SIGNALS[2], {"key": "12"}),
    (SIGNALS[6], {"key": -1}),
    (SIGNALS[10], {"mono_ns": -1}),
    (SIGNALS[10], {"mono_ns": 1 << 63}),
    (SIGNALS[11], {"counter": -1}),
    (SIGNALS[14], {"matched": "P-7F3A:1"}),
    (SIGNALS[14], {"matched": ""}),
    (SIGNALS[14], {"matched": "x" * 61}),
    (SIGNALS[14], {"ticket": 1 << 63}),
    (SIGNALS[16], {"template": "../etc"}),
    (SIGNALS[17], {"template": "slot 17"}),
    (SIGNALS[18], {"vectors": []}),
    (SIGNALS[18], {"vectors": [VECTOR.hex()] * (MOST_VECTORS + 1)}),
    (SIGNALS[18], {"vectors": ["00" * (LONGEST_VECTOR + 4)]}),
    (SIGNALS[18], {"vectors": ["00" * 3]}),
    (SIGNALS[18], {"vectors": [""]}),
    (SIGNALS[18], {"vectors": [pack_numbers("<2f", 0, nan).hex()]}),
    (SIGNALS[18], {"vectors": [pack_numbers("<2f", -inf, 0).hex()]}),
    (SIGNALS[18], {"quality": ["x"] * (MOST_WORDS + 1)}),
    (SIGNALS[18], {"quality": ["x" * (LONGEST_TEXT + 1)]}),
    (Pulse(1, 2, {}), {"at_ns": 10**30}),
    (Pulse(1, 2, {}), {"busy_ns": -1}),
]
PAGES_OUT_OF_RANGE: list[dict[str, object]] = [
    {"errors_this_hour": MOST_ERRORS + 1},
    {"errors_hour_before": -1},
    {"restarts": 1 << 63},
    {"since_ns": -(10**30)},
    {"seen_ns": 10**30},
    {"beat_ns": 10**30},
    {"why": "x" * (LONGEST_TEXT + 1)},
    {"last_error": "x" * (LONGEST_TEXT + 1)},
    {"about": {"model": "x" * (LONGEST_TEXT + 1)}},
    {"about": {"x" * (LONGEST_TEXT + 1): "model"}},
]


@pytest.mark.parametrize("page", PAGES_OUT_OF_RANGE)
def test_a_page_that_is_out_of_range_is_not_understood(page: dict[str, object]) -> None:
    """No count, instant or text of a wild driver can trouble whoever reckons with it or shows it."""
    body = json.loads(encode(Pulse(1, 2, {GATE: PAGE})))
    decode(json.dumps(body).encode())
    body["pages"][GATE] |= page
    with pytest.raises(NotUnderstood):
        decode(json.dumps(body).encode())


@pytest.mark.parametrize(("message", "changed"), OUT_OF_RANGE)
def test_what_is_out_of_range_is_not_understood(
    message: HostedSignal | Pulse, changed: dict[str, object]
) -> None:
    """Nor can a signal."""
    body = json.loads(encode(message))
    decode(json.dumps(body).encode())
    with pytest.raises(NotUnderstood):
        decode(json.dumps(body | changed).encode())


def test_what_is_just_in_range_is_understood() -> None:
    """The limits themselves are no nonsense, and every key that a keypad has is a key."""
    signals: list[HostedSignal] = [
        CardFrame(GATE, 1, Technology.NDEF, bytes(LONGEST_TEXT)),
        CardUnreadable(GATE, (1 << 63) - 1, "x" * LONGEST_TEXT),
        *(KeyPressed(GATE, 1, key) for key in KEYS),
        FingerChecked(GATE, 1, (1 << 63) - 1, "x" * 60),
        FaceSeen(
            GATE,
            1,
            1,
            "m",
            (bytes(LONGEST_VECTOR),) * MOST_VECTORS,
            ("x" * LONGEST_TEXT,) * MOST_WORDS,
            Live.LIVE,
        ),
    ]
    for signal in signals:
        assert decode(encode(signal)) == signal
    page = replace(PAGE, errors_this_hour=MOST_ERRORS, errors_hour_before=MOST_ERRORS)
    assert decode(encode(Pulse(1, 2, {GATE: page}))) == Pulse(1, 2, {GATE: page})


def test_a_text_that_is_too_long_or_cannot_be_written_is_cut_before_it_is_sent() -> None:
    """A library with much to say about an error costs no reader its driver."""
    signal = decode(encode(CardUnreadable(GATE, 1, "\udcff" + "ß" * LONGEST_TEXT)))
    assert signal == CardUnreadable(GATE, 1, "?" + "ß" * (LONGEST_TEXT // 2 - 1))
    long = "x" * 10_000
    page = replace(PAGE, why=long, last_error=long, about={"model": long})
    cut = "x" * LONGEST_TEXT
    assert decode(encode(Pulse(1, None, {GATE: page}))) == Pulse(
        1, None, {GATE: replace(PAGE, why=cut, last_error=cut, about={"model": cut})}
    )


def test_nothing_that_comes_from_a_driver_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    """A driver's process that strangers took over cannot make the door process run anything."""
    with pytest.raises(NotUnderstood) as refused:
        decode(pickle.dumps(Planted()))
    assert capsys.readouterr().out == ""
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@settings(max_examples=examples(100))
@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_no_bytes_do_harm(packet: bytes) -> None:
    """Whatever a driver's process sends is a message or not understood; nothing else escapes."""
    with pytest.raises(NotUnderstood):
        decode(packet)


@settings(max_examples=examples(100))
@given(
    st.sampled_from([json.loads(encode(message)) for message in (*SIGNALS, Pulse(1, 2, {GATE: PAGE}))]),
    st.data(),
)
def test_no_changed_message_does_harm(body: dict[str, Any], data: st.DataObject) -> None:
    """A message of which one value is anything at all is still one of its kind, or not understood."""
    name = data.draw(st.sampled_from(sorted(body)))
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
    try:
        message = decode(json.dumps({**body, name: data.draw(anything)}).encode())
    except NotUnderstood:
        return
    assert isinstance(message, HostedSignal | Pulse)


class TestAllowance:
    def test_a_stock_and_then_a_rate(self) -> None:
        """At once as many as are in stock; from then on no more than the rate."""
        allowance = Allowance(0)
        assert sum(allowance.take(0) for _ in range(10 * STOCK)) == STOCK
        for second in range(1, 5):
            assert sum(allowance.take(second * S) for _ in range(10 * STOCK)) == PER_S

    def test_the_stock_fills_up_and_not_over(self) -> None:
        """After a long quiet time there is one stock, not what a night would make."""
        allowance = Allowance(0)
        assert sum(allowance.take(100_000 * S) for _ in range(10 * STOCK)) == STOCK

    def test_people_never_come_near_it(self) -> None:
        """Ten keys a second for an hour are all read."""
        allowance = Allowance(0)
        assert all(allowance.take(tenth * S // 10) for tenth in range(36_000))

    @given(st.lists(st.integers(0, 10 * S), max_size=300))
    def test_never_more_than_stock_and_rate(self, gaps_ns: list[int]) -> None:
        """Whenever it is asked, what was taken is within what was there at first and has grown since."""
        allowance, now_ns, taken = Allowance(0), 0, 0
        for gap_ns in gaps_ns:
            now_ns += gap_ns
            taken += allowance.take(now_ns)
            assert taken <= STOCK + PER_S * now_ns / S


class TestPastErrors:
    def test_they_grow_old(self) -> None:
        """Those of this hour become those of the hour before, little by little, and are then forgotten."""
        past = PastErrors()
        past.add(100, 40, HOUR_NS)
        halves = [past.at(HOUR_NS + half * HOUR_NS // 2) for half in range(6)]
        assert halves == [(100, 40), (50, 70), (0, 100), (0, 50), (0, 0), (0, 0)]

    def test_each_driver_adds_its_own(self) -> None:
        """What earlier ones left goes on growing old."""
        past = PastErrors()
        past.add(100, 0, 0)
        past.add(8, 1, HOUR_NS // 2)
        assert past.at(HOUR_NS // 2) == (58, 51)

    def test_there_are_none_at_first(self) -> None:
        """A reader whose driver never ended has no past."""
        assert PastErrors().at(0) == PastErrors().at(10 * HOUR_NS) == (0, 0)


def pulse(at_s: float, *, beat_s: float | None = None, busy_s: float | None = None) -> Pulse:
    def instant(seconds: float | None) -> int | None:
        return None if seconds is None else int(seconds * S)

    return Pulse(int(at_s * S), instant(busy_s), {GATE: Health(beat_ns=instant(beat_s))})


class TestWatchdog:
    def test_a_start_may_take_its_time(self) -> None:
        """Until the first pulse it waits longer than for any later one, and not for ever."""
        watchdog = Watchdog(0)
        assert not watchdog.hangs(int((START_S - 1) * S))
        assert watchdog.hangs(int(START_S * S))

    def test_silence_is_a_hang(self) -> None:
        """A process that gives no sign of life any more hangs, once the patience is over."""
        watchdog = Watchdog(0)
        watchdog.hear(pulse(1), 1 * S)
        assert watchdog.patience_s(1 * S) == SILENCE_S
        assert not watchdog.hangs(int((1 + SILENCE_S) * S) - 1)
        assert watchdog.hangs(int((1 + SILENCE_S) * S))
        assert watchdog.patience_s(100 * S) == 0

    @pytest.mark.parametrize("what", ["beat_s", "busy_s"])
    def test_a_driver_that_goes_round_no_more_hangs(self, what: str) -> None:
        """A beat or an order from too long ago is a hang, if the next pulse still says so."""
        watchdog = Watchdog(0)
        for number in range(STALE_PULSES):
            assert not watchdog.hangs(0)
            at_s = 1.1 + STALE_S + number
            watchdog.hear(pulse(at_s, **{what: 1.0}), int(at_s * S))
        assert watchdog.hangs(int(10 * S))

    def test_a_driver_that_goes_on_does_not_hang(self) -> None:
        """One old beat, as after a stop of the whole process, is forgiven; a driver may also never beat."""
        watchdog = Watchdog(0)
        for at_s, beat_s in ((10, 1), (11, 11), (20, 11), (21, 20.9), (30, None), (31, None)):
            watchdog.hear(pulse(at_s, beat_s=beat_s), at_s * S)
            assert not watchdog.hangs(at_s * S)
