"""Sensors behind the real fprintd, with libfprint's virtual device, on a bus of our own."""

import asyncio
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from dbus_fast import BusType, Message
from dbus_fast.aio import MessageBus

from hardware.fingers import fprintd_bus
from hardware.fingers.fprintd import FprintdSensor
from hardware.fingers.fprintd_bus import BUS, BUS_PATH, DEVICE, FPRINTD
from hardware.fingers.hints import KNOWN_ALREADY, NO_TEMPLATE, ONCE_MORE
from hardware.signals import (
    DeviceBack,
    DeviceId,
    DeviceLost,
    FingerChecked,
    FingerEnrolled,
    FingerForgotten,
    SensorFailed,
    SensorStep,
)
from hardware.specs import FprintdSensorSpec
from tests.hardware.listening import Ear
from tests.hardware.private_fprintd import PrivateFprintd, why_not

pytestmark = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")

SENSOR = DeviceId("gate-in.finger")
MILA, TEMPLATE = "mila-thumb", "p-mila:1"
WITHIN_S = 30.0


@pytest.fixture
def fprintd(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateFprintd]:
    with PrivateFprintd() as fprintd:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fprintd.address)
        yield fprintd


@pytest.fixture
def sensor(fprintd: PrivateFprintd, ear: Ear) -> Iterator[FprintdSensor]:
    """A sensor that is there and knows one finger."""
    sensor = FprintdSensor(FprintdSensorSpec(SENSOR))
    sensor.open(ear)
    try:
        ear.next(DeviceBack)
        sensor.enrol(1, TEMPLATE, WITHIN_S)
        while isinstance(told := ear._get(SensorStep), SensorStep):
            fprintd.sensor(f"SCAN {MILA}")
        assert isinstance(told, FingerEnrolled)
        yield sensor
    finally:
        sensor.close()


async def _say(*messages: Message) -> list[Any]:
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        replies: list[Any] = []
        for message in messages:
            reply = await bus.call(message)
            replies.append(reply.error_name or reply.body)
        return replies
    finally:
        bus.disconnect()


async def _forge(path: str, member: str, status: str) -> None:
    """Tell everybody on the bus, one by one and again and again, what only fprintd should say."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    reply = await bus.call(Message(destination=BUS, path=BUS_PATH, interface=BUS, member="ListNames"))
    for _ in range(20):
        for name in (name for name in reply.body[0] if name.startswith(":")):
            forged = Message.new_signal(path, DEVICE, member, "sb", [status, True])
            forged.destination = name
            await bus.send(forged)
        await asyncio.sleep(0.01)
    bus.disconnect()


def call(path: str, member: str, *values: str) -> Message:
    interface = DEVICE if "Device" in path else f"{FPRINTD}.Manager"
    return Message(
        destination=FPRINTD,
        path=path,
        interface=interface,
        member=member,
        signature="s" * len(values),
        body=[*values],
    )


def path_of_sensor() -> str:
    [[paths]] = asyncio.run(_say(call(fprintd_bus.MANAGER, "GetDevices")))
    return str(paths[0])


def test_the_finger_of_another_user_is_nobodys(sensor: FprintdSensor, ear: Ear) -> None:
    """Fprintd keeps what it learnt under that person alone, and says so without a touch."""
    sensor.verify(2, ("p-roy:1",), WITHIN_S)
    checked = ear.next(FingerChecked)
    assert (checked.matched, checked.why) == (None, NO_TEMPLATE)


def test_a_finger_that_does_not_fit_is_told_before_the_next_touch(
    sensor: FprintdSensor, fprintd: PrivateFprintd, ear: Ear
) -> None:
    """Whoever walks away when the next template wants a touch of its own has shown a wrong finger."""
    sensor.enrol(2, "p-mila:2", WITHIN_S)
    while isinstance(told := ear._get(SensorStep), SensorStep):
        assert not told.unmatched
        fprintd.sensor("SCAN mila-little")
    sensor.verify(3, (TEMPLATE, "p-mila:2"), WITHIN_S)
    fprintd.sensor("RETRY 3")
    assert not ear.next(SensorStep).unmatched
    fprintd.sensor("SCAN nobodys-thumb")
    step = ear.next(SensorStep)
    assert (step.ticket, step.hint, step.unmatched) == (3, ONCE_MORE, True)
    fprintd.sensor("SCAN nobodys-thumb")
    assert ear.next(FingerChecked).matched is None


def test_a_sensor_that_searches_keeps_no_finger_twice(monkeypatch: pytest.MonkeyPatch, ear: Ear) -> None:
    """Fprintd compares a finger with everybody's before it is learnt, at sensors that can look among many."""
    with PrivateFprintd(searches=True) as fprintd:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fprintd.address)
        sensor = FprintdSensor(FprintdSensorSpec(SENSOR))
        sensor.open(ear)
        ear.next(DeviceBack)
        came = []
        for ticket, template in enumerate((TEMPLATE, "p-roy:1", "p-mila:2"), 1):
            sensor.enrol(ticket, template, WITHIN_S)
            while isinstance(told := ear._get(SensorStep), SensorStep):
                fprintd.sensor(f"SCAN {MILA}")
            came.append(told.why if isinstance(told, SensorFailed) else type(told).__name__)
        sensor.close()
    assert came == ["FingerEnrolled", KNOWN_ALREADY, KNOWN_ALREADY]


