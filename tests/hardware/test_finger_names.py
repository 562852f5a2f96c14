"""Under which name a sensor keeps a finger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.fingers.names import (
    FINGERS,
    SLOTS,
    USER_PREFIX,
    SensorFull,
    name_of_slot,
    slot_of,
    template_name,
    user_and_finger,
)
from hardware.hosted.wire import TEMPLATE
from hardware.signals import DeviceId
from hardware.specs import FingerSpec, FprintdSensorSpec, SimulatedSensorSpec, UartSensorSpec

SENSOR = DeviceId("gate-in.finger")
FPRINTD, SIMULATED = FprintdSensorSpec(SENSOR), SimulatedSensorSpec(SENSOR)
UART = UartSensorSpec(SENSOR, "/dev/ttyS0")


@pytest.mark.parametrize(
    ("sensor", "first", "second"),
    [(FPRINTD, "p-1:1", "p-1:2"), (SIMULATED, "p-1:1", "p-1:2"), (UART, "slot-0", "slot-1")],
)
def test_names_are_made_up_one_after_the_other(sensor: FingerSpec, first: str, second: str) -> None:
    """A name that is in use, or has yet to be forgotten, is not given again."""
    assert template_name(sensor, "p-1", ()) == first
    assert template_name(sensor, "p-1", {first}) == second
    assert template_name(sensor, "p-1", {second}) == first


@pytest.mark.parametrize(("sensor", "most"), [(FPRINTD, len(FINGERS)), (SIMULATED, 10), (UART, SLOTS)])
def test_a_full_sensor_takes_no_more(sensor: FingerSpec, most: int) -> None:
    """Every name that it can keep is given once, and each is one that a driver's process may tell of."""
    taken: set[str] = set()
    for _ in range(most):
        taken.add(template_name(sensor, "p-1", taken))
    assert len(taken) == most
    assert all(TEMPLATE.fullmatch(name) for name in taken)
    with pytest.raises(SensorFull):
        template_name(sensor, "p-1", taken)


@pytest.mark.parametrize("person", ["", "P-1", "p 1", "../root", "x" * 51, "p:1"])
def test_no_template_is_named_after_an_impossible_person(person: str) -> None:
    """Nothing but letters, digits and hyphens gets into the name of a user of fprintd's."""
    with pytest.raises(ValueError, match="no template"):
        template_name(FPRINTD, person, ())


def test_a_name_says_where_the_template_is() -> None:
    """The user whom fprintd keeps it for is never one who logs in here; a slot is a number."""
    assert user_and_finger("p-7f3a:2") == (f"{USER_PREFIX}p-7f3a", FINGERS[1])
    assert user_and_finger("p-7f3a:10")[1] == FINGERS[9]
    assert slot_of("slot-17") == 17
    assert name_of_slot(17) == "slot-17"


@given(st.text())
def test_no_other_text_is_a_name(text: str) -> None:
    """Whatever is no name of ours is refused."""
    for read in (user_and_finger, slot_of):
        try:
            read(text)
        except ValueError:
            continue
        assert TEMPLATE.fullmatch(text)


@pytest.mark.parametrize("name", ["slot-007", "slot--1", "slot-", "slot-100000", "p-1:0", "p-1:11", "p-1:01"])
def test_a_number_is_written_in_one_way(name: str) -> None:
    """Two names never stand for one template."""
    for read in (user_and_finger, slot_of):
        with pytest.raises(ValueError, match="not kept"):
            read(name)
