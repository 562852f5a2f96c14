"""What a site file may say of sensors for fingers: each kind has keys of its own."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from accessctl.config.by_kind import ByKind
from accessctl.config.kinds import Choice, Text, Whole
from accessctl.config.reading import Table, check, key
from accessctl.config.wiring import SerialPort

SLOWEST_BAUD: Final = 9600
FASTEST_BAUD: Final = 115_200
HIGHEST_PASSWORD: Final = (1 << 32) - 1


class FingerKind(Enum):
    """What reads fingers."""

    FPRINTD = auto()
    UART = auto()
    SIMULATED = auto()


class FingerTable(Table):
    """What reads fingers at an access point."""

    kind: FingerKind = key(Choice(FingerKind))


class FprintdTable(FingerTable):
    """A USB sensor behind fprintd."""

    name: str | None = key(Text(128), None)


class UartTable(FingerTable):
    """A sensor of the R30x/R503 family on a serial line."""

    port: str = key(SerialPort())
    baud: int = key(Whole(SLOWEST_BAUD, FASTEST_BAUD, "bits a second"), 57_600)
    password: int = key(Whole(0, HIGHEST_PASSWORD), 0)

    @check("baud")
    def is_a_speed_it_has(self) -> str | None:
        """Refuse a speed that no such sensor can be set to."""
        return f"must be a multiple of {SLOWEST_BAUD}" if self.baud % SLOWEST_BAUD else None


class SimulatedFingerTable(FingerTable):
    """A sensor in the simulated warehouse."""


FINGER_SENSORS: Final[Mapping[str, type[FingerTable]]] = {
    "fprintd": FprintdTable,
    "uart": UartTable,
    "simulated": SimulatedFingerTable,
}
A_FINGER_SENSOR: Final = ByKind("fingerprint sensor", FINGER_SENSORS, FingerTable)
