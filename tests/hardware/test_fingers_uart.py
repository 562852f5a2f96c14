"""A sensor on a serial line on which anything may go wrong: no bad answer is ever a match."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.fingers import uart as uart_module
from hardware.fingers import uart_wire
from hardware.fingers.hints import ANOTHER_FINGER, ONCE_MORE, PLACE
from hardware.fingers.uart import BREATHING, OFF, UartSensor
from hardware.fingers.uart_wire import BadAnswer, CheckedFingerprint
from hardware.signals import (
    DeviceBack,
    DeviceId,
    DeviceLost,
    FingerChecked,
    FingerEnrolled,
    SensorFailed,
    SensorStep,
)
from hardware.specs import UartSensorSpec
from tests.examples import examples
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.uart_sensor import (
    GET_IMAGE,
    LIGHT,
    PARAMETERS,
    SEARCH,
    TO_FEATURES,
    Fault,
    UartFinger,
    broken_off,
    flipped,
    garbage_before,
    lagging,
    silence,
    wrong_checksum,
)

SENSOR = DeviceId("gate-in.finger")
MILA, ROY, NOBODY = "mila", "roy", "nobody"
FOUND_42 = bytes.fromhex("ef01ffffffff07000700002a0078 00b0")
"""The sensor found the finger of slot 42, with a score of 120."""
SEARCH_BITS = 8 * len(FOUND_42)


@pytest.fixture
def counterpart(tmp_path: Path) -> Iterator[UartFinger]:
    with UartFinger(tmp_path / "port") as counterpart:
        counterpart.kept = {7: MILA, 42: ROY}
        yield counterpart


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is noticed sooner than in service."""
    monkeypatch.setattr(uart_module, "ANSWER_S", 0.1)


@pytest.fixture
def sensor(impatient: None, counterpart: UartFinger) -> Iterator[UartSensor]:
    del impatient
    sensor = UartSensor(UartSensorSpec(SENSOR, counterpart.path))
    yield sensor
    sensor.close()


@pytest.fixture
def ear(sensor: UartSensor) -> Ear:
    """Hears the sensor, which is there."""
    ear = Ear()
    sensor.open(ear)
    ear.next(DeviceBack)
    return ear


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


class Line:
    """A serial line on which these bytes come, and no more."""

    def __init__(self, coming: bytes) -> None:
        self._coming = coming

    def read(self, length: int) -> bytes:
        read, self._coming = self._coming[:length], self._coming[length:]
        return read

    def write(self, data: bytes) -> int:
        return len(data)

    def reset_input_buffer(self) -> None:
        """Drop nothing: what comes, comes after the question."""


def heard_on(coming: bytes) -> CheckedFingerprint:
    """Give a sensor in step, whose next answer is this."""
    sensor = CheckedFingerprint(Line(coming), 0)
    sensor.library_size, sensor.in_step = 200, True
    return sensor


def test_a_whole_answer_is_a_match() -> None:
    """The answer that the next tests spoil is a good one."""
    assert heard_on(FOUND_42).search() == 42


@pytest.mark.parametrize("bit", range(SEARCH_BITS))
def test_one_flipped_bit_is_no_match(bit: int) -> None:
    """Wherever it flips, nobody is let in by it, and nothing is believed before the line is in step again."""
    sensor = heard_on(flipped(bit)(FOUND_42))
    with pytest.raises(BadAnswer):
        sensor.search()
    assert not sensor.in_step


@settings(max_examples=examples(200))
@given(st.binary(max_size=80) | st.binary(max_size=40).map(lambda tail: FOUND_42[:9] + tail))
def test_no_bytes_do_harm(coming: bytes) -> None:
    """Whatever comes over the line is a good answer or none, and nothing else escapes."""
    sensor = heard_on(coming)
    try:
        found = sensor.search()
    except BadAnswer:
        return
    assert found is None or coming.startswith(FOUND_42[:9])


@pytest.mark.parametrize("code", [1, 9, 0x0A, 0x21, 0xFF])
def test_a_number_without_success_is_none(code: int) -> None:
    """A sensor that found nothing may send a number all the same."""
    payload = bytes([code, 0, 42, 0, 120])
    body = b"\x07\x00\x07" + payload
    answer = FOUND_42[:6] + body + sum(body).to_bytes(2, "big")
    assert heard_on(answer).search() is None


def test_the_answer_to_another_question_is_no_match() -> None:
    """A whole and good answer that is too short for a search names no slot, and not the first one either."""
    body = b"\x07\x00\x03\x00"
    with pytest.raises(BadAnswer):
        heard_on(FOUND_42[:6] + body + sum(body).to_bytes(2, "big")).search()


