"""What ``hardware.ports.FingerSensor`` promises, every driver keeps on its real counterpart."""

import time
from collections.abc import Iterator

import pytest

from hardware.fingers.hints import KNOWN_ALREADY
from hardware.health import DeviceState
from hardware.signals import (
    DeviceBack,
    DeviceLost,
    FingerChecked,
    FingerEnrolled,
    FingerForgotten,
    SensorFailed,
    SensorStep,
    Signal,
)
from tests.hardware.fingers_rig import SENSOR, SENSORS, FingerRig
from tests.hardware.listening import PATIENCE_S, Ear

CLOSES_WITHIN_S = 1.5
"""A second is promised; the rest is this machine's."""
WITHIN_S = 30.0
MILA, ROY = "mila-thumb", "roy-thumb"


@pytest.fixture(params=[*SENSORS.values()], ids=[*SENSORS])
def rig(request: pytest.FixtureRequest) -> Iterator[FingerRig]:
    with request.param() as built:
        try:
            yield built
        finally:
            built.sensor.close()


@pytest.fixture
def ear(rig: FingerRig) -> Ear:
    """Hears the sensor, which is there."""
    ear = Ear()
    rig.sensor.open(ear)
    ear.skip_to(DeviceBack)
    return ear


def enrol(rig: FingerRig, ear: Ear, template: str, finger: str, ticket: int = 1_000) -> Signal:
    """Lay a finger on the sensor as often as it says; give what came of it."""
    rig.sensor.enrol(ticket, template, WITHIN_S)
    while isinstance(signal := ear._get(SensorStep), SensorStep):
        assert signal.ticket == ticket
        rig.touch(finger)
    return signal


def verify(rig: FingerRig, ear: Ear, finger: str, *templates: str, ticket: int = 2_000) -> FingerChecked:
    rig.sensor.verify(ticket, templates, WITHIN_S)
    rig.touch(finger)
    while isinstance(signal := ear._get(FingerChecked), SensorStep):
        rig.touch(finger)
    assert isinstance(signal, FingerChecked), signal
    assert signal.ticket == ticket
    return signal


def test_the_first_report_says_whether_it_is_there(rig: FingerRig) -> None:
    """Nothing is heard before ``open``, and then its presence before anything else, as on its page."""
    ear = Ear()
    assert rig.sensor.id == SENSOR
    assert ear.quiet
    rig.sensor.open(ear)
    assert ear.next(DeviceBack).device == SENSOR
    deadline = time.monotonic() + PATIENCE_S
    while rig.sensor.health.state is not DeviceState.HERE or not rig.sensor.health.about:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert rig.sensor.health.about["driver"]


def test_a_finger_that_was_learnt_is_known(rig: FingerRig, ear: Ear) -> None:
    """Under its name, whenever it is asked for; another finger fits nothing."""
    template = rig.template("p-mila")
    learnt = enrol(rig, ear, template, MILA)
    assert isinstance(learnt, FingerEnrolled)
    assert (learnt.device, learnt.template) == (SENSOR, template)
    for _ in range(2):
        checked = verify(rig, ear, MILA, template)
        assert checked.matched == template
        assert 0 <= time.monotonic_ns() - checked.mono_ns < PATIENCE_S * 1e9
    assert verify(rig, ear, ROY, template).matched is None
    assert ear.quiet


def test_each_finger_has_its_own_name(rig: FingerRig, ear: Ear) -> None:
    """Of several fingers of a person the one that was laid on is told: one may be a cry for help."""
    first = rig.template("p-mila")
    second = rig.template("p-mila", first)
    for template, finger in ((first, MILA), (second, "mila-little")):
        assert isinstance(enrol(rig, ear, template, finger), FingerEnrolled)
    for template, finger in ((first, MILA), (second, "mila-little")):
        assert verify(rig, ear, finger, first, second).matched == template


def test_another_ones_finger_is_not_theirs(rig: FingerRig, ear: Ear) -> None:
    """A sensor that searches says whose it is; one that does not says that it does not fit."""
    mine = rig.template("p-mila")
    theirs = rig.template("p-roy", mine)
    assert isinstance(enrol(rig, ear, mine, MILA), FingerEnrolled)
    assert isinstance(enrol(rig, ear, theirs, ROY), FingerEnrolled)
    assert verify(rig, ear, ROY, mine).matched == (theirs if rig.searches else None)


def test_a_finger_is_not_kept_twice(rig: FingerRig, ear: Ear) -> None:
    """Nobody enrols under two names, where the sensor can tell."""
    if not rig.searches:
        pytest.skip("the virtual device compares one to one only")
    mine = rig.template("p-mila")
    assert isinstance(enrol(rig, ear, mine, MILA), FingerEnrolled)
    again = enrol(rig, ear, rig.template("p-roy", mine), MILA)
    assert isinstance(again, SensorFailed)
    assert again.why == KNOWN_ALREADY
    assert verify(rig, ear, MILA, mine).matched == mine


