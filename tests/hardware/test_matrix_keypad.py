"""A matrix keypad: bare switches between simulated lines, and what is reported of them."""

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.errors import GpioTaken
from hardware.gpio import SimulatedHeader
from hardware.health import DeviceState
from hardware.ports import Reader
from hardware.readers.matrix_keypad import MatrixKeypad
from hardware.readers.matrix_keys import NONE_DOWN, STEADY, STUCK_NS, MatrixKeys, Place
from hardware.signals import DeviceBack, DeviceId, DeviceLost, KeyPressed
from hardware.specs import MatrixKeypadSpec
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.switches import Switches

KEYPAD, BUTTON = DeviceId("gate-in.keypad"), DeviceId("gate.exit-request")
ROWS, COLUMNS = (5, 6, 13, 19), (16, 20, 21)
SPEC = MatrixKeypadSpec(KEYPAD, ROWS, COLUMNS)
WIDE = MatrixKeypadSpec(KEYPAD, ROWS, (*COLUMNS, 26), ("123A", "456B", "789C", "*0#D"))
A, B, C, D = (0, 0), (0, 1), (1, 0), (1, 1)
"""Four keys at the corners of a rectangle."""


@pytest.fixture
def header() -> SimulatedHeader:
    return SimulatedHeader()


@pytest.fixture
def keypad(header: SimulatedHeader) -> Iterator[MatrixKeypad]:
    keypad = MatrixKeypad(SPEC, header)
    yield keypad
    keypad.close()


@pytest.fixture
def switches(header: SimulatedHeader, keypad: MatrixKeypad, ear: Ear) -> Switches:
    """The switches of a keypad that is open and has said so."""
    switches = Switches(header, SPEC)
    keypad.open(ear)
    ear.next(DeviceBack)
    return switches


def test_every_key_is_told_once(switches: Switches, ear: Ear) -> None:
    """Each key is one signal when it is pressed, none while it is held and none when it is let go."""
    for key in "1234567890*#":
        switches.press(key)
        assert ear.next(KeyPressed).key == key
        switches.wait_for_scans(2 * STEADY)
        switches.let_go(key)
        switches.wait_for_rest()
    assert ear.quiet


def test_nothing_is_scanned_while_no_key_is_down(switches: Switches, ear: Ear, keypad: MatrixKeypad) -> None:
    """At rest the lines stand still but for one look in a while; a key that is down is what makes it scan."""
    switches.wait_for_rest()
    before, beat_ns = switches.writes, keypad.health.beat_ns
    until = time.monotonic() + PATIENCE_S
    while keypad.health.beat_ns == beat_ns:
        assert time.monotonic() < until
        threading.Event().wait(0.005)
    switches.wait_for_rest()
    assert switches.writes - before <= 4 * len(ROWS)
    switches.press("5")
    ear.next(KeyPressed)
    switches.wait_for_scans(2 * STEADY)


def test_no_two_outputs_fight(header: SimulatedHeader, keypad: MatrixKeypad) -> None:
    """Every row is open drain: two keys of a column never join a high output with a low one."""
    assert all(header._pins.pin(gpio).open_drain for gpio in ROWS)
    assert not any(header._pins.pin(gpio).open_drain for gpio in COLUMNS)


def test_a_second_key_counts_while_the_first_is_held(switches: Switches, ear: Ear) -> None:
    """Who types fast presses a key before the last one is up, and both count in their order."""
    switches.press("2")
    assert ear.next(KeyPressed).key == "2"
    switches.press("8")
    assert ear.next(KeyPressed).key == "8"
    switches.let_go("2", "8")


def test_three_keys_at_once_are_none(switches: Switches, ear: Ear, keypad: MatrixKeypad) -> None:
    """With three keys down a fourth seems to be down too, so nothing counts until all are up."""
    switches.press("1", "2", "4")
    until = time.monotonic() + PATIENCE_S
    while not keypad.health.errors_this_hour:
        assert time.monotonic() < until
        threading.Event().wait(0.005)
    switches.let_go("1", "2", "4")
    switches.wait_for_rest()
    switches.press("9")
    assert ear.next(KeyPressed).key == "9"
    assert ear.quiet
    assert keypad.health.last_error == "several keys at once"


