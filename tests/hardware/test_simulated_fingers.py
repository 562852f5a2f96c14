"""A fingerprint sensor in the simulated warehouse, over its real socket."""

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.board import Board, build
from hardware.errors import LibraryMissing, SimulationRefused
from hardware.hosted import unit as unit_module
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
from hardware.simulated.tool import WarehouseTool
from hardware.specs import (
    BoardKind,
    BoardSpec,
    CameraKind,
    CameraSpec,
    FprintdSensorSpec,
    SimulatedSensorSpec,
    UartSensorSpec,
)
from tests.hardware.conftest import simulation
from tests.hardware.listening import PATIENCE_S, Ear

SENSOR, OTHER = DeviceId("cage-in.finger"), DeviceId("gate-in.finger")
SPEC = BoardSpec(BoardKind.SIMULATED, fingers=(SimulatedSensorSpec(SENSOR),))
WITHIN_S = 30.0


@pytest.fixture
def board(tool: WarehouseTool, warehouse_path: Path, ear: Ear) -> Iterator[Board]:
    """An open board of which the sensor has said its first word."""
    del tool
    board = build(SPEC, simulation=warehouse_path)
    board.open(ear)
    ear.skip_to(DeviceBack)
    yield board
    board.close()


def enrol(board: Board, tool: WarehouseTool, ear: Ear, template: str, finger: str) -> None:
    board.fingers[SENSOR].enrol(1, template, WITHIN_S)
    for _ in range(2):
        ear.next(SensorStep)
        tool.finger("cage-in", finger)
    assert ear.next(FingerEnrolled).template == template


def test_a_finger_is_a_name(board: Board, tool: WarehouseTool, ear: Ear) -> None:
    """What was learnt under a template is known by it, and no other name is; whoever's it is."""
    enrol(board, tool, ear, "p-mila:1", "mila")
    sensor = board.fingers[SENSOR]
    for ticket, (finger, matched) in enumerate([("mila", "p-mila:1"), ("roy", None)]):
        sensor.verify(ticket, ("p-roy:1",), WITHIN_S)
        tool.finger("cage-in.finger", finger)
        assert ear.next(FingerChecked).matched == matched


def test_a_bad_touch_and_one_that_nobody_asked_for(board: Board, tool: WarehouseTool, ear: Ear) -> None:
    """The first is asked for again, the second is looked at by nobody."""
    enrol(board, tool, ear, "p-mila:1", "mila")
    tool.finger("cage-in", "mila")
    tool.lose("cage-in.finger")  # heard behind the touch, which has come by then
    tool.give_back("cage-in.finger")
    ear.next(DeviceLost)
    ear.next(DeviceBack)
    board.fingers[SENSOR].verify(2, (), WITHIN_S)
    tool.finger("cage-in", "mila", bad=True)
    assert ear.next(SensorStep).ticket == 2
    tool.finger("cage-in", "mila")
    assert ear.next(FingerChecked).matched == "p-mila:1"
    assert ear.quiet


def test_what_it_keeps_outlives_the_door_process(tool: WarehouseTool, warehouse_path: Path, ear: Ear) -> None:
    """As a real sensor does; what was forgotten stays forgotten."""
    for turn, expected in enumerate([None, "p-mila:1", None]):
        board = build(SPEC, simulation=warehouse_path)
        board.open(ear)
        ear.skip_to(DeviceBack)
        board.fingers[SENSOR].verify(9, (), WITHIN_S)
        tool.finger("cage-in", "mila")
        assert ear.next(FingerChecked).matched == expected
        if turn == 0:
            enrol(board, tool, ear, "p-mila:1", "mila")
        else:
            board.fingers[SENSOR].forget(2, "p-mila:1")
            ear.next(FingerForgotten)
        board.close()