def test_a_bad_touch_is_asked_for_again(rig: FingerRig, ear: Ear) -> None:
    """With a hint, and no answer until there is a good one."""
    template = rig.template("p-mila")
    enrol(rig, ear, template, MILA)
    rig.sensor.verify(1, (template,), WITHIN_S)
    rig.touch_badly()
    assert ear.next(SensorStep).ticket == 1
    rig.touch(MILA)
    assert ear.next(FingerChecked).matched == template


def test_what_was_forgotten_fits_no_more(rig: FingerRig, ear: Ear) -> None:
    """Erasing is told, also of what is not there; then the finger is as good as any other."""
    mine = rig.template("p-mila")
    theirs = rig.template("p-mila", mine)
    enrol(rig, ear, mine, MILA)
    enrol(rig, ear, theirs, ROY)
    for ticket in (1, 2):
        rig.sensor.forget(ticket, mine)
        forgotten = ear.next(FingerForgotten)
        assert (forgotten.ticket, forgotten.template) == (ticket, mine)
    assert verify(rig, ear, MILA, mine, theirs).matched is None
    assert verify(rig, ear, ROY, mine, theirs).matched == theirs


def test_an_order_ends_the_one_before(rig: FingerRig, ear: Ear) -> None:
    """Only the last one is answered, and what was stopped is not."""
    template = rig.template("p-mila")
    enrol(rig, ear, template, MILA)
    for ticket in (1, 2, 3):
        rig.sensor.verify(ticket, (template,), WITHIN_S)
    rig.sensor.stop(3)
    rig.sensor.verify(4, (template,), WITHIN_S)
    rig.touch(MILA)
    checked = ear.soon(FingerChecked)
    if checked is None:  # it was looked at for an order that ended meanwhile: whoever stands there lies on
        rig.touch(MILA)
        checked = ear.next(FingerChecked)
    assert checked.ticket == 4
    assert ear.quiet


def test_an_enrolment_that_was_stopped_keeps_nothing(rig: FingerRig, ear: Ear) -> None:
    """Half-way is not learnt."""
    template = rig.template("p-mila")
    rig.sensor.enrol(1, template, WITHIN_S)
    ear.next(SensorStep)
    rig.touch(MILA)
    ear.next(SensorStep)
    rig.sensor.stop(1)
    other = rig.template("p-mila", template)
    enrol(rig, ear, other, ROY)
    assert verify(rig, ear, MILA, template, other).matched is None


def test_time_over_is_told(rig: FingerRig, ear: Ear) -> None:
    """Where nobody touches it, the order fails, once."""
    if not rig.keeps_time:
        pytest.skip("whoever asks a fake has a clock of their own")
    template = rig.template("p-mila")
    enrol(rig, ear, template, MILA)
    rig.sensor.verify(1, (template,), 0.3)
    assert ear.next(SensorFailed).ticket == 1
    rig.sensor.verify(2, (template,), WITHIN_S)
    rig.touch(MILA)
    assert ear.next(FingerChecked).matched == template


def test_a_sensor_that_goes_fails_its_order(rig: FingerRig, ear: Ear) -> None:
    """Told once, with the loss; back again, it knows what it knew."""
    template = rig.template("p-mila")
    enrol(rig, ear, template, MILA)
    rig.sensor.verify(1, (template,), WITHIN_S)
    rig.lose()
    heard = [ear._get(SensorFailed), ear._get(DeviceLost)]
    assert {type(signal) for signal in heard} == {SensorFailed, DeviceLost}
    assert rig.sensor.health.why
    rig.sensor.verify(2, (template,), WITHIN_S)
    assert ear.next(SensorFailed).ticket == 2
    rig.give_back()
    ear.next(DeviceBack)
    assert verify(rig, ear, MILA, template).matched == template


def test_closing_is_quick_and_final(rig: FingerRig, ear: Ear) -> None:
    """In the middle of an order, and twice; nothing is heard afterwards."""
    rig.sensor.verify(1, (rig.template("p-mila"),), WITHIN_S)
    began = time.monotonic()
    rig.sensor.close()
    assert time.monotonic() - began < CLOSES_WITHIN_S
    rig.sensor.close()
    rig.sensor.stop(1)
    while not ear.quiet:
        assert isinstance(ear._get(FingerChecked), FingerChecked)  # it may have had none to compare with


def test_it_can_be_opened_again(rig: FingerRig, ear: Ear) -> None:
    """What it keeps, it keeps over that."""
    template = rig.template("p-mila")
    enrol(rig, ear, template, MILA)
    rig.sensor.close()
    rig.sensor.open(ear)
    ear.next(DeviceBack)
    assert verify(rig, ear, MILA, template).matched == template