def test_a_key_that_is_down_at_the_start_is_not_read(
    header: SimulatedHeader, keypad: MatrixKeypad, ear: Ear
) -> None:
    """A key that was pressed before the keypad is open is not pressed now; the next press of it counts."""
    switches = Switches(header, SPEC)
    switches.press("7")
    keypad.open(ear)
    ear.next(DeviceBack)
    switches.let_go("7")
    switches.wait_for_rest()
    assert ear.quiet
    switches.press("7")
    assert ear.next(KeyPressed).key == "7"


def test_a_key_that_is_stuck_loses_the_keypad(
    switches: Switches, ear: Ear, keypad: MatrixKeypad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that stays down is told by its name, no other is read until it is up, then all are again."""
    monkeypatch.setattr("hardware.readers.matrix_keys.STUCK_NS", 100_000_000)
    switches.press("5")
    ear.next(KeyPressed)
    assert ear.next(DeviceLost).why == "key 5 is stuck"
    lost = keypad.health
    assert (lost.state, lost.why) == (DeviceState.LOST, "key 5 is stuck")
    switches.press("8")
    switches.wait_for_scans(2 * STEADY)
    switches.let_go("8", "5")
    ear.next(DeviceBack)
    assert keypad.health.state is DeviceState.HERE
    monkeypatch.undo()
    switches.press("8")
    assert ear.next(KeyPressed).key == "8"


def test_other_keys_are_not_read(header: SimulatedHeader, ear: Ear) -> None:
    """The letters of a wide keypad are none of ours."""
    keypad = MatrixKeypad(WIDE, header)
    switches = Switches(header, WIDE)
    keypad.open(ear)
    ear.next(DeviceBack)
    for key in "ABCD3":
        switches.press(key)
        switches.wait_for_scans(2 * STEADY)
        switches.let_go(key)
        switches.wait_for_rest()
    assert ear.next(KeyPressed).key == "3"
    assert ear.quiet
    keypad.close()


def test_it_is_silent_before_open_and_after_close(
    header: SimulatedHeader, keypad: MatrixKeypad, ear: Ear
) -> None:
    """Nobody is told of keys while nobody listens, and no thread is left behind."""
    switches = Switches(header, SPEC)
    switches.press("1")
    switches.let_go("1")
    keypad.open(ear)
    ear.next(DeviceBack)
    keypad.close()
    keypad.close()
    switches.press("1")
    assert ear.quiet
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("keypad")]


def test_lines_that_fail_lose_the_keypad(header: SimulatedHeader, switches: Switches, ear: Ear) -> None:
    """When the header fails under the keypad, that is told and nothing is raised in anybody's thread."""
    header.close()
    assert "its lines cannot be used" in ear.next(DeviceLost).why


def test_it_says_of_itself_what_can_be_known(switches: Switches, keypad: MatrixKeypad) -> None:
    """The page says which driver it is, and that a keypad that was torn off would not be noticed."""
    port: Reader = keypad
    page = port.health
    assert (page.state, page.about["driver"]) == (DeviceState.HERE, "matrix")
    assert page.about["line"] == "cannot tell whether the keypad is there"
    assert page.beat_ns is not None


def test_a_line_that_is_taken_leaves_the_others_free(header: SimulatedHeader) -> None:
    """A keypad that does not get all of its lines is not built, and names who has the line."""
    header.input(COLUMNS[-1], BUTTON, debounce_ms=0)
    with pytest.raises(GpioTaken, match=r"GPIO21 already belongs to gate\.exit-request"):
        MatrixKeypad(SPEC, header)


@pytest.mark.parametrize(
    "keys", [("123", "456", "789"), ("12", "45", "78", "*0"), ("123", "456", "789", "*0")]
)
def test_a_layout_that_does_not_fit_the_lines_is_refused(
    header: SimulatedHeader, keys: tuple[str, ...]
) -> None:
    """Each row and column has a key, and no key has none."""
    with pytest.raises(ValueError, match="no key for each row and column"):
        MatrixKeypad(MatrixKeypadSpec(KEYPAD, ROWS, COLUMNS, keys), header)


def scans(keys: MatrixKeys, *states: set[Place], now_ns: int = 0) -> list[Place]:
    """Give each state for as many scans as are needed, and tell what was pressed."""
    pressed = [keys.scan(frozenset(down), now_ns) for down in states for _ in range(STEADY)]
    return [place for place in pressed if place is not None]


def ready() -> MatrixKeys:
    keys = MatrixKeys()
    scans(keys, set())
    return keys


def test_a_bouncing_switch_is_one_press() -> None:
    """Scans that do not agree count for nothing; once they do it is one press, and one release."""
    keys = ready()
    bouncing = [keys.scan(frozenset({A}) if scan % 2 else NONE_DOWN, 0) for scan in range(20)]
    assert bouncing == [None] * 20
    assert scans(keys, {A}, {A}) == [A]
    bouncing = [keys.scan(frozenset({A}) if scan % 3 else NONE_DOWN, 0) for scan in range(30)]
    assert bouncing == [None] * 30
    assert scans(keys, set(), {A}) == [A]


def test_one_scan_fewer_than_needed_is_no_press() -> None:
    """A touch that is shorter than the bounce time is none, and one scan more makes it a press."""
    keys = ready()
    assert [keys.scan(frozenset({A}), 0) for _ in range(STEADY - 1)] == [None] * (STEADY - 1)
    assert keys.scan(frozenset({A}), 0) == A


@pytest.mark.parametrize(
    ("states", "pressed"),
    [
        ([{A}, {A, B}, {B}, {B, C}], [A, B, C]),
        ([{A}, {A, B}, {A, B, C}, set(), {D}], [A, B, D]),
        ([{A, B}], []),
        ([{A, B}, {A}, {A, C}], []),
        ([{A, B}, set(), {C}], [C]),
        ([{A}, {A, B}, {A, B, C, D}, {C}, {C, D}], [A, B]),
        ([{A}, {A, B}, {A, B, C, D}, {C}, set(), {D}], [A, B, D]),
    ],
)
def test_more_keys_than_can_be_told_apart_are_none(states: list[set[Place]], pressed: list[Place]) -> None:
    """Two keys one after the other count; two at one instant or three count as none until all are up."""
    assert scans(ready(), *states) == pressed


def test_a_key_is_stuck_after_half_a_minute() -> None:
    """Thirty seconds are a long press, a nanosecond more is a fault, and another key changes nothing."""
    keys = ready()
    scans(keys, {A}, now_ns=5)
    scans(keys, {A, B}, now_ns=10)
    assert keys.stuck(5 + STUCK_NS) == []
    assert keys.stuck(6 + STUCK_NS) == [A]
    scans(keys, {B}, now_ns=7 + STUCK_NS)
    assert keys.stuck(7 + STUCK_NS) == []


PLACES = st.frozensets(st.tuples(st.integers(0, 3), st.integers(0, 2)))


@settings(deadline=None)
@given(st.lists(PLACES, max_size=60))
def test_whatever_is_scanned_a_press_is_a_key_that_went_down(states: list[frozenset[Place]]) -> None:
    """A key is told only if it is down, was up before, and at most one other key is down with it."""
    keys, up_since = (
        MatrixKeys(),
        dict.fromkeys(((row, column) for row in range(4) for column in range(3)), 0),
    )
    for scan, down in enumerate(states, 1):
        pressed = keys.scan(down, scan)
        if pressed is not None:
            assert pressed in down
            assert len(down) <= 2
            assert up_since[pressed] <= scan - STEADY
        for place in up_since:
            if place not in down:
                up_since[place] = scan