def test_a_slot_that_is_not_there_is_no_match() -> None:
    """A sensor of 200 slots knows no finger 300."""
    body = b"\x07\x00\x07\x00" + (300).to_bytes(2, "big") + b"\x00\x78"
    with pytest.raises(BadAnswer):
        heard_on(FOUND_42[:6] + body + sum(body).to_bytes(2, "big")).search()


@pytest.mark.parametrize("change", [wrong_checksum, garbage_before, broken_off, silence])
@pytest.mark.parametrize("command", [GET_IMAGE, TO_FEATURES, SEARCH, PARAMETERS])
def test_a_bad_answer_is_asked_for_again(
    sensor: UartSensor, counterpart: UartFinger, ear: Ear, change: Fault, command: int
) -> None:
    """One bad answer costs a moment and is counted; the finger is known or not as without it."""
    counterpart.spoil(change, command, times=1)
    for ticket, (finger, slot) in enumerate([(MILA, "slot-7"), (NOBODY, None)]):
        sensor.verify(ticket, (), 10)
        counterpart.touch(finger)
        assert ear.next(FingerChecked).matched == slot
    if command != PARAMETERS:
        until(lambda: sensor.health.errors_this_hour > 0)


def test_flipped_bits_on_the_line_are_no_match(sensor: UartSensor, counterpart: UartFinger, ear: Ear) -> None:
    """Every bit of what a search says is flipped once, and nobody is ever taken for somebody else."""
    for bit in range(9 * 8, SEARCH_BITS):
        counterpart.spoil(flipped(bit), SEARCH, times=1)
        sensor.verify(bit, (), 10)
        counterpart.touch(MILA)
        assert ear.next(FingerChecked).matched == "slot-7"


def test_an_answer_that_comes_late_belongs_to_nobody(
    sensor: UartSensor, counterpart: UartFinger, ear: Ear
) -> None:
    """What was said of Mila's finger after we gave up is not said of the next one's."""
    kept_back: list[bytes] = []

    def keep_back(answer: bytes) -> bytes:
        kept_back.append(answer)
        return b""

    def say_late(answer: bytes) -> bytes:
        return b"".join(kept_back) + answer

    counterpart.spoil(keep_back, SEARCH, times=1)
    counterpart.spoil(say_late, PARAMETERS, times=1)
    sensor.verify(1, (), 10)
    counterpart.touch(ROY)
    until(lambda: bool(kept_back))
    sensor.verify(2, (), 10)
    counterpart.touch(NOBODY)
    checked = ear.next(FingerChecked)
    assert (checked.ticket, checked.matched) == (2, None)


def test_answers_that_come_one_question_late_are_no_match(
    sensor: UartSensor, counterpart: UartFinger, ear: Ear
) -> None:
    """The sensor holds Roy's finger still in mind; nobody is taken for him, however the answers slip."""
    sensor.verify(1, (), 10)
    counterpart.touch(ROY)
    assert ear.next(FingerChecked).matched == "slot-42"
    counterpart.spoil(lagging())
    sensor.verify(2, (), 10)
    assert ear.next(SensorFailed).ticket == 2


@pytest.mark.parametrize("change", [silence, garbage_before, wrong_checksum])
def test_a_line_that_stays_bad_is_a_lost_sensor(
    sensor: UartSensor, counterpart: UartFinger, ear: Ear, change: Fault
) -> None:
    """Its order fails with it; a line that is mended is found again."""
    sensor.verify(1, (), 60)
    counterpart.spoil(change)
    assert ear.next(SensorFailed).ticket == 1
    ear.next(DeviceLost)
    counterpart.mend()
    ear.next(DeviceBack)
    sensor.verify(2, (), 10)
    counterpart.touch(ROY)
    assert ear.next(FingerChecked).matched == "slot-42"


def test_a_port_that_is_not_there_is_a_lost_sensor(tmp_path: Path) -> None:
    """It says which; as soon as it is plugged in, it is there."""
    ear = Ear()
    with UartFinger(tmp_path / "port") as counterpart:
        counterpart.unplug()
        sensor = UartSensor(UartSensorSpec(SENSOR, counterpart.path))
        try:
            sensor.open(ear)
            assert "No such file" in ear.next(DeviceLost).why
            counterpart.plug()
            ear.next(DeviceBack)
        finally:
            sensor.close()


@pytest.mark.parametrize(("password", "kind"), [(4711, DeviceBack), (0, DeviceLost)])
def test_the_password_has_to_be_right(
    impatient: None, tmp_path: Path, password: int, kind: type[DeviceBack | DeviceLost]
) -> None:
    """With another one the sensor is lost, and its page says why."""
    del impatient
    ear = Ear()
    with UartFinger(tmp_path / "port", password=4711) as counterpart:
        sensor = UartSensor(UartSensorSpec(SENSOR, counterpart.path, password=password))
        try:
            sensor.open(ear)
            heard = ear.next(kind)
            if isinstance(heard, DeviceLost):
                assert heard.why == "the sensor wants another password"
        finally:
            sensor.close()


