"""Cameras of the simulated warehouse, over its real socket: who stands there, and for whom."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.board import Board, build
from hardware.cameras.hints import TURN_HINTS
from hardware.errors import SimulationRefused
from hardware.ports import Look, Turn
from hardware.signals import DeviceBack, DeviceId, DeviceLost, FaceSeen, Live, SensorFailed, SensorStep
from hardware.simulated.tool import WarehouseTool
from hardware.specs import SimulatedCameraSpec
from tests.hardware.listening import Ear
from tests.hardware.site import SITE

CAMERA = DeviceId("gate-in.camera")
WITH_CAMERA = replace(SITE, cameras=(SimulatedCameraSpec(CAMERA),))
BOTH = Look(2, passive=True, turn=Turn.LEFT)
SOON_S = 0.3


def built_with_camera(path: Path) -> Board:
    return build(WITH_CAMERA, simulation=path)


@pytest.fixture
def board(tool: WarehouseTool, warehouse_path: Path, ear: Ear) -> Iterator[Board]:
    """A board whose camera is there, and heard."""
    with closing(built_with_camera(warehouse_path)) as board:
        board.open(ear)
        while ear.skip_to(DeviceBack).device != CAMERA:
            pass
        yield board


def test_who_stands_there_is_seen(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """Live, after turning the head; and again at the next look, until they leave."""
    tool.face("gate-in", "mila")
    for ticket in (1, 2):
        board.cameras[CAMERA].look(ticket, BOTH, 60)
        assert ear.skip_to(SensorStep).hint == TURN_HINTS[Turn.LEFT]
        seen = ear.skip_to(FaceSeen)
        assert (seen.ticket, seen.model, len(seen.vectors), seen.live) == (ticket, "simulated", 2, Live.LIVE)
    tool.face("gate-in", None)
    board.cameras[CAMERA].look(3, BOTH, SOON_S)
    assert ear.skip_to(SensorFailed).why == "there is no face"


def test_a_photo_looks_like_one_and_turns_no_head(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """The model sees through it; where only the turn is asked for, that does not come."""
    tool.face("gate-in", "mila", photo=True)
    camera = board.cameras[CAMERA]
    camera.look(1, BOTH, 60)
    assert ear.skip_to(FaceSeen).live is Live.SPOOFED
    camera.look(2, Look(1, turn=Turn.RIGHT), SOON_S)
    assert ear.skip_to(SensorFailed).why == "the head was not turned to the right"
    camera.look(3, Look(1), 60)
    assert ear.skip_to(FaceSeen).live is Live.UNKNOWN


def test_who_does_not_turn_is_not_seen(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """However live they look."""
    tool.face("gate-in.camera", "mila", turns=False)
    board.cameras[CAMERA].look(1, BOTH, SOON_S)
    assert ear.skip_to(SensorFailed).ticket == 1


def test_who_stands_there_outlives_the_door_process(
    tool: WarehouseTool, warehouse_path: Path, ear: Ear
) -> None:
    """A door process that starts anew finds them there."""
    with closing(built_with_camera(warehouse_path)) as board:
        board.open(ear)
        tool.face("gate-in", "mila")
    with closing(built_with_camera(warehouse_path)) as board:
        again = Ear()
        board.open(again)
        while again.skip_to(DeviceBack).device != CAMERA:
            pass
        board.cameras[CAMERA].look(1, Look(1), 60)
        assert again.skip_to(FaceSeen).ticket == 1


def test_a_camera_can_be_unplugged(tool: WarehouseTool, board: Board, ear: Ear) -> None:
    """It is lost with its reason, sees nobody, and sees who stands there when it is back."""
    tool.face("gate-in", "mila")
    tool.lose(CAMERA)
    lost = ear.skip_to(DeviceLost)
    assert (lost.device, lost.why) == (CAMERA, "it was unplugged")
    board.cameras[CAMERA].look(1, Look(1), 60)
    assert "it was unplugged" in ear.skip_to(SensorFailed).why
    tool.give_back(CAMERA)
    ear.skip_to(DeviceBack)
    board.cameras[CAMERA].look(2, Look(1), 60)
    assert ear.skip_to(FaceSeen).ticket == 2


def test_a_camera_that_is_not_there_is_refused(tool: WarehouseTool, board: Board) -> None:
    """With the names of those that are."""
    with pytest.raises(SimulationRefused, match=r"no camera 'yard-in'; there are: gate-in\.camera"):
        tool.face("yard-in", "mila")