def test_the_sensor_is_free_between_two_orders(
    sensor: FprintdSensor, fprintd: PrivateFprintd, ear: Ear
) -> None:
    """Whatever an order came to, somebody else can claim the sensor after it."""
    sensor.verify(2, (TEMPLATE,), WITHIN_S)
    fprintd.sensor(f"SCAN {MILA}")
    ear.next(FingerChecked)
    sensor.verify(3, (TEMPLATE,), 0.2)
    ear.next(SensorFailed)
    sensor.verify(4, (TEMPLATE,), WITHIN_S)
    sensor.stop(4)
    sensor.forget(5, "p-roy:1")
    ear.skip_to(FingerForgotten)
    path = path_of_sensor()
    assert asyncio.run(_say(call(path, "Claim", "root"), call(path, "Release"))) == [[], []]


def test_another_program_may_have_the_sensor(sensor: FprintdSensor, ear: Ear) -> None:
    """Somebody who logs in by finger on the same machine: that is no fault of who stands at the door."""
    path = path_of_sensor()

    async def meanwhile() -> None:
        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        await bus.call(call(path, "Claim", "root"))
        sensor.verify(2, (TEMPLATE,), WITHIN_S)
        failed = await asyncio.to_thread(ear.next, SensorFailed)
        bus.disconnect()
        assert failed.why == "another program uses the sensor"

    asyncio.run(meanwhile())


def test_nobody_else_can_say_that_a_finger_fits(
    sensor: FprintdSensor, fprintd: PrivateFprintd, ear: Ear
) -> None:
    """Any program on the bus can send a signal like fprintd's, and to us alone: it is not fprintd."""
    path = path_of_sensor()
    sensor.verify(2, (TEMPLATE,), WITHIN_S)
    fprintd.sensor("LIST")  # which it answers once it was claimed
    asyncio.run(_forge(path, "VerifyStatus", "verify-match"))
    fprintd.sensor("SCAN nobodys-thumb")
    assert ear.next(FingerChecked).matched is None


def test_what_polkit_forbids_is_said(sensor: FprintdSensor, fprintd: PrivateFprintd, ear: Ear) -> None:
    """The operator is told which rule is missing; once it is there, the sensor works."""
    fprintd.allow(everything=False)
    sensor.verify(2, (TEMPLATE,), WITHIN_S)
    assert "packaging/polkit" in ear.next(SensorFailed).why
    fprintd.allow(everything=True)
    sensor.verify(3, (TEMPLATE,), WITHIN_S)
    fprintd.sensor(f"SCAN {MILA}")
    assert ear.next(FingerChecked).matched == TEMPLATE


def test_the_virtual_device_reports_an_error(
    sensor: FprintdSensor, fprintd: PrivateFprintd, ear: Ear
) -> None:
    """A sensor that fails has not said that the finger is wrong."""
    sensor.verify(2, (TEMPLATE,), WITHIN_S)
    fprintd.sensor("ERROR 0")
    assert ear.next(SensorFailed).ticket == 2


def test_an_fprintd_that_hangs_is_a_lost_sensor(
    monkeypatch: pytest.MonkeyPatch, sensor: FprintdSensor, fprintd: PrivateFprintd, ear: Ear
) -> None:
    """The order fails, and what fprintd says when it goes on counts for nobody."""
    monkeypatch.setattr(fprintd_bus, "CALL_S", 0.3)
    os.kill(fprintd.pid, signal.SIGSTOP)
    sensor.verify(2, (TEMPLATE,), WITHIN_S)
    assert ear.next(SensorFailed).why == "fprintd does not answer"
    ear.next(DeviceLost)
    os.kill(fprintd.pid, signal.SIGCONT)
    ear.next(DeviceBack)
    sensor.verify(3, (TEMPLATE,), WITHIN_S)
    fprintd.sensor("SCAN nobodys-thumb")
    checked = ear.next(FingerChecked)
    assert (checked.ticket, checked.matched) == (3, None)


def test_a_sensor_of_another_name_is_not_ours(fprintd: PrivateFprintd, ear: Ear) -> None:
    """It is found by the beginning of its name, and a missing one is lost."""
    del fprintd
    for name, kind in (("Goodix", DeviceLost), ("Virtual", DeviceBack)):
        sensor = FprintdSensor(FprintdSensorSpec(SENSOR, name))
        sensor.open(ear)
        ear.next(kind)
        sensor.close()


def test_without_a_bus_the_sensor_is_lost(monkeypatch: pytest.MonkeyPatch, ear: Ear) -> None:
    """A machine without D-Bus has no such sensor, and its doors go on."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    sensor = FprintdSensor(FprintdSensorSpec(SENSOR))
    sensor.open(ear)
    assert ear.next(DeviceLost).why == "there is no system bus"
    sensor.close()
