"""Every driver of a fingerprint sensor on its real counterpart, all alike: touched, lost, given back."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from hardware.fakes_sensors import FakeFingerSensor
from hardware.fingers.fprintd import FprintdSensor
from hardware.fingers.names import template_name
from hardware.fingers.uart import UartSensor
from hardware.hosted.host import Host
from hardware.hosted.unit import HostedFingerSpec, HostedUnit
from hardware.ports import FingerSensor
from hardware.signals import DeviceId
from hardware.simulated.fingers import SimulatedFingerSensor
from hardware.specs import FingerSpec, FprintdSensorSpec, SimulatedSensorSpec, UartSensorSpec
from tests.hardware.private_fprintd import PrivateFprintd, why_not
from tests.hardware.uart_sensor import BAD, UartFinger

SENSOR: Final = DeviceId("gate-in.finger")


@dataclass
class FingerRig:
    """One driver, and the hands at its counterpart."""

    sensor: FingerSensor
    spec: FingerSpec
    touch: Callable[[str], object]
    """Lay the finger of this name on the sensor, which was asked to look at one."""
    touch_badly: Callable[[], object]
    lose: Callable[[], object]
    give_back: Callable[[], object]
    searches: bool = True
    """Whether it tells of a template that was not named."""
    keeps_time: bool = True
    """Whether it ends an order by itself when the time is over."""

    def template(self, person: str, *taken: str) -> str:
        """Make up a name for a finger of this person."""
        return template_name(self.spec, person, taken)


@contextmanager
def fake() -> Iterator[FingerRig]:
    sensor = FakeFingerSensor(SENSOR, time.monotonic_ns)
    yield FingerRig(
        sensor,
        SimulatedSensorSpec(SENSOR),
        sensor.touch,
        lambda: sensor.touch("mila", bad=True),
        sensor.lose,
        sensor.come_back,
        keeps_time=False,
    )


@contextmanager
def simulated() -> Iterator[FingerRig]:
    sensor = SimulatedFingerSensor(SENSOR, lambda *_: True)
    sensor.be(None)
    yield FingerRig(
        sensor,
        SimulatedSensorSpec(SENSOR),
        lambda finger: sensor.touch(finger, bad=False),
        lambda: sensor.touch("mila", bad=True),
        lambda: sensor.be("it was unplugged"),
        lambda: sensor.be(None),
    )


@contextmanager
def uart(*, hosted: bool = False) -> Iterator[FingerRig]:
    with tempfile.TemporaryDirectory() as folder, UartFinger(Path(folder) / "port") as counterpart:
        spec = UartSensorSpec(SENSOR, counterpart.path)
        with _driven(spec, UartSensor(spec), hosted=hosted) as sensor:
            yield FingerRig(
                sensor,
                spec,
                counterpart.touch,
                lambda: counterpart.touch(BAD),
                counterpart.unplug,
                counterpart.plug,
            )


@contextmanager
def fprintd(*, hosted: bool = False) -> Iterator[FingerRig]:
    if (why := why_not()) is not None:
        pytest.skip(why)
    with PrivateFprintd() as counterpart, _bus_at(counterpart.address):
        spec = FprintdSensorSpec(SENSOR)
        with _driven(spec, FprintdSensor(spec), hosted=hosted) as sensor:
            yield FingerRig(
                sensor,
                spec,
                lambda finger: counterpart.sensor(f"SCAN {finger}"),
                lambda: counterpart.sensor("RETRY 3"),
                counterpart.kill,
                counterpart.start,
                searches=False,
            )


@contextmanager
def _driven(spec: HostedFingerSpec, here: FingerSensor, *, hosted: bool) -> Iterator[FingerSensor]:
    if not hosted:
        yield here
        return
    host = Host(HostedUnit(fingers=(spec,)))
    try:
        yield host.fingers[SENSOR]
    finally:
        host.close()


@contextmanager
def _bus_at(address: str) -> Iterator[None]:
    before = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = address
    try:
        yield
    finally:
        if before is None:
            del os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
        else:
            os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = before


SENSORS: Final[Mapping[str, Callable[[], AbstractContextManager[FingerRig]]]] = {
    "fake": fake,
    "simulated": simulated,
    "uart": uart,
    "uart_hosted": lambda: uart(hosted=True),
    "fprintd": fprintd,
    "fprintd_hosted": lambda: fprintd(hosted=True),
}
