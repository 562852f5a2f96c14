"""A small site for tests: one gate with everything, one yard door that is released unattended."""

from pathlib import Path

from hardware.board import Board, build
from hardware.signals import DeviceId
from hardware.specs import (
    BoardKind,
    BoardSpec,
    ContactSpec,
    GpioAnnunciatorSpec,
    LockKind,
    SimulatedAnnunciatorSpec,
    SimulatedReaderSpec,
    StrikeSpec,
    Unattended,
)

GATE = DeviceId("gate.strike")
GATE_POSITION = DeviceId("gate.position")
GATE_EXIT = DeviceId("gate.exit_request")
GATE_READER = DeviceId("gate-in.reader")
GATE_LAMPS = DeviceId("gate-in.annunciator")
YARD = DeviceId("yard.strike")
YARD_LAMPS = DeviceId("yard-in.annunciator")

SITE = BoardSpec(
    BoardKind.SIMULATED,
    strikes=(StrikeSpec(GATE, 17), StrikeSpec(YARD, 27, LockKind.FAIL_SAFE, Unattended.RELEASED)),
    contacts=(ContactSpec(GATE_POSITION, 22, normally_closed=True), ContactSpec(GATE_EXIT, 23)),
    readers=(SimulatedReaderSpec(GATE_READER),),
    annunciators=(SimulatedAnnunciatorSpec(GATE_LAMPS), GpioAnnunciatorSpec(YARD_LAMPS, red_gpio=5)),
)


def built(simulation: Path) -> Board:
    return build(SITE, simulation=simulation)