def test_what_it_keeps_outlives_the_warehouse(tmp_path: Path, ear: Ear) -> None:
    """A sensor without power forgets nothing; a file that is none of its own is as good as none."""
    path, memory = tmp_path / "warehouse.sock", tmp_path / "warehouse.fingers"
    memory.write_text('{"cage-in.finger": [1]}')
    for matched in (None, "p-mila:1"):
        with simulation(path), WarehouseTool(path) as tool:
            board = build(SPEC, simulation=path)
            board.open(ear)
            ear.skip_to(DeviceBack)
            board.fingers[SENSOR].verify(9, (), WITHIN_S)
            tool.finger("cage-in", "mila")
            assert ear.next(FingerChecked).matched == matched
            if matched is None:
                enrol(board, tool, ear, "p-mila:1", "mila")
                deadline = time.monotonic() + PATIENCE_S
                while "mila" not in memory.read_text():
                    assert time.monotonic() < deadline
            board.close()
    assert memory.stat().st_mode & 0o777 == 0o600


def test_a_sensor_can_be_unplugged(board: Board, tool: WarehouseTool, ear: Ear) -> None:
    """By its whole name; its order fails, and nobody can touch it meanwhile."""
    board.fingers[SENSOR].verify(1, (), WITHIN_S)
    tool.lose("cage-in.finger")
    assert ear.next(SensorFailed).ticket == 1
    assert ear.next(DeviceLost).why == "it was unplugged"
    with pytest.raises(SimulationRefused, match=r"cage-in\.finger is unplugged"):
        tool.finger("cage-in", "mila")
    tool.give_back("cage-in.finger")
    ear.next(DeviceBack)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("gate-in.finger", "there is no fingerprint sensor 'gate-in.finger'; there are: cage-in.finger"),
        ("cage-in.camera", "there is no camera 'cage-in.camera'; there are: none"),
    ],
)
def test_what_is_not_there_cannot_be_unplugged(
    board: Board, tool: WarehouseTool, name: str, what: str
) -> None:
    """It is called what it is, beside those that are there."""
    del board
    with pytest.raises(SimulationRefused, match=re.escape(what)):
        tool.lose(name)


def test_a_warehouse_that_ends_takes_the_sensor_along(
    board: Board, warehouse: "subprocess.Popen[str]", ear: Ear
) -> None:
    """Lost, with its order, as if it had been unplugged."""
    board.fingers[SENSOR].verify(1, (), WITHIN_S)
    warehouse.kill()
    assert ear.next(SensorFailed).ticket == 1
    ear.next(DeviceLost)


def test_a_sensor_that_is_not_there_cannot_be_touched(board: Board, tool: WarehouseTool) -> None:
    """The tool says which ones there are."""
    del board
    with pytest.raises(SimulationRefused, match=r"'gate-in'; there are: cage-in\.finger"):
        tool.finger("gate-in", "mila")


def test_no_simulated_sensor_stands_on_a_real_board() -> None:
    """Nobody could touch it there."""
    with pytest.raises(ValueError, match=r"are not: cage-in\.finger"):
        build(BoardSpec(BoardKind.PI, fingers=SPEC.fingers))


def test_every_sensor_of_a_board_has_a_process_of_its_own(warehouse_path: Path) -> None:
    """A serial sensor, one behind fprintd and a camera: none of them is driven by the door process itself."""
    camera = CameraSpec(DeviceId("gate-in.camera"), CameraKind.FILES, "/nonexistent", faces=False)
    fingers = (FprintdSensorSpec(SENSOR), UartSensorSpec(OTHER, "/dev/nonexistent"))
    board = build(
        BoardSpec(BoardKind.SIMULATED, fingers=fingers, cameras=(camera,)), simulation=warehouse_path
    )
    try:
        assert set(board.fingers) == {SENSOR, OTHER}
        assert set(board.cameras) == {camera.id}
        modules = {type(device).__module__ for device in (*board.fingers.values(), *board.cameras.values())}
        assert modules == {"hardware.hosted.ticketed"}
    finally:
        board.close()


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, warehouse_path: Path) -> None:
    """With the extra that brings it, before any process is started."""
    monkeypatch.setattr(unit_module, "find_spec", lambda module: None if module == "dbus_fast" else object())
    board = BoardSpec(BoardKind.SIMULATED, fingers=(FprintdSensorSpec(SENSOR),))
    with pytest.raises(LibraryMissing, match=r"cage-in\.finger needs dbus-fast.*accessctl\[fingerprint\]"):
        build(board, simulation=warehouse_path)