def test_a_sensor_that_was_made_lax_is_made_strict(sensor: UartSensor, counterpart: UartFinger) -> None:
    """Somebody may have set how alike two fingers have to be to next to nothing."""
    counterpart.security = 1
    ear = Ear()
    sensor.open(ear)
    ear.next(DeviceBack)
    assert counterpart.security == uart_module.USUAL_SECURITY


def test_the_light_burns_while_somebody_is_waited_for(
    sensor: UartSensor, counterpart: UartFinger, ear: Ear
) -> None:
    """An R503 breathes, and is dark again afterwards."""
    sensor.verify(1, (), 10)
    counterpart.touch(MILA)
    ear.next(FingerChecked)
    until(lambda: list(counterpart.lights) == [uart_module.BREATHING, uart_module.OFF])


@pytest.mark.parametrize("end", ["stop", "close", "time over"])
def test_the_light_goes_out_however_an_order_ends(
    sensor: UartSensor, counterpart: UartFinger, ear: Ear, end: str
) -> None:
    """Nobody is waited for any more: a ring that burns on would ask for a finger all night."""
    sensor.verify(1, (), 0.3 if end == "time over" else 30)
    until(lambda: list(counterpart.lights) == [BREATHING])
    if end == "stop":
        sensor.stop(1)
    elif end == "close":
        sensor.close()
    else:
        ear.next(SensorFailed)
    until(lambda: list(counterpart.lights) == [BREATHING, OFF])


def test_the_light_burns_on_for_the_next_one(sensor: UartSensor, counterpart: UartFinger, ear: Ear) -> None:
    """An order that takes another one's place needs no dark in between."""
    sensor.verify(1, (), 30)
    until(lambda: bool(counterpart.lights))
    sensor.verify(2, (), 30)
    until(lambda: len(counterpart.lights) > 1)
    counterpart.touch(MILA)
    assert ear.next(FingerChecked).ticket == 2
    until(lambda: list(counterpart.lights) == [BREATHING, BREATHING, OFF])


def test_a_light_that_went_out_unheard_burns_again(
    sensor: UartSensor, counterpart: UartFinger, ear: Ear
) -> None:
    """One bad answer to the order to go dark does not mean that there is no light."""
    sensor.verify(1, (), 30)
    until(lambda: bool(counterpart.lights))
    counterpart.spoil(silence, LIGHT, times=1)
    counterpart.touch(MILA)
    ear.next(FingerChecked)
    until(lambda: len(counterpart.lights) == 2)
    sensor.verify(2, (), 30)
    until(lambda: list(counterpart.lights) == [BREATHING, OFF, BREATHING])


def test_a_sensor_without_a_light_is_asked_once(impatient: None, tmp_path: Path) -> None:
    """An R307 has none, and does its work all the same."""
    del impatient
    ear = Ear()
    with UartFinger(tmp_path / "port", light=False) as counterpart:
        counterpart.kept = {7: MILA}
        sensor = UartSensor(UartSensorSpec(SENSOR, counterpart.path))
        try:
            sensor.open(ear)
            ear.next(DeviceBack)
            for ticket in (1, 2):
                sensor.verify(ticket, (), 10)
                counterpart.touch(MILA)
                assert ear.next(FingerChecked).matched == "slot-7"
            assert list(counterpart.asked).count(LIGHT) == 1
        finally:
            sensor.close()


def test_two_different_fingers_make_no_template(
    sensor: UartSensor, counterpart: UartFinger, ear: Ear
) -> None:
    """Whoever begins with one finger and goes on with another one begins again."""
    sensor.enrol(1, "slot-9", 30)
    for hint, finger in (
        (PLACE, "left"),
        (ONCE_MORE, "right"),
        (ANOTHER_FINGER, "left"),
        (ONCE_MORE, "left"),
    ):
        assert ear.next(SensorStep).hint == hint
        counterpart.touch(finger)
    assert ear.next(FingerEnrolled).template == "slot-9"
    assert counterpart.kept[9] == "left"


def test_a_slot_beyond_the_last_keeps_nothing(sensor: UartSensor, ear: Ear) -> None:
    """A template for which the sensor has no room is not learnt; nor is one of another kind of sensor."""
    for ticket, template in ((1, "slot-200"), (2, "p-mila:1")):
        sensor.enrol(ticket, template, 30)
        assert ear.next(SensorFailed).ticket == ticket


def test_the_answers_are_those_of_the_data_sheet() -> None:
    """The packet that is spoilt above has the length that the library waits for."""
    assert len(FOUND_42) == uart_wire.SEARCHED
