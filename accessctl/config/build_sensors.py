"""The sensors that tables of the site file describe."""

from collections.abc import Iterator
from typing import Final

from accessctl.config.schema import SiteFile
from accessctl.config.schema_sensors import FingerTable, FprintdTable, UartTable
from hardware.signals import DeviceId
from hardware.specs import FingerSpec, FprintdSensorSpec, SimulatedSensorSpec, UartSensorSpec

FINGER: Final = "finger"


def finger_device(point: str) -> DeviceId:
    """Name the fingerprint sensor of an access point."""
    return DeviceId(f"{point}.{FINGER}")


def fingers_of(file: SiteFile) -> Iterator[FingerSpec]:
    """Give every fingerprint sensor that the file names."""
    for name, point in file.access_points.items():
        if point.finger is not None:
            yield _finger(finger_device(name), point.finger)


def _finger(device: DeviceId, table: FingerTable) -> FingerSpec:
    match table:
        case FprintdTable():
            return FprintdSensorSpec(device, table.name)
        case UartTable():
            return UartSensorSpec(device, table.port, table.baud, table.password)
        case _:
            return SimulatedSensorSpec(device)
